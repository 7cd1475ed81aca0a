"""state-EEEE-SSSSSS: everything a training needs to go on, whole or not at all, and known when it is damaged.

tensors.safetensors   weights, optimizer state, random states, sums of the epoch
state.json            epoch, batch, step, and the other values of every part; see `values`
best.safetensors      the best weights so far, where the training keeps them: a second name of the file, no copy
manifest.json         SHA-256 and size of the others; written last

`docs/checkpoints.md` says all of it.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from convolens.checkpoints.tensors import pieces
from convolens.checkpoints.values import decode, encode
from convolens.errors import CheckpointError, MissingFileError
from convolens.files.atomic import link_or_copy, seal_of, sync_folder, write_and_sync, write_error

FORMAT = 2
TENSORS, VALUES, MANIFEST = "tensors.safetensors", "state.json", "manifest.json"
_NAME = re.compile(r"state-(\d{4,})-(\d{6,})")
_REPLACED = re.compile(r"\.(state-\d{4,}-\d{6,})\.replaced")  # the one before, while its successor is renamed


@dataclass(frozen=True)
class State:
    """A training between two steps: a copy that the training no longer touches.

    Attributes:
        epoch: finished epochs.
        batch: finished batches of the epoch that is under way; 0 between two epochs.
        step: finished batches since the beginning.
        epochs: how many were asked for.
        stopped: whether a callback had ended the training.
        environment: what must be the same for the same bits: threads, device, versions.
        parts: name -> what its `state_dict` gave, in the form of `values.encode`.
        tensors: the tensors of the parts, by name, in main memory.
    """

    epoch: int
    batch: int
    step: int
    epochs: int
    stopped: bool
    environment: Mapping[str, Any]
    parts: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor] = field(repr=False)

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"state-{self.epoch:04d}-{self.step:06d}"

    def part(self, name: str) -> Any:
        """Return the `state_dict` of a part.

        Raises:
            CheckpointError: there is none of this name.
        """
        if name not in self.parts:
            raise CheckpointError(
                f"{self.name}: holds no state of {name!r}, only of {', '.join(self.parts)}; was it made by another program?"
            )
        return decode(self.parts[name], self.tensors)


def make_state(
    parts: Mapping[str, Mapping[str, Any]],
    *,
    epoch: int,
    batch: int,
    step: int,
    epochs: int,
    stopped: bool,
    environment: Mapping[str, Any],
    spare: State | None = None,
) -> State:
    """Return a state of copies, ready to be written at leisure.

    Args:
        parts: name -> `state_dict()`.
        epoch, batch, step, epochs, stopped, environment: see `State`.
        spare: a state that nobody needs any more: its memory takes the copies, which is several times faster than new
            memory.

    Raises:
        ArgumentTypeError: a value that no checkpoint holds.
    """
    tensors: dict[str, torch.Tensor] = {}
    memory = {} if spare is None else dict(spare.tensors)
    encoded = {name: encode(part, name, tensors, memory) for name, part in parts.items()}
    return State(epoch, batch, step, epochs, stopped, dict(environment), encoded, tensors)


def write_state(folder: Path, state: State, files: Mapping[str, Path] | None = None) -> Path:
    """Write a state folder and return its path; one that is there under the name is replaced.

    Args:
        folder: holds the states; has to exist.
        state: of `make_state`.
        files: further files that belong to it, name -> where they are: they get a second name, no copy.

    Raises:
        WriteError: permission, a full disk; the states that were there are untouched.
    """
    place = folder / state.name
    temporary = folder / f".{place.name}.{uuid.uuid4().hex[:8]}"
    values = {
        "format": FORMAT,
        "epoch": state.epoch,
        "batch": state.batch,
        "step": state.step,
        "epochs": state.epochs,
        "stopped": state.stopped,
        "environment": dict(state.environment),
        "parts": dict(state.parts),
    }
    text = json.dumps(values, indent=1, allow_nan=False).encode()
    try:
        temporary.mkdir()
        seals = {
            TENSORS: write_and_sync(temporary / TENSORS, pieces(state.tensors, {"format": "pt"})),
            VALUES: write_and_sync(temporary / VALUES, [text]),
        }
        for name, source in (files or {}).items():
            link_or_copy(source, temporary / name)
            seals[name] = seal_of(temporary / name)
        manifest = {"format": FORMAT, "files": {name: asdict(seal) for name, seal in seals.items()}}
        write_and_sync(temporary / MANIFEST, [json.dumps(manifest, indent=1).encode()])
        sync_folder(temporary)
        _put(temporary, place)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise write_error(error, place) from error
    return place


def _put(temporary: Path, place: Path) -> None:
    """Rename a finished folder to its name; a reader finds the one before until then, under a name it knows."""
    if not place.exists():
        os.rename(temporary, place)
        return
    aside = place.with_name(f".{place.name}.replaced")
    shutil.rmtree(aside, ignore_errors=True)
    os.rename(place, aside)
    try:
        os.rename(temporary, place)
    except OSError:
        os.rename(aside, place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def list_states(folder: Path) -> list[Path]:
    """Return the state folders, the newest first.

    Raises:
        MissingFileError: there is no such folder.
    """
    found = []
    try:
        for path in folder.iterdir():
            if match := _NAME.fullmatch(_name(path) or ""):
                found.append((int(match[2]), int(match[1]), path.name == match[0], path))
    except OSError as error:
        raise MissingFileError(
            f"{folder}: no such folder of states ({error.strerror}); expected one that a training wrote."
        ) from error
    return [path for *_, path in sorted(found, reverse=True)]


def is_state(place: Path) -> bool:
    """Return whether a path is named as a state is.

    Example:
        >>> is_state(Path("backup/state-0002-000010"))
        True
    """
    return _name(place) is not None


def _name(place: Path) -> str | None:
    """Return the name of the state at a path, also of one that was being replaced; None for other paths."""
    if replaced := _REPLACED.fullmatch(place.name):
        return replaced[1]
    return place.name if _NAME.fullmatch(place.name) else None


def read_state(place: Path) -> State:
    """Return a state, after comparing each of its files with the manifest.

    Raises:
        MissingFileError: a file is not there. CheckpointError: one is damaged; the message says which.
    """
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        for name, seal in dict(manifest["files"]).items():
            if Path(name).name != name:
                raise CheckpointError(f"{place / MANIFEST}: names {name!r}, which is no file of the state.")
            if asdict(seal_of(place / name)) != seal:
                raise CheckpointError(
                    f"{place / name}: damaged, its SHA-256 is not the manifest's; use an older checkpoint."
                )
        for name in (TENSORS, VALUES):
            if name not in manifest["files"]:
                raise CheckpointError(f"{place / MANIFEST}: does not name {name}; use an older checkpoint.")
        values = json.loads((place / VALUES).read_bytes())
        if values["format"] != FORMAT:
            raise CheckpointError(
                f"{place}: a state of format {values['format']!r}, this version reads {FORMAT}; use the version that made it."
            )
        state = State(
            epoch=int(values["epoch"]),
            batch=int(values["batch"]),
            step=int(values["step"]),
            epochs=int(values["epochs"]),
            stopped=bool(values["stopped"]),
            environment=dict(values["environment"]),
            parts=dict(values["parts"]),
            tensors=safetensors.torch.load_file(place / TENSORS),  # mapped: read when they are put back
        )
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{error.filename}: a file of the checkpoint is missing; use an older one."
        ) from error
    except OSError as error:
        raise CheckpointError(
            f"{place}: cannot be read ({error.strerror}); use an older checkpoint."
        ) from error
    except (ValueError, LookupError, TypeError, RecursionError, safetensors.SafetensorError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f"{place}: manifest or state is not whole ({error!r}); use an older one."
        ) from error
    if _name(place) not in (None, state.name):
        raise CheckpointError(
            f"{place}: holds {state.name}, so it was renamed or swapped; give it its own name back, or use an older one."
        )
    return state


def newest_state(folder: Path, warn: Callable[[str], None] = lambda line: None) -> tuple[Path, State]:
    """Return the newest whole state and its folder; damaged ones are told of and passed over.

    Raises:
        MissingFileError: the folder is not there. CheckpointError: there is no whole state.
    """
    for place in list_states(folder):
        try:
            return place, read_state(place)
        except (CheckpointError, MissingFileError) as error:
            warn(str(error))
    raise CheckpointError(f"{folder}: holds no whole state to go on from.")


def prune(folder: Path, keep: int, newest: Path | None = None) -> None:
    """Remove all but the newest `keep` states, and what killed writers left.

    Args:
        folder: of the states.
        keep: how many stay, at least 1.
        newest: the one written last; those after it are of a training that was gone back from, and go too.
    """
    places = [place for place in list_states(folder) if place.name == _name(place)]
    kept = places[places.index(newest) :] if newest in places else places
    kept = kept[: max(keep, 1)]
    for place in places:
        if place not in kept:
            _remove(place)
    for place in folder.glob(".state-*"):
        replaced = _REPLACED.fullmatch(place.name)
        if replaced and not (folder / replaced[1]).exists():
            continue  # its successor never got its name: this one is the state
        shutil.rmtree(place, ignore_errors=True)


def _remove(place: Path) -> None:
    """Remove a state so that a kill on the way leaves no half of one under its name."""
    aside = place.with_name(f".{place.name}.removed")
    try:
        os.rename(place, aside)
    except OSError:  # may not be renamed: then not removed either, and too many states are no harm
        return
    shutil.rmtree(aside, ignore_errors=True)
