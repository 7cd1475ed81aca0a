"""Adding: a photo that was sent gets a place among its class: looked at first, never over another, and not twice."""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from convolens.data.decoding.decode import read_image
from convolens.data.decoding.formats import BEGINNING
from convolens.data.folders.layout import NAMES
from convolens.data.folders.names import composed
from convolens.errors import ConvolensError, DataError, ImageError, TooLargeError
from convolens.files.atomic import write_error
from convolens.studio.editing.moving import free_place, move_one
from convolens.studio.editing.names import check_class_name, safe_file_name
from convolens.studio.editing.plans import class_folder
from convolens.studio.photos.aside import listed
from convolens.studio.photos.known_contents import KnownContents
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import shown
from convolens.studio.workspace.photos import Photos

LARGEST = 64 * 2**20  # bytes of a photo
_FRESH = 1.0  # seconds for which the photos are taken for those that are there
_LOOKED_AT = (64, 64)  # pixels; small, so that a large JPEG is decoded fast, and wholly all the same


@dataclass(frozen=True)
class Added:
    """What became of a photo that was sent.

    Attributes:
        path: where it lies.
        new: whether it was not there before.
        name_of_class: None for one without.
        elsewhere: whether it was there before, but not in the class that was named.
    """

    path: Path
    new: bool
    name_of_class: str | None
    elsewhere: bool = False


@dataclass
class Adding:
    """Gives photos their places; any number of threads may ask.

    Args:
        studio: of the folder that gets them.
    """

    studio: Studio
    _there: Photos | None = field(default=None, repr=False)
    _looked: float = field(default=0.0, repr=False)
    _known: KnownContents = field(default_factory=KnownContents, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """Yield a file to write to, on the disk of the photos, hidden; what is left of it at the end is removed.

        Raises:
            WriteError: the place cannot be written.
        """
        path = self.studio.workspace.make_state() / f".sent.{uuid.uuid4().hex[:8]}"
        try:
            path.touch(exist_ok=False)
        except OSError as error:
            raise write_error(error, path.parent) from error
        try:
            yield path
        finally:
            with suppress(OSError):
                path.unlink()

    def check(self, file: Path, name: str) -> str:
        """Return the name under which a file may be kept, which is a picture that can be read.

        Args:
            file: that was written.
            name: as it was sent.

        Raises:
            ImageError: it is none. TooLargeError: it has too many bytes.
        """
        if file.stat().st_size > LARGEST:
            raise too_large(name)
        with file.open("rb") as opened:
            beginning = opened.read(BEGINNING)
            safe = safe_file_name(name, beginning)
            opened.seek(0)
            try:
                read_image(opened, size=_LOOKED_AT, shrink_early=True)
            except ConvolensError as error:
                why = str(error).removeprefix(f"{file}: ")
                raise ImageError(f"{shown(safe)}: {why}") from error
        return safe

    def place(self, file: Path, name: str, of_class: str | None, side: str | None) -> Added:
        """Give a file its place, in the class or among those without; one whose bytes are there already gets none.

        Args:
            file: that was checked; it is moved away.
            name: that `check` returned.
            of_class: None for none.
            side: "train", "validation" or "test"; None and sides that are not there are the first.

        Raises:
            ArgumentError: a name that no class can have, or a class that a link leads elsewhere from. WriteError: the place cannot be written.
        """
        with self._lock:
            there = self._photos()
            aside = self.studio.workspace.unlabelled
            if of_class is None:
                folder, found = aside, None
            else:
                found = there.find_class(of_class) or check_class_name(of_class)
                folder = class_folder(there, _side(there, side), found)
            self.studio.workspace.check_inside(folder)
            if same := self._known.find(file):
                by_class = {composed(_class_of(there, path) or ""): path for path in reversed(same)}
                path = by_class.get(composed(found or ""), same[0])
                elsewhere = found is not None and composed(found) not in by_class
                return Added(path, False, _class_of(there, path), elsewhere)
            taken: set[Path] = set()
            while True:
                target = free_place(folder, name, taken)
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise write_error(error, target) from error
                try:
                    move_one(file, target)
                    break
                except DataError:  # another studio took the place meanwhile
                    if not os.path.lexists(target):
                        raise
            self._known.add(target)
            return Added(target, True, found)

    def _photos(self) -> Photos:
        """Return the photos as they were at most a second ago: looking anew for each of a thousand would take long."""
        self.studio.workspace.check_folder()
        if self._there is None or time.monotonic() - self._looked > _FRESH:
            self._there = self.studio.listing.photos()
            aside = self.studio.workspace.unlabelled
            self._known.renew(
                [
                    *((folder.photos, self._there.root) for folder in self._there.folders),
                    (tuple(listed(aside)), aside),
                ]
            )
            self._looked = time.monotonic()
        return self._there


def too_large(name: str) -> TooLargeError:
    """Return the error for a photo of too many bytes."""
    return TooLargeError(
        f"{shown(name)}: has more than {LARGEST // 2**20} MiB, which is more than a photo may have here; make it smaller."
    )


def _side(there: Photos, side: str | None) -> str:
    spellings = NAMES.get(side or "", ())
    return next((one for one in there.sides if one.casefold() in spellings), there.sides[0])


def _class_of(there: Photos, path: Path) -> str | None:
    """Return the class of a photo by the folder that it lies in: it may have been added since `there` was looked at."""
    if not path.is_relative_to(there.root):
        return None
    return path.relative_to(there.root).parts[0 if "" in there.sides else 1]
