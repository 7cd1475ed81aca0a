"""The heaps of an HDF5 file, walked before HDF5 itself does: a damaged one holds its C code up for ever.

Texts of variable length (a model's description) lie in "global heaps", which are laid out as

    GCOL  version 1 (1 byte)  reserved (3)  size of the whole (8)  objects ...
    an object:  index (2)  references (2)  reserved (4)  size (8)  data, filled up to 8 bytes
    index 0: the free rest; its size counts its head too

HDF5 goes from one object to the next by its size. A size of 0 in the free rest leads to the same place again.
"""

import os
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from convolens.errors import CheckpointError

_HEAD = b"GCOL\x01"
_OBJECT = struct.Struct("<HH4xQ")
_BLOCK = 2**24  # bytes read at a time
_LARGEST = 2**28  # bytes of a heap
_SMALLEST = 4096  # bytes; HDF5 refuses smaller heaps


def check_heaps(path: Path, content: bytes | None = None) -> int:
    """Walk every heap of a file and return the size of the largest object, in bytes.

    Args:
        path: the file, and its name in errors.
        content: the file's bytes where they are at hand.

    Raises:
        CheckpointError: a heap whose objects have no end, or lie over each other.

    Example:
        >>> check_heaps(Path("none.h5"), b"no heap in here")
        0
    """
    with path.open("rb") if content is None else BytesIO(content) as file:
        length = file.seek(0, os.SEEK_END)
        left = length // _OBJECT.size  # objects; heaps that do not overlap hold no more
        largest = 0
        for place in list(_heads(file)):
            file.seek(place)
            size = int.from_bytes(file.read(16)[8:], "little")
            if not _SMALLEST <= size <= length - place:
                continue  # HDF5 refuses it; or it is no heap, but numbers that look like one
            for held in _objects(file.read(size - 16)):
                left -= 1
                if held is None or left < 0:
                    raise CheckpointError(
                        f"{path}: damaged (the heap at byte {place} has no end); use another checkpoint."
                    )
                largest = max(largest, held[2] if held[0] else 0)
        return largest


def _heads(file: BinaryIO) -> Iterator[int]:
    """Yield where heaps begin; a block of the file at a time."""
    file.seek(0)
    start, kept = 0, b""
    while block := file.read(_BLOCK):
        block = kept + block
        found = block.find(_HEAD)
        while found >= 0:
            yield start + found
            found = block.find(_HEAD, found + 1)
        kept = block[-len(_HEAD) + 1 :]  # a head may begin in one block and end in the next
        start += len(block) - len(kept)


def _objects(heap: bytes) -> Iterator[tuple[int, int, int] | None]:
    """Yield index, place and size of a heap's objects; None where one is none that another can follow."""
    place = 0
    while len(heap) - place >= _OBJECT.size:
        index, _, size = _OBJECT.unpack_from(heap, place)
        length = size if index == 0 else _OBJECT.size + (size + 7) // 8 * 8
        if not 0 < length <= len(heap) - place:
            yield None
            return
        yield index, place + _OBJECT.size, size
        place += length


def read_heap(file: BinaryIO, place: int) -> bytes:
    """Return the objects of the heap at `place` as they lie there; nothing where there is no heap."""
    file.seek(place)
    head = file.read(16)
    return file.read(min(int.from_bytes(head[8:], "little"), _LARGEST)) if head.startswith(_HEAD) else b""


def find_object(heap: bytes, index: int) -> bytes | None:
    r"""Return the content of an object of a heap; None where there is none.

    Example:
        >>> find_object(_OBJECT.pack(1, 1, 3) + b"abc\0\0\0\0\0", 1)
        b'abc'
    """
    for held in _objects(heap):
        if held is not None and held[0] == index:
            return heap[held[1] : held[1] + held[2]]
    return None
