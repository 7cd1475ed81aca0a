"""The photos of a run: where they lie now, which of them it was validated on, and how pages name them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from convolens.data.caching.content import Contents
from convolens.data.folders.folder import ImageFolder, list_images
from convolens.data.folders.layout import find_layout
from convolens.errors import MissingFileError
from convolens.runs.folder.predictions_file import Answer, read_predictions
from convolens.runs.folder.record import Record, read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.preparation.prepare import layout_of
from convolens.runs.settings.options import resolve
from convolens.runs.tasks.task_of import task_of
from convolens.studio.workspace.identity import identity

_SETTINGS = "settings"  # a table that a probe's record does not have
_ASKED = 100  # photos, evenly taken, that tell which folder was typed


@dataclass(frozen=True)
class RunPhotos:
    """Where a run's photos are.

    Args:
        run: its folder.
        record: its run.toml.
    """

    run: RunFolder
    record: Record

    @classmethod
    def of(cls, run: RunFolder) -> "RunPhotos":
        """Return those of a run.

        Raises:
            MissingFileError, CheckpointError: no run.toml, or a damaged one.
        """
        return cls(run, read_record(run, probes=True))

    @property
    def data(self) -> Path:
        """The folder that the run was trained on."""
        return Path(str(self.record.tables["data"]["path"]))

    def answers(self) -> list[Answer]:
        """Return what the run said of the photos that it was scored on, each where it lay then.

        Names there are as the folder was typed, from whatever folder that was: of those the end below the run's folder is taken,
        which is one folder for all of them.

        Raises:
            MissingFileError, CheckpointError: there is no predictions.csv, or a damaged one.
        """
        try:
            found = read_predictions(self.run.predictions)
        except MissingFileError as error:
            raise MissingFileError(
                f"{self.run.path.name}: has not answered its validation photos yet; a training does so at its end."
            ) from error
        typed = [one.path for one in found if not one.path.is_absolute()]
        folder, above = self._typed_folder(typed) if typed else (self.data, 0)

        def located(path: Path) -> Path:
            return Path(os.path.abspath(path if path.is_absolute() else folder.joinpath(*path.parts[above:])))

        return [replace(one, path=located(one.path)) for one in found]

    def _typed_folder(self, paths: Sequence[Path]) -> tuple[Path, int]:
        """Return the folder of the run that typed names lie in, and how many of their parts stand for it: so that most are found."""
        shared = Path(os.path.commonpath([path.parent for path in paths])).parts
        ways = [(folder, above) for folder in self.record.photo_folders for above in range(len(shared) + 1)]
        asked = paths[:: 1 + len(paths) // _ASKED]

        def found(way: tuple[Path, int]) -> int:
            return sum(os.path.lexists(way[0].joinpath(*path.parts[way[1] :])) for path in asked)

        return max(ways, key=found)

    def in_place(self, answers: Sequence[Answer]) -> list[Answer]:
        """Return the answers whose photos lie where they lay: the same bytes, where the run noted these."""
        there = [one for one in answers if os.path.lexists(one.path)]
        noted = [one.path for one in there if one.sha256 is not None]
        contents = Contents(self.data, [os.path.relpath(path, self.data) for path in noted]).hashes()
        now = dict(zip(noted, contents, strict=True))
        return [one for one in there if one.sha256 == now.get(one.path)]

    def learnt_from(self) -> ImageFolder:
        """Return the photos that lie in the run's folder now, but for those that it was scored on.

        Photos that were moved, or came, since are among them, with their class of now: whoever looks for the nearest wants these.

        Raises:
            MissingFileError, DataError: they are no longer there.
        """
        images = self.all_photos()
        try:
            scored = {os.path.abspath(one.path) for one in self.in_place(self.answers())}
        except MissingFileError:  # still in training
            return images
        kept = [i for i, path in enumerate(images.paths) if os.path.abspath(path) not in scored]
        return images.subset(kept) if kept else images  # a probe is scored on all, by cross-validation

    def all_photos(self) -> ImageFolder:
        """Return the photos that lie in the run's folder to learn from now.

        Raises:
            MissingFileError, DataError: they are no longer there.
        """
        if _SETTINGS not in self.record.tables:
            return list_images(find_layout(self.data).train)
        settings = resolve(replace(self.record.options(), data=self.data, device="cpu"))
        return task_of(settings).list_photos(layout_of(settings).train, settings.labels)


def photo_id(path: Path, opened: Path | None) -> str | None:
    """Return how pages name a photo; None where it lies outside of the open folder.

    Args:
        path: of the photo.
        opened: the open folder.

    Example:
        >>> photo_id(Path("/all/photos/cats/1.jpg"), Path("/all/photos")), photo_id(Path("/b.jpg"), Path("/all/photos"))
        ('Y2F0cy8xLmpwZw', None)
    """
    if opened is None:
        return None
    path = Path(os.path.abspath(path))
    for root in (Path(os.path.abspath(opened)), Path(os.path.realpath(opened))):
        if path.is_relative_to(root):
            return identity(path.relative_to(root))
    return None


def shown_name(path: Path, opened: Path | None) -> str:
    """Return a photo's name for people: from the open folder where it lies there; bytes that are no UTF-8 are question marks."""
    for root in () if opened is None else (opened, Path(os.path.realpath(opened))):
        if path.is_relative_to(root):
            return os.fsencode(path.relative_to(root)).decode("utf-8", "replace")
    return os.fsencode(path).decode("utf-8", "replace")
