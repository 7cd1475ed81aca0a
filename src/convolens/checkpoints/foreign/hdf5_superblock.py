r"""The first bytes of an HDF5 file, looked at before HDF5 itself does: it believes the sizes that they lead to.

    \x89HDF\r\n\x1a\n  version (1 byte)
    versions 0 and 1:  4 bytes  size of addresses (1)  of lengths (1)  9 bytes (13 in version 1)
                       four addresses: base, free space, end of file, driver information block
    versions 2 and 3:  size of addresses (1)  of lengths (1)  ...

A driver information block begins with a size of four bytes, for which HDF5 takes memory, up to 4 GiB, before it reads.
Files of several parts have one; others, and so Keras', have the undefined address there, all bits set.
"""

import os
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from convolens.errors import CheckpointError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SMALLEST = 64  # bytes: no file is smaller
_SIZES = {0: 13, 1: 13, 2: 9, 3: 9}  # where the sizes of addresses and lengths stand, by version
_DRIVER = {0: 48, 1: 52}  # where the driver information block's address stands


def check_superblock(path: Path, content: bytes | None = None) -> None:
    """Raise a `CheckpointError` unless an HDF5 file begins as Keras' files do.

    Args:
        path: the file, and its name in errors.
        content: the file's bytes where they are at hand.

    Example:
        >>> check_superblock(Path("none.h5"), b"no HDF5 at all")
        Traceback (most recent call last):
            ...
        convolens.errors.CheckpointError: none.h5: not a whole HDF5 file (cut, or none); use another checkpoint.
    """
    with path.open("rb") if content is None else BytesIO(content) as file:
        begin = _signature(file)
        file.seek(begin or 0)
        head = file.read(_SMALLEST)
    if begin is None or len(head) < _SMALLEST:
        raise CheckpointError(f"{path}: not a whole HDF5 file (cut, or none); use another checkpoint.")
    version = head[8]
    sizes, driver = _SIZES.get(version, 13), _DRIVER.get(version)
    if begin or head[sizes : sizes + 2] != b"\x08\x08":  # what is read here counts on it
        raise CheckpointError(
            f"{path}: an HDF5 file with addresses of its own, as Keras writes none; use another checkpoint."
        )
    if driver is not None and head[driver : driver + 8] != b"\xff" * 8:
        raise CheckpointError(
            f"{path}: an HDF5 file with a driver of its own, as Keras writes none; use another checkpoint."
        )


def _signature(file: BinaryIO) -> int | None:
    """Return where the signature stands, of the places where HDF5 looks for it: 0, 512, 1024, 2048 ..."""
    length, place = file.seek(0, os.SEEK_END), 0
    while place < length:
        file.seek(place)
        if file.read(len(_SIGNATURE)) == _SIGNATURE:
            return place
        place = max(512, 2 * place)
    return None
