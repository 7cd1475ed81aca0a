"""HDF5 files: written as one piece, and read without following their links or believing their sizes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from convolens.checkpoints.atomic import atomic_path
from convolens.errors import CheckpointError, ConvolensError, MissingFileError

# What h5py raises on bytes that are not what their headers say.
_DAMAGE = (AttributeError, KeyError, MemoryError, OSError, RuntimeError, TypeError, ValueError)

# A file may unfold to this many times its size (equal weights compress well), or to 64 MiB.
_EXPANSION = 100
_ALWAYS_ALLOWED = 2**26


def write_file(path: str | PathLike[str], fill: Callable[[h5py.File], None]) -> None:
    """Write what `fill` puts into an empty file, whole or not at all.

    The file is made in memory: HDF5 itself ends the process when a disk is full.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    content = in_memory(fill)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def in_memory(fill: Callable[[h5py.File], None]) -> BytesIO:
    """Return the bytes of a file that `fill` filled."""
    content = BytesIO()
    with h5py.File(content, "w") as file:
        fill(file)
    return content


def allowed_bytes(stored: int) -> int:
    """Return how many bytes `stored` bytes may honestly unfold to.

    Example:
        >>> allowed_bytes(2**30) // 2**30
        100
    """
    return max(_ALWAYS_ALLOWED, _EXPANSION * stored)


@contextmanager
def reading(path: str | PathLike[str], content: bytes | None = None) -> Iterator[h5py.File]:
    """Open a file for reading; with `content`, those bytes, while `path` names them in errors.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is not an HDF5 file, or found damaged by what is done with it.
    """
    path = Path(path)
    if content is None and not path.is_file():
        raise MissingFileError(f"{path}: no such weights file.")
    try:
        file = h5py.File(path if content is None else BytesIO(content), "r")
    except _DAMAGE as error:
        raise CheckpointError(f"{path}: not a whole HDF5 file ({error}); use another checkpoint.") from error
    try:
        with file:
            yield file
    except ConvolensError:
        raise
    except _DAMAGE as error:
        raise CheckpointError(f"{path}: damaged ({error}); use another checkpoint.") from error


class Reader:
    """Reads groups and arrays of an open file, with one allowance of memory for all of them.

    Args:
        file: an open file.
        path: names the file in errors.
    """

    def __init__(self, file: h5py.File, path: str | PathLike[str]) -> None:
        self.file = file
        self.path = path
        self.left = allowed_bytes(file.id.get_filesize())
        self._visited: set[int] = set()

    def member(self, group: h5py.Group, name: str) -> Any:
        """Return what `name` ("a/b/c") stands for below `group`, or None where there is nothing.

        Raises:
            CheckpointError: the way there leads over a link, which could point out of the file.
        """
        found: Any = group
        for part in name.split("/"):
            link = found.get(part, getlink=True) if isinstance(found, h5py.Group) and part else None
            if link is None:
                return None
            if not isinstance(link, h5py.HardLink):
                raise CheckpointError(
                    f"{self.path}: {name} is a link ({type(link).__name__}); weights files have none."
                )
            found = found[part]
        return found

    def texts(self, item: h5py.Group, attribute: str) -> list[str] | None:
        """Return a text, or a list of texts, kept beside a group, as a list; None where there is none.

        Raises:
            CheckpointError: it is no text: to read a damaged attribute as something else can end the process.
        """
        if attribute not in item.attrs:
            return None
        held = item.attrs.get_id(attribute)
        if 0 in held.shape:
            return []  # Keras writes an empty list as one of numbers
        if not isinstance(held.get_type(), h5py.h5t.TypeStringID):
            raise CheckpointError(f"{self.path}: attribute {attribute} is no text; use another checkpoint.")
        found = item.attrs[attribute]
        values = list(found) if isinstance(found, np.ndarray) else [found]
        return [value.decode() if isinstance(value, bytes) else str(value) for value in values]

    def visit(self, group: h5py.Group) -> None:
        """Raise a `CheckpointError` at the second visit of a group: groups in a ring have no end."""
        place = h5py.h5o.get_info(group.id).addr
        if place in self._visited:
            raise CheckpointError(
                f"{self.path}: {group.name.strip('/')} is linked twice; use another checkpoint."
            )
        self._visited.add(place)

    def array(self, group: h5py.Group, name: str) -> np.ndarray:
        """Return the data set `name` below `group` as float32.

        Raises:
            CheckpointError: nothing there, not numbers, kept in another file, or larger than the file can hold.
        """
        data = self.member(group, name)
        where = f"{self.path}: {f'{group.name}/{name}'.strip('/')}"
        if not isinstance(data, h5py.Dataset) or data.dtype.kind not in "fiu" or data.shape is None:
            raise CheckpointError(f"{where} is not an array of numbers; use another checkpoint.")
        if data.external or data.is_virtual:
            raise CheckpointError(
                f"{where} lies in another file, which is not opened; use another checkpoint."
            )
        self.left -= int(np.prod(data.shape, dtype=object)) * max(4, data.dtype.itemsize)
        if self.left < 0:
            raise CheckpointError(
                f"{where} of shape {data.shape} is not of honest size: the file is too small to hold it."
            )
        return np.asarray(data[()], dtype=np.float32)
