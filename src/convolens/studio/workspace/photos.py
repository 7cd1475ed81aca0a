"""Photos: what lies in the open folder at one moment, by side and class."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from convolens.data.folders.names import Spellings, composed
from convolens.errors import DataError, MissingFileError
from convolens.studio.workspace.identity import shown


@dataclass(frozen=True)
class ClassFolder:
    """The photos of one class on one side.

    Attributes:
        side: the folder of that side, "train" say; "" where the open folder holds the classes itself.
        name: of the class.
        folders: that hold it, from the open folder; several where their accents are spelt in several ways.
        photos: their paths from the open folder, sorted.
        stamps: each folder below, and when it changed.
        settled: whether a change after the look would show in them.
    """

    side: str
    name: str
    folders: tuple[str, ...]
    photos: tuple[str, ...]
    stamps: tuple[tuple[str, int], ...] = field(repr=False)
    settled: bool = True


@dataclass(frozen=True)
class Photos:
    """The photos of a folder at one moment.

    Attributes:
        root: the open folder.
        sides: folders that hold class folders; ("",) where it holds them itself.
        folders: of the classes, by side and name.
        version: another number after each change.
        lines: for people, about the folders.
    """

    root: Path
    sides: tuple[str, ...]
    folders: tuple[ClassFolder, ...]
    version: int
    lines: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The classes of all sides, sorted."""
        found = Spellings(folder.name for folder in self.folders).names()
        return tuple(sorted(found, key=lambda name: (composed(name), name)))

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """How many photos each class has on each side."""
        known = Spellings(self.names)
        counts: dict[str, Counter[str]] = {name: Counter() for name in self.names}
        for folder in self.folders:
            counts[known.find(folder.name) or folder.name][folder.side] += len(folder.photos)
        return counts

    @cached_property
    def class_of(self) -> dict[str, ClassFolder]:
        """The class folder of each photo."""
        return {photo: folder for folder in self.folders for photo in folder.photos}

    def find_class(self, name: str) -> str | None:
        """Return a class by its name, however its accents are spelt, or as it is shown; None where there is none.

        Raises:
            DataError: several are shown so.
        """
        alike = [one for one in self.names if shown(one) == name]
        if len(alike) > 1:
            raise DataError(
                f"{self.root}: {len(alike)} classes are shown as {name!r}, whose names are no UTF-8; rename their folders."
            )
        return Spellings(self.names).find(name) or next(iter(alike), None)

    def page(
        self, of_class: str | None, side: str | None, search: str, start: int, count: int
    ) -> tuple[int, list[tuple[str, ClassFolder]]]:
        """Return how many photos there are, and paths and class folders of some of them.

        Args:
            of_class, side: None for all.
            search: what the path has to hold, whatever its case.
            start, count: which.

        Raises:
            MissingFileError: there is no such class. DataError: several are shown so.
        """
        chosen: Iterable[ClassFolder] = self.folders
        if of_class is not None:
            name = self.find_class(of_class)
            if name is None:
                raise MissingFileError(f"there is no class {of_class!r} any more; choose another.")
            chosen = [folder for folder in chosen if composed(folder.name) == composed(name)]
        if side is not None:
            chosen = [folder for folder in chosen if folder.side == side]
        wanted = composed(search).casefold()
        total, found = 0, list[tuple[str, ClassFolder]]()
        for folder in chosen:
            photos: Sequence[str] = folder.photos
            if wanted:
                photos = [photo for photo in photos if wanted in composed(photo).casefold()]
            first = max(0, start - total)
            found += [(photo, folder) for photo in photos[first : first + count - len(found)]]
            total += len(photos)
        return total, found
