"""Memory that is kept while a network runs: glibc gives large blocks back after every layer, and fetching them again costs more
than many a layer computes."""

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # glibc's numbers of mallopt's parameters
_NEVER = 2**31 - 1  # bytes at the end of the heap, before they are given back
_USUAL_BYTES, _USUAL_BLOCKS = 2**26, 65536  # what glibc's own rule ends with where large blocks come and go

_lock = threading.Lock()
_holders: list[object] = []  # whoever keeps memory at the moment


@cache
def _library() -> Any:
    """Return the C library where it is glibc, else None."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") and hasattr(library, "mallopt") else None


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep freed memory for the next layer as long as the block runs; behind it glibc gives back again what it no longer needs.

    Fetched anew, each page of a block is cleared by the system when it is first written to: for EfficientNet-Lite0 that was
    more than a third of the time. Results do not depend on it; without glibc it does nothing.

    Example:
        >>> with kept_memory():
        ...     numbers = [0.0] * 1000
    """
    library = _library()
    holder = object()
    with _lock:
        if library is not None and not _holders:
            library.mallopt(_MMAP_MAX, 0)
            library.mallopt(_TRIM_THRESHOLD, _NEVER)
        _holders.append(holder)
    try:
        yield
    finally:
        with _lock:
            _holders.remove(holder)
            if library is not None and not _holders:
                library.mallopt(_MMAP_MAX, _USUAL_BLOCKS)
                library.mallopt(_TRIM_THRESHOLD, _USUAL_BYTES)
                library.malloc_trim(0)  # what is free by now would else stay
