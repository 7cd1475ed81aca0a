"""Named tensors in a safetensors file: any tool opens it, and nothing in it can run."""

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
        data = safetensors.torch.save(laid_out, dict(metadata or {"format": "pt"}))
        temporary.write_bytes(data)


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
