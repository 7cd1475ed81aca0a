"""Named tensors in a safetensors file: any tool opens it, and nothing in it can run."""

import json
import struct
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from convolens.checkpoints.atomic import atomic_path
from convolens.errors import CheckpointError, MissingFileError

# What the format calls torch's types.
_TYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint64: "U64", torch.uint32: "U32",
    torch.uint16: "U16", torch.uint8: "U8", torch.bool: "BOOL", torch.complex64: "C64",
}  # fmt: skip
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
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # each begins aligned
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))}
    end = 0
    for name in order:
        tensor = tensors[name]
        if tensor.dtype not in _TYPES:
            raise CheckpointError(
                f"{name}: a tensor of {tensor.dtype} cannot be saved; convert it to float32."
            )
        begin, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": _TYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of 8
    waiting = bytearray(struct.pack("<Q", len(text)) + text)
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
