"""Named tensors in a safetensors file: any tool opens it, and nothing in it can run."""

import json
import struct
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from convolens.checkpoints.atomic import atomic_path
from convolens.errors import CheckpointError, MissingFileError


def write(
    path: str | PathLike[str], tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write tensors by name, whole or not at all.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    laid_out: dict[str, torch.Tensor] = {}
    taken: set[int] = set()
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        laid_out[name] = (
            plain.clone() if place in taken else plain
        )  # tied weights: the file holds each name's own
        taken.add(place)
    with atomic_path(path) as temporary:
        temporary.write_bytes(to_bytes(laid_out, metadata or {"format": "pt"}))


def to_bytes(tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file; the same tensors give the same bytes.

    The library writes the metadata in an order that changes from one process to the next, so the header is written anew.

    Example:
        >>> a = to_bytes({"w": torch.zeros(2)}, {"format": "pt", "writer": "me"})
        >>> a == to_bytes({"w": torch.zeros(2)}, {"writer": "me", "format": "pt"})
        True
    """
    data = safetensors.torch.save(dict(tensors), dict(metadata))
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # the tensors begin at a multiple of 8
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


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
