"""state-EEEE-SSSSSS: everything a training needs to go on, whole or not at all, and known when it is damaged.

tensors.safetensors   weights, optimizer state, random states
state.json            epoch, step and other plain values
manifest.json         SHA-256 and size of the two; written last
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from convolens.checkpoints import tensors as tensor_files
from convolens.checkpoints.atomic import explain, sync_folder
from convolens.errors import CheckpointError, MissingFileError

FORMAT = 1
_NAME = re.compile(r"state-(\d{4,})-(\d{6,})")


def write_state(
    folder: Path, epoch: int, step: int, tensors: Mapping[str, torch.Tensor], state: Mapping[str, Any]
) -> Path:
    """Write a state folder and return its path; one that is there under the name is replaced.

    Args:
        folder: holds the states; has to exist.
        epoch: finished epochs.
        step: finished optimizer steps.
        tensors: by name.
        state: plain values for JSON.

    Raises:
        WriteError: permission, a full disk; the states that were there are untouched.
    """
    place = folder / f"state-{epoch:04d}-{step:06d}"
    temporary = folder / f".{place.name}.{uuid.uuid4().hex[:8]}"
    laid_out = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    contents = {
        "tensors.safetensors": safetensors.torch.save(laid_out, {"format": "pt"}),
        "state.json": json.dumps(state, indent=1).encode(),
    }
    manifest = {
        "format": FORMAT,
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in contents.items()
        },
    }
    try:
        temporary.mkdir()
        for name, data in {**contents, "manifest.json": json.dumps(manifest, indent=1).encode()}.items():
            with (temporary / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(temporary)
        if place.exists():
            shutil.rmtree(place)
        temporary.rename(place)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise explain(error, place) from error
    return place


def list_states(folder: Path) -> list[Path]:
    """Return the state folders, the newest first."""
    found = [(match, path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return [
        path for _, path in sorted(found, key=lambda item: (int(item[0][2]), int(item[0][1])), reverse=True)
    ]


def read_state(place: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors and the plain values of a state, after comparing both files with the manifest.

    Raises:
        MissingFileError: a file is not there. CheckpointError: one is damaged; the message says which.
    """
    try:
        manifest = json.loads((place / "manifest.json").read_text())
        files = dict(manifest["files"])
        for name in ("tensors.safetensors", "state.json"):
            data = (place / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != files[name]["sha256"]:
                raise CheckpointError(
                    f"{place / name}: damaged, its SHA-256 is not the manifest's; use an older checkpoint."
                )
        return tensor_files.read(place / "tensors.safetensors"), json.loads(data)
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{error.filename}: a file of the checkpoint is missing; use an older one."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f"{place}: manifest or state is not whole ({error!r}); use an older one."
        ) from error


def newest_state(
    folder: Path, warn: Callable[[str], None] = lambda line: None
) -> tuple[Path, dict[str, torch.Tensor], dict[str, Any]]:
    """Return the newest whole state; damaged ones are told of and passed over.

    Raises:
        CheckpointError: there is no whole state.
    """
    for place in list_states(folder):
        try:
            return place, *read_state(place)
        except (CheckpointError, MissingFileError) as error:
            warn(str(error))
    raise CheckpointError(f"{folder}: holds no whole state to go on from.")


def prune(folder: Path, keep: int) -> None:
    """Remove all but the newest `keep` states, and what killed writers left."""
    for place in list_states(folder)[keep:]:
        shutil.rmtree(place, ignore_errors=True)
    for place in folder.glob(".state-*"):
        shutil.rmtree(place, ignore_errors=True)
