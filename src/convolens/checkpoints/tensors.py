"""Named tensors in a safetensors file: any tool opens it, and nothing in it can run."""

import json
import math
import struct
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch

from convolens.errors import CheckpointError, MissingFileError
from convolens.files.atomic import atomic_path

# What the format calls torch's types.
_TYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint64: "U64", torch.uint32: "U32",
    torch.uint16: "U16", torch.uint8: "U8", torch.bool: "BOOL", torch.complex64: "C64",
}  # fmt: skip
_NUMPY = {
    _TYPES[torch.from_numpy(np.zeros(0, kind)).dtype]: np.dtype(kind)
    for kind in ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "?")
}
_SMALL = 2**20  # bytes that are put together before they are written
_PIECE = 2**24  # bytes that are written at once


def write(
    path: str | PathLike[str], tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors by name, whole or not at all.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        for piece in pieces(tensors, metadata or {"format": "pt"}):
            file.write(piece)


def pieces(tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> Iterator[bytes | memoryview]:
    """Yield a safetensors file, piece by piece; the same tensors give the same bytes, and large ones are not copied.

    The library makes the whole file in memory first, and writes the metadata in an order that changes from one process
    to the next.

    Args:
        tensors: by name; tied ones are written under each name.
        metadata: texts.

    Raises:
        CheckpointError: a type of tensor that the format does not know.

    Example:
        >>> file = b"".join(pieces({"w": torch.ones(2)}, {"format": "pt"}))
        >>> safetensors.torch.load(file)
        {'w': tensor([1., 1.])}
    """
    tensors = {name: tensor.as_subclass(torch.Tensor) for name, tensor in tensors.items()}
    for name, tensor in tensors.items():
        if tensor.dtype not in _TYPES:
            raise CheckpointError(
                f"{name}: a tensor of {tensor.dtype} cannot be saved; convert it to float32."
            )
    order, head = header({name: (item.dtype, tuple(item.shape)) for name, item in tensors.items()}, metadata)
    waiting = bytearray(head)
    for name in order:
        plain = tensors[name].detach().cpu().contiguous().reshape(-1)
        # The bytes themselves, no copy.
        data = plain.view(torch.uint8).numpy().data if len(plain) else memoryview(b"")
        if len(data) < _SMALL:
            waiting += data
            if len(waiting) < _SMALL:
                continue
            data = memoryview(b"")
        yield bytes(waiting)
        waiting = bytearray()
        for start in range(0, len(data), _PIECE):
            yield data[start : start + _PIECE]
    if waiting:
        yield bytes(waiting)


def header(
    forms: Mapping[str, tuple[torch.dtype, tuple[int, ...]]], metadata: Mapping[str, str]
) -> tuple[list[str], bytes]:
    """Return in which order the tensors of a safetensors file lie, and what comes before the first of them.

    Args:
        forms: type and shape of each tensor, by name.
        metadata: texts.

    Example:
        >>> order, head = header({"w": (torch.float32, (2,))}, {})
        >>> safetensors.torch.load(head + bytes(8))
        {'w': tensor([0., 0.])}
    """
    order = sorted(forms, key=lambda name: (-forms[name][0].itemsize, name))  # each begins aligned
    described: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    end = 0
    for name in order:
        dtype, shape = forms[name]
        begin, end = end, end + math.prod(shape) * dtype.itemsize
        described[name] = {"dtype": _TYPES[dtype], "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(described, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of 8
    return order, struct.pack("<Q", len(text)) + text


def map_arrays(path: str | PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays of a file by name, read-only and mapped from disk, and its texts.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is damaged, or holds a type that NumPy has not.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write(Path(folder) / "a.safetensors", {"w": torch.ones(2)}, {"kind": "ones"})
        ...     arrays, texts = map_arrays(Path(folder) / "a.safetensors")
        ...     arrays["w"].tolist(), texts
        ([1.0, 1.0], {'kind': 'ones'})
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"{path}: no such file.")
    try:
        with safetensors.safe_open(path, "numpy") as file:  # looks whether it is whole
            texts = dict(file.metadata() or {})
        with path.open("rb") as raw:
            (length,) = struct.unpack("<Q", raw.read(8))
            described = json.loads(raw.read(length))
        arrays: dict[str, np.ndarray] = {}
        for name, entry in described.items():
            if name == "__metadata__":
                continue
            dtype, shape, (begin, end) = _NUMPY[entry["dtype"]], tuple(entry["shape"]), entry["data_offsets"]
            arrays[name] = (
                np.memmap(path, dtype, "r", 8 + length + begin, shape)
                if end > begin
                else np.empty(shape, dtype)
            )
    except (safetensors.SafetensorError, ValueError, LookupError, OSError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file ({error}); make it anew.") from error
    return arrays, texts


def read(path: str | PathLike[str]) -> dict[str, torch.Tensor]:
    """Return the tensors of a file by name.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is damaged or of another form.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"{path}: no such weights file.")
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"{path}: not a whole safetensors file ({error}); use another checkpoint."
        ) from error
