"""Listing: the photos of the open folder, kept in memory; a folder is looked at anew only where it has changed."""

import os
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from convolens.data.folders.folder import is_image_file, names_below, subfolders
from convolens.data.folders.layout import SIDES, find_layout
from convolens.data.folders.names import Spellings, composed
from convolens.errors import ConvolensError
from convolens.studio.workspace.news import Item
from convolens.studio.workspace.photos import ClassFolder, Photos
from convolens.studio.workspace.workspace import Workspace

_TICK = 100_000_000  # nanoseconds: a folder that changed so shortly before a look may change again without showing it
_SHARE = 20  # a watch that took a second is not repeated for so many


@dataclass(frozen=True)
class _Above:
    """What lies above the photos.

    Attributes:
        sides: folders that hold class folders; ("",) where the open folder does.
        places: side, name and folders of each class.
        lines: for people.
        stamps: each folder that says so, and when it changed.
        settled: whether a change after the look would show in them.
    """

    sides: tuple[str, ...]
    places: tuple[tuple[str, str, tuple[str, ...]], ...]
    lines: tuple[str, ...]
    stamps: tuple[tuple[str, int], ...]
    settled: bool


@dataclass
class Listing:
    """The photos of the folder that is open; any number of threads may ask.

    Args:
        workspace: says which folder.
    """

    workspace: Workspace
    _photos: Photos | None = field(default=None, repr=False)
    _above: _Above | None = field(default=None, repr=False)
    _told: tuple[int, str | None] | None = field(default=None, repr=False)
    _next_watch: float = field(default=0.0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def of(self, workspace: Workspace) -> "Listing":
        """Return a listing for another workspace, which begins with what this one knows."""
        with self._lock:
            return replace(self, workspace=workspace, _lock=threading.Lock())

    @property
    def looked(self) -> bool:
        """Whether the open folder has been looked at: another look is quick."""
        known = self._photos
        return known is not None and known.root == self.workspace.photos

    def photos(self) -> Photos:
        """Return the photos as they are now.

        Raises:
            MissingFileError: no folder is open, or it is gone. DataError: it cannot be looked into, or two of its folders mean one side.
        """
        root = self.workspace.check_folder()
        with self._lock:  # one thread looks, the others wait for it rather than looking too
            known = self._photos if self._photos is not None and self._photos.root == root else None
            if (
                known is None
                or self._above is None
                or not _still(root, self._above.stamps, self._above.settled)
            ):
                self._above = _above(root)
            above = self._above
            old = {} if known is None else {(one.side, one.folders): one for one in known.folders}
            folders = tuple(_looked(root, *place, old.get((place[0], place[2]))) for place in above.places)
            if (
                known is not None
                and known.sides == above.sides
                and _content(folders) == _content(known.folders)
            ):
                self._photos = replace(known, folders=folders) if folders != known.folders else known
                return self._photos
            # milliseconds: JavaScript counts to 2 ** 53 alone
            version = time.time_ns() // 10**6 if self._photos is None else self._photos.version + 1
            self._photos = Photos(root, above.sides, folders, version, above.lines)
            return self._photos

    def state(self) -> tuple[int, str | None]:
        """Return the version of the photos, or 0 and in a line why they cannot be listed."""
        try:
            return self.photos().version, None
        except ConvolensError as error:
            return 0, str(error)

    def watch(self) -> list[Item]:
        """Return news where the photos have changed since it was asked last, by whomever; the first time, what they are."""
        begun = time.monotonic()
        if self.workspace.photos is None or begun < self._next_watch:
            return []
        state = self.state()
        ended = time.monotonic()
        self._next_watch = ended + _SHARE * (ended - begun)
        before, self._told = self._told, state
        return [] if before == state else [Item("photos", {"version": state[0], "problem": state[1]})]


def _above(root: Path) -> _Above:
    """Look at the folders above the photos."""
    begun = time.time_ns()
    stamps = [("", _changed(os.fspath(root)))]
    stamps += [
        (name, _changed(os.path.join(root, name))) for name in subfolders(root) if name.casefold() in SIDES
    ]
    layout = find_layout(root, to_train=False)
    there = [path for path in (layout.train, layout.validation, layout.test) if path is not None]
    if len(there) > 1 and layout.train == root:  # validation and test only
        there = there[1:]
    sides = tuple("" if path == root else path.name for path in there)
    places, lines = [], dict[str, None]()
    for side in sides:
        spelt = Spellings(subfolders(root / side))
        lines |= dict.fromkeys(spelt.told("folders"))
        of_class: dict[str, tuple[str, ...]] = {}
        for one in subfolders(root / side):
            of_class[composed(one)] = (*of_class.get(composed(one), ()), os.path.join(side, one))
        places += [(side, name, of_class[composed(name)]) for name in spelt.names()]
    return _Above(sides, tuple(places), tuple(lines), tuple(stamps), _settled(begun, stamps))


def _looked(
    root: Path, side: str, name: str, folders: tuple[str, ...], known: ClassFolder | None
) -> ClassFolder:
    """Return a class folder as it is now: the known one where nothing has changed."""
    if known is not None and _still(root, known.stamps, known.settled):
        return known
    begun = time.time_ns()
    start = len(os.path.join(os.fspath(root), ""))
    stamps: list[tuple[str, int]] = []

    def entering(place: str) -> None:
        stamps.append((place[start:], _changed(place)))

    photos = tuple(
        file[start:]
        for folder in folders
        for file in names_below(os.path.join(root, folder), entering)
        if is_image_file(file)
    )
    return ClassFolder(side, name, folders, photos, tuple(stamps), _settled(begun, stamps))


def _still(root: Path, stamps: tuple[tuple[str, int], ...], settled: bool) -> bool:
    base = os.path.join(os.fspath(root), "")
    return settled and all(_changed(base + place) == stamp for place, stamp in stamps)


def _settled(begun: int, stamps: list[tuple[str, int]]) -> bool:
    return all(begun - stamp > _TICK for _, stamp in stamps)


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _content(folders: tuple[ClassFolder, ...]) -> list[tuple[object, ...]]:
    return [(folder.side, folder.folders, folder.photos) for folder in folders]
