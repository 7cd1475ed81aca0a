"""HDF5 files: written as one piece, and read without following their links or believing their sizes."""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from convolens.checkpoints.foreign.hdf5_heap import check_heaps
from convolens.checkpoints.foreign.hdf5_superblock import check_superblock
from convolens.checkpoints.foreign.hdf5_texts import Texts
from convolens.errors import CheckpointError, ConvolensError, MissingFileError
from convolens.files.atomic import atomic_path

# What h5py raises on bytes that are not what their headers say.
_DAMAGE = (
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

# Filters that HDF5 has itself: what they unfold is known before they are run. Others are programs from elsewhere.
_DEFLATE, _SHUFFLE, _CHECKSUM = h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32

# A file may unfold to this many times its size (equal weights compress well), or to 64 MiB.
_EXPANSION = 100
_ALWAYS_ALLOWED = 2**26
_CHECKSUM_BYTES = 4  # that a filter may add to a piece


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
def reading(path: str | PathLike[str], content: bytes | None = None) -> Iterator["Reader"]:
    """Open a file for reading; with `content`, those bytes, while `path` names them in errors.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is not an HDF5 file, or found damaged by what is done with it.
    """
    path = Path(path)
    if content is None and not path.is_file():
        raise MissingFileError(f"{path}: no such weights file.")
    check_superblock(path, content)
    largest_text = check_heaps(path, content)
    try:
        file = h5py.File(path if content is None else BytesIO(content), "r")
    except _DAMAGE as error:
        raise CheckpointError(
            f"{path}: not a whole HDF5 file ({_one_line(error)}); use another checkpoint."
        ) from error
    try:
        with file, path.open("rb") if content is None else BytesIO(content) as raw:
            yield Reader(file, raw, path, largest_text)
    except ConvolensError:
        raise
    except _DAMAGE as error:
        raise CheckpointError(f"{path}: damaged ({_one_line(error)}); use another checkpoint.") from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


class Reader:
    """Reads groups and arrays of an open file, with one allowance of memory for all of them.

    Args:
        file: an open file.
        raw: the same file's bytes.
        path: names the file in errors.
        largest_text: no text in the file is longer, in bytes.
    """

    def __init__(self, file: h5py.File, raw: BinaryIO, path: str | PathLike[str], largest_text: int) -> None:
        self.file = file
        self.path = path
        self.largest_text = largest_text
        self.size = file.id.get_filesize()
        self.left = allowed_bytes(self.size)
        self._texts = Texts(raw, self.size)
        self._visited: set[int] = set()

    def _spend(self, size: int, where: str, shape: Any) -> None:
        self.left -= size
        if self.left < 0:
            raise CheckpointError(
                f"{self.path}: {where} of shape {shape} is not of honest size: the file is too small to hold it."
            )

    def holds(self, group: h5py.Group, name: str) -> bool:
        """Return whether a group has a member, or a link, of this name; no link is followed."""
        return bool(group.id.links.exists(name.encode()))

    def member(self, group: h5py.Group, name: str) -> Any:
        """Return what `name` ("a/b/c") stands for below `group`, or None where there is nothing.

        Raises:
            CheckpointError: the way there leads over a link, which could point out of the file.
        """
        found: Any = group
        for part in name.split("/"):
            if not part or not isinstance(found, h5py.Group) or not self.holds(found, part):
                return None
            kind = found.id.links.get_info(part.encode()).type
            if kind != h5py.h5l.TYPE_HARD:
                link = {h5py.h5l.TYPE_SOFT: "SoftLink", h5py.h5l.TYPE_EXTERNAL: "ExternalLink"}
                raise CheckpointError(
                    f"{self.path}: {name} is a link ({link.get(kind, kind)}); weights files have none."
                )
            found = found[part]
        return found

    def texts(self, item: h5py.Group, attribute: str) -> list[str] | None:
        """Return a text, or a list of texts, kept beside a group, as a list; None where there is none.

        Raises:
            CheckpointError: it is no text (to read a damaged attribute as something else can end the process), or
                more than the file can hold.
        """
        if attribute not in item.attrs:
            return None
        held = item.attrs.get_id(attribute)
        if 0 in held.shape:
            return []  # Keras writes an empty list as one of numbers
        kind = held.get_type()
        if not isinstance(kind, h5py.h5t.TypeStringID):
            raise CheckpointError(f"{self.path}: attribute {attribute} is no text; use another checkpoint.")
        count = int(np.prod(held.shape, dtype=object))
        size = max(1, kind.get_size())
        if count * size > self.size:
            raise CheckpointError(
                f"{self.path}: attribute {attribute} of shape {held.shape} is not of honest size: the file is too "
                "small to hold it."
            )
        if kind.is_variable_str():
            self._spend(count * self.largest_text, f"attribute {attribute}", held.shape)
            found = self._texts.read(h5py.h5o.get_info(item.id).addr, attribute, count)
            if found is None:
                raise CheckpointError(
                    f"{self.path}: attribute {attribute} is kept in a way of its own; use another checkpoint."
                )
            # They may share a place.
            self.left += count * self.largest_text - sum(len(text) + 64 for text in found)
        else:
            self._spend(count * size, f"attribute {attribute}", held.shape)
            found = np.asarray(item.attrs[attribute]).ravel().tolist()
        return [text.decode() if isinstance(text, bytes) else str(text) for text in found]

    def visit(self, group: h5py.Group) -> None:
        """Raise a `CheckpointError` at the second visit of a group: groups in a ring have no end."""
        place = h5py.h5o.get_info(group.id).addr
        if place in self._visited:
            raise CheckpointError(
                f"{self.path}: {group.name.strip('/')} is linked twice; use another checkpoint."
            )
        self._visited.add(place)

    def array(self, group: h5py.Group, name: str, exact: bool = False) -> np.ndarray:
        """Return the data set `name` below `group` as float32; with `exact`, a single number as float64.

        Raises:
            CheckpointError: nothing there, not numbers, kept in another file, or larger than the file can hold.
        """
        data = self.member(group, name)
        inside = f"{group.name}/{name}".strip("/")
        where = f"{self.path}: {inside}"
        if isinstance(data, h5py.Dataset) and (data.external or data.is_virtual):  # asked before its shape:
            raise CheckpointError(  # that of a virtual one is found in the other file
                f"{where} lies in another file, which is not opened; use another checkpoint."
            )
        if not isinstance(data, h5py.Dataset) or data.dtype.kind not in "fiu" or data.shape is None:
            raise CheckpointError(f"{where} is not an array of numbers; use another checkpoint.")
        self._spend(int(np.prod(data.shape, dtype=object)) * max(4, data.dtype.itemsize), inside, data.shape)
        if data.chunks is not None:
            self._check_chunks(data, inside)
        return np.asarray(data[()], dtype=np.float64 if exact and data.shape == () else np.float32)

    def _check_chunks(self, data: h5py.Dataset, inside: str) -> None:
        """Refuse chunks that are larger than said, however little they take in the file."""
        size = int(np.prod(data.chunks, dtype=object)) * data.dtype.itemsize
        if size > self.left:
            raise CheckpointError(
                f"{self.path}: {inside} in pieces of shape {data.chunks} is not of honest size: the file is too "
                "small to hold them."
            )
        settings = data.id.get_create_plist()
        filters = [settings.get_filter(i)[0] for i in range(settings.get_nfilters())]
        if not filters:
            return
        if not {*filters} <= {_DEFLATE, _SHUFFLE, _CHECKSUM} or filters.count(_DEFLATE) > 1:
            raise CheckpointError(
                f"{self.path}: {inside} is compressed by other means than gzip; write it again with "
                'compression="gzip" or without.'
            )
        if _DEFLATE not in filters:
            return
        for i in range(data.id.get_num_chunks()):
            skipped, packed = data.id.read_direct_chunk(data.id.get_chunk_info(i).chunk_offset)
            if skipped & 1 << filters.index(_DEFLATE):
                continue
            unpacked = zlib.decompressobj()
            length = len(unpacked.decompress(packed, size + 1 + _CHECKSUM_BYTES))
            if length > size + _CHECKSUM_BYTES:
                raise CheckpointError(
                    f"{self.path}: {inside} is not of honest size: a piece of shape {data.chunks} unfolds to more."
                )
