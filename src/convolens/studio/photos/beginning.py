"""Beginning: what a studio without photos offers: the demo, folders that are near, a new one."""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from convolens.data.folders.folder import is_hidden, is_image_file
from convolens.data.folders.layout import SIDES
from convolens.datasets import digits
from convolens.errors import DataError, MissingFileError
from convolens.files.atomic import write_error
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import path_of

NEW = "photos"
DEMO = "demo-digits"  # beside the run `demo`, as `convolens demo` has it
_PEEKED = 60  # entries of a folder that are looked at
_LOOKED_AT = 300  # folders


@dataclass(frozen=True)
class Near:
    """A folder that holds class folders.

    Attributes:
        path: from where the studio was started; "." for that folder itself.
        classes: how many folders in it hold photos.
    """

    path: str
    classes: int


def near(home: Path, runs: Path) -> list[Near]:
    """Return folders of class folders just below a folder, and the folder itself where it is one; that of the runs is none."""
    found = []
    for path in [home, *(one for one in _folders(home)[:_LOOKED_AT] if one != runs)]:
        inner = [one for one in _folders(path)[:_LOOKED_AT] if one != runs and _holds_photos(one)]
        sides = [] if inner else [one for one in _folders(path) if one.name.casefold() in SIDES]
        counts = [sum(map(_holds_photos, _folders(side)[:_LOOKED_AT])) for side in sides]
        classes = len(inner) or max(counts, default=0)
        if classes > 1 or (classes and path != home):
            found.append(Near(os.path.relpath(path, home), classes))
    return found


def open_folder(studio: Studio, identity_: str) -> Path:
    """Open a folder below the one where the studio was started.

    Args:
        studio: that opens it.
        identity_: of the folder; of "." for the folder itself.

    Raises:
        ArgumentError: it lies elsewhere. MissingFileError: it is gone. DataError: it is no folder.
    """
    home = studio.workspace.home
    path = home if identity_ == "." else path_of(identity_, home)
    if not path.is_dir():
        raise DataError(f"{path}: is no folder; choose a folder that holds class folders.")
    return _opened(studio, path)


def make_folder(studio: Studio) -> Path:
    """Make a new folder for photos where the studio was started, or take the one that was made, and open it.

    Raises:
        WriteError: the place cannot be written. DataError: a file has the name.
    """
    path = studio.workspace.home / NEW
    try:
        path.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise DataError(f"{path}: is a file; rename it, or start the studio elsewhere.") from error
    except OSError as error:
        raise write_error(error, path) from error
    return _opened(studio, path)


def write_demo(studio: Studio) -> Path:
    """Write the digits of the demo beside the runs, and open them.

    Raises:
        WriteError: the place cannot be written. DataError: other files are there.
    """
    path = studio.workspace.runs / DEMO
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, path) from error
    if not path.is_dir():
        digits.write_folder(path)
    return _opened(studio, path)


def _opened(studio: Studio, path: Path) -> Path:
    if not path.is_dir():
        raise MissingFileError(f"{path}: is no longer there.")
    studio.workspace.photos = path
    studio.news.tell("opened", folder=path.name)
    return path


def _folders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as entries:
            return sorted(path / one.name for one in entries if not is_hidden(one.name) and one.is_dir())
    except OSError:
        return []


def _holds_photos(path: Path) -> bool:
    try:
        with os.scandir(path) as entries:
            return any(one.is_file() and is_image_file(one.path) for one in islice(entries, _PEEKED))
    except OSError:
        return False
