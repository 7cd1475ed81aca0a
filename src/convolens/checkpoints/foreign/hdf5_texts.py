"""Texts of variable length kept beside a group of an HDF5 file, read without HDF5.

HDF5's C code takes as much memory as such a text says that it is long (up to 4 GiB each) before it looks for it.
Here nothing is believed. An attribute lies in the header of its group, its texts in heaps:

    header, version 1:  1 (1 byte)  reserved (1)  messages (2)  references (4)  size (4)  filled up (4)  messages ...
            version 2:  OHDR  2 (1)  flags (1)  [times (16)]  [limits (4)]  size (1, 2, 4 or 8)  messages ...
    message:            kind (2 or 1)  size (2)  flags (1)  reserved (3), or the order (2) in some of version 2  data
    attribute:          version (1)  flags (1)  sizes of name, type and shape (3 x 2)  [encoding (1)]  these  data
    text:               length (4)  address of a heap (8)  index of an object in it (4)

As in the "HDF5 File Format Specification", IV.A.1, IV.A.2.m, IV.A.2.q and III.E.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from convolens.checkpoints.foreign.hdf5_heap import find_object, read_heap

_ATTRIBUTE, _CONTINUATION = 12, 16
_PIECE = 2**20  # bytes; HDF5 writes 64 KiB at most
_AGAIN = 64  # times that all of the file may be read
_TEXT = struct.Struct("<IQI")


class Texts:
    """Reads texts of one file, and stops where its headers have no end.

    Args:
        file: the whole file, open for reading.
        size: its size in bytes.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.left = _AGAIN * size

    def read(self, header: int, attribute: str, count: int) -> list[bytes] | None:
        """Return the texts of an attribute, None where the header does not hold it in full.

        Args:
            header: where the header of the group lies, in bytes.
            attribute: the name.
            count: how many texts it has; their sum is for the caller to bound.

        Raises:
            ValueError: a text lies nowhere, or the header has no end.
        """
        for kind, data in self._messages(header):
            found = _attribute(data) if kind == _ATTRIBUTE else None
            if found is not None and found[0] == attribute.encode() and len(found[1]) >= count * _TEXT.size:
                return [self._text(*_TEXT.unpack_from(found[1], i * _TEXT.size)) for i in range(count)]
        return None

    def _text(self, length: int, heap: int, index: int) -> bytes:
        if length == 0:
            return b""
        objects = read_heap(self.file, heap)
        self._spend(len(objects))
        content = find_object(objects, index)
        if content is None or len(content) < length:
            raise ValueError(f"a text of {length} bytes lies nowhere")
        return content[:length].rstrip(b"\0")

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise ValueError("headers and texts lie over each other")

    def _messages(self, header: int) -> Iterator[tuple[int, bytes]]:
        """Yield kind and data of the messages in a header, in all its pieces."""
        self.file.seek(header)
        start = self.file.read(48)
        if start[:4] == b"OHDR":
            flags = start[5]
            place = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
            width = 1 << (flags & 3)
            size = int.from_bytes(start[place : place + width], "little")
            head, order, mark = struct.Struct("<BHB"), 2 if flags & 4 else 0, 4
            pieces = [(header + place + width, size)]
        else:
            head, order, mark = struct.Struct("<HHB3x"), 0, 0
            pieces = [(header + 16, int.from_bytes(start[8:12], "little"))]
        for i, (place, size) in enumerate(pieces):  # grows while it is walked
            # A later piece begins with OCHK, and ends with a checksum.
            self.file.seek(place + (mark if i else 0))
            data = self.file.read(min(max(size - (2 * mark if i else 0), 0), _PIECE))
            self._spend(len(data) + 16)
            at = 0
            while at + head.size <= len(data):
                kind, length, _ = head.unpack_from(data, at)
                at += head.size + order
                message = data[at : at + length]
                if kind == _CONTINUATION and len(message) >= 16:
                    pieces.append(struct.unpack_from("<QQ", message))
                yield kind, message
                at += length


def _attribute(data: bytes) -> tuple[bytes, bytes] | None:
    """Return name and data of an attribute message; None where a part of it lies elsewhere."""
    if len(data) < 9 or data[0] not in (1, 2, 3) or (data[0] > 1 and data[1] & 3):
        return None
    sizes = struct.unpack_from("<HHH", data, 2)
    at = 9 if data[0] == 3 else 8
    name = data[at : at + sizes[0]].split(b"\0")[0]
    for size in sizes:
        at += (size + 7) // 8 * 8 if data[0] == 1 else size
    return name, data[at:]
