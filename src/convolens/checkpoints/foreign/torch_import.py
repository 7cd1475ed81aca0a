"""A state_dict of torch (.pt, .pth) as safetensors: a stranger's pickle is opened, and nothing in it is run."""

import pickle
import zipfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import torch

from convolens.checkpoints import tensors
from convolens.checkpoints.foreign.hdf5 import allowed_bytes
from convolens.errors import ArgumentError, CheckpointError, MissingFileError, WriteError

# Where training programs keep the state_dict in a checkpoint.
_USUAL_KEYS = ("state_dict", "model_state_dict", "model", "model_state", "net", "weights")

# What torch.load(weights_only=True) raises on what is not tensors, or not whole.
_DAMAGE = (
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
)


def import_weights(source: str | PathLike[str], target: str | PathLike[str]) -> dict[str, tuple[int, ...]]:
    """Write the tensors of a torch file as safetensors, under the same names, and return their shapes.

    torch reads the file with `weights_only=True`: tensors and plain values are made, no program is run.

    Args:
        source: what `torch.save(model.state_dict(), ...)` wrote, or a checkpoint that holds one under a usual key
            ("state_dict", "model" ...).
        target: a new file that ends in .safetensors.

    Raises:
        MissingFileError: no such file. WriteError: the target is there already, or cannot be written.
        ArgumentError: the target has another ending.
        CheckpointError: the source is damaged, or holds something else than tensors.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     torch.save(torch.nn.Linear(3, 2).state_dict(), f"{folder}/linear.pth")
        ...     import_weights(f"{folder}/linear.pth", f"{folder}/linear.safetensors")
        {'weight': (2, 3), 'bias': (2,)}
    """
    source, target = Path(source), Path(target)
    if target.suffix.lower() != ".safetensors":
        raise ArgumentError(
            f"import_weights: the new file must end in .safetensors; received {target.name!r}."
        )
    if not source.is_file():
        raise MissingFileError(f"{source}: no such weights file.")
    if target.exists():
        raise WriteError(f"{target} exists already; give another name.")
    found = read_torch(source)
    tensors.write(target, found, {"format": "pt", "writer": "convolens"})
    return {name: tuple(tensor.shape) for name, tensor in found.items()}


def read_torch(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a torch file by name, mapped from the disk where its form allows it.

    Args:
        path: a file in today's form (a zip archive) or in the one before torch 1.6, which is read as a whole.

    Raises:
        CheckpointError: it is damaged, or holds something else than tensors.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     torch.save(torch.nn.Linear(3, 2, bias=False).state_dict(), f"{folder}/linear.pth")
        ...     [(name, tuple(tensor.shape)) for name, tensor in read_torch(Path(folder, "linear.pth")).items()]
        [('weight', (2, 3))]
    """
    found = _state_dict(path, _load(path))
    size = sum(tensor.numel() * tensor.element_size() for tensor in found.values())
    if size > allowed_bytes(path.stat().st_size):
        raise CheckpointError(f"{path}: is not of honest size: its tensors say that they hold {size} bytes.")
    return found


def _load(path: Path) -> Any:
    try:
        mapped = False
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                held = sum(member.file_size for member in archive.infolist())
            if held > path.stat().st_size:
                raise CheckpointError(
                    f"{path}: is not of honest size: its parts say that they hold {held} bytes."
                )
            mapped = True
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except CheckpointError:
        raise
    except _DAMAGE as error:
        reason = " ".join(str(error).split("\n")[0].split())[:200]
        raise CheckpointError(
            f"{path}: not a whole file of tensors ({reason}); save it as torch.save(model.state_dict(), path) where "
            "it was made."
        ) from error


def _state_dict(path: Path, content: Any) -> dict[str, torch.Tensor]:
    """Return the state_dict in what a file holds."""
    if isinstance(content, Mapping):
        for key in _USUAL_KEYS:
            if isinstance(content.get(key), Mapping):
                content = content[key]
                break
    if not isinstance(content, Mapping) or not content:
        raise CheckpointError(
            f"{path}: holds a {type(content).__name__}; expected a state_dict: names and their tensors."
        )
    for name, tensor in content.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise CheckpointError(
                f"{path}: {name!s:.80} is a {type(tensor).__name__}, not a tensor; expected a state_dict, alone or "
                f"under one of {', '.join(_USUAL_KEYS)}."
            )
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
            raise CheckpointError(
                f"{path}: {name:.80} is sparse, quantized or empty; expected a plain tensor."
            )
    return dict(content)
