"""Dropped: photos that were dropped on a page to be looked at; in memory only, the newest few."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from convolens.errors import MissingFileError, TooLargeError

MOST = 12  # photos
MOST_BYTES = 50_000_000  # of one


@dataclass
class Dropped:
    """Photos by their content; nothing is written, so a photo that was only looked at leaves no trace.

    Example:
        >>> dropped = Dropped()
        >>> dropped.get(dropped.add(b"a photo"))
        b'a photo'
    """

    _photos: OrderedDict[str, bytes] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, data: bytes) -> str:
        """Keep a photo, and return its name.

        Args:
            data: the bytes of its file.

        Raises:
            TooLargeError: more than `MOST_BYTES`.
        """
        check_bytes(len(data))
        name = hashlib.sha256(data).hexdigest()[:32]
        with self._lock:
            self._photos[name] = data
            self._photos.move_to_end(name)
            while len(self._photos) > MOST:
                self._photos.popitem(last=False)
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes of a photo.

        Args:
            name: that `add` returned.

        Raises:
            MissingFileError: it is not there any more.
        """
        with self._lock:
            if name not in self._photos:
                raise MissingFileError(
                    "the photo that was dropped is no longer there (the studio keeps the last few, until it ends); drop it again."
                )
            self._photos.move_to_end(name)
            return self._photos[name]


def check_bytes(count: int) -> None:
    """Raise where a photo is too large to be dropped.

    Args:
        count: of its bytes.

    Raises:
        TooLargeError: it is.
    """
    if count > MOST_BYTES:
        raise TooLargeError(
            f"a photo of {count:,} bytes was dropped, more than {MOST_BYTES:,}; drop a smaller one."
        )
