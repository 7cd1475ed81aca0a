"""Workspace: the photos and the runs that are open, and where the studio keeps what it must remember."""

import os
from dataclasses import dataclass
from pathlib import Path

from convolens.errors import ArgumentError, DataError, MissingFileError
from convolens.files.atomic import write_error

STATE = ".convolens"


@dataclass
class Workspace:
    """What is open; nothing outside is read or written.

    Attributes:
        photos: the folder that holds the class folders; None until there is one.
        runs: the folder of the runs; made when the first one begins.
        home: the folder that photos may be begun in, where the studio was started without any.

    Example:
        >>> Workspace(Path("all/photos"), Path("runs"), Path()).state.as_posix()
        'all/.convolens/photos'
    """

    photos: Path | None
    runs: Path
    home: Path

    @property
    def state(self) -> Path:
        """The folder of the undo log, what was set aside and the logs of trainings: beside the photos, hidden, plain files."""
        photos = self.folder()
        return photos.parent / STATE / photos.name

    def folder(self) -> Path:
        """Return the folder of photos.

        Raises:
            MissingFileError: none is open yet.
        """
        if self.photos is None:
            raise MissingFileError("no photos are open yet; drop some on the Photos page, or try the demo.")
        return self.photos

    @property
    def quarantine(self) -> Path:
        """Where photos lie that were set aside, in folders as they lay in."""
        return self.state / "quarantine"

    @property
    def unlabelled(self) -> Path:
        """Where photos lie that were added without a class."""
        return self.state / "unlabelled"

    def place(self, name: str) -> Path:
        """Return a folder that photos are shown from.

        Args:
            name: "photos", "quarantine", "unlabelled" or "home".

        Raises:
            MissingFileError, DataError: no photos are open, or they are gone. ArgumentError: another name.
        """
        match name:
            case "photos":
                return self.check_folder()
            case "quarantine":
                return self.quarantine
            case "unlabelled":
                return self.unlabelled
            case "home":
                return self.home
        raise ArgumentError(
            f"there are no photos in {name!r}; choose photos, quarantine, unlabelled or home."
        )

    def check_folder(self) -> Path:
        """Return the folder of photos, which is there.

        Raises:
            MissingFileError: none is open, or it is gone. DataError: it is no folder.
        """
        photos = self.folder()
        if not os.path.lexists(photos):
            raise MissingFileError(
                f"{photos}: is no longer there; bring it back, or start the studio on the folder where it is now."
            )
        if not photos.is_dir():
            raise DataError(f"{photos}: is no folder; start the studio on a folder that holds class folders.")
        return photos

    def check_inside(self, folder: Path) -> None:
        """Check that a folder, links followed, lies in the one of photos, in what is remembered of it, or in the home.

        Raises:
            ArgumentError: it does not.
        """
        roots = (self.folder(), self.state, self.home)
        root = next((one for one in roots if folder.is_relative_to(one)), roots[0])
        if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
            raise ArgumentError(
                f"{folder} does not lie in {root}, the folder that is open: a link leads out of it."
            )

    def make_state(self) -> Path:
        """Make the folder of what is remembered, and return it.

        Raises:
            MissingFileError: no photos are open. WriteError: the place cannot be written.
        """
        try:
            self.state.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(error, self.state) from error
        return self.state
