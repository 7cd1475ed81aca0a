"""model.json: what a trained network is and what it must be shown, so that `predict` needs no flags."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

import convolens
from convolens.checkpoints import tensors
from convolens.checkpoints.atomic import atomic_path
from convolens.data.decode import COLOR_MODES
from convolens.data.preprocessing import Preprocessing
from convolens.errors import CheckpointError, MissingFileError
from convolens.models import Model
from convolens.models.configuration import deserialize, serialize
from convolens.runs.folder import RunFolder

FORMAT = 1


# what wrong values in a description make of themselves when a network is built from them
_WRONG_VALUES = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)


@dataclass(frozen=True)
class TrainedModel:
    """A network with its weights, class names and preprocessing.

    Attributes:
        model: in inference use; compiled for evaluation by `runs.scoring`.
        name: of the architecture.
        class_names: in the order of the outputs.
        preprocessing: what its input must look like.
    """

    model: Model
    name: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing


def write(path: Path, trained: TrainedModel) -> None:
    """Write model.json.

    Raises:
        WriteError: the file cannot be written.
    """
    units = int(trained.model.output_shape[-1])
    description = {
        "format": FORMAT,
        "convolens": convolens.__version__,
        "name": trained.name,
        "input_shape": list(trained.model.input_shape[1:]),
        "class_names": list(trained.class_names),
        "output": "sigmoid" if units == 1 else "softmax",
        "preprocessing": asdict(trained.preprocessing),
        "network": serialize(trained.model.module),
    }
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(run: RunFolder, weights: Path | None = None, device: str = "cpu") -> TrainedModel:
    """Return the network of a run with its best weights (or those given).

    Raises:
        MissingFileError: a file of the run is not there.
        CheckpointError: a file is damaged, or weights and architecture do not fit.
    """
    weights = weights or run.best
    if not weights.is_file():
        raise MissingFileError(
            f"{weights}: no such weights file; did the training end before its first epoch was over?"
        )
    description = _read(run.model)
    try:
        module = deserialize(description["network"])
        names = tuple(str(name) for name in description["class_names"])
        preprocessing = Preprocessing.of(description["preprocessing"])
        shape, wanted = module.output_shape, module.input_shape[1:]
        title = str(description["name"])
    except _WRONG_VALUES as error:
        raise CheckpointError(f"{run.model}: incomplete or of another version ({error!r}).") from error
    if not isinstance(shape, tuple) or shape[-1] not in (len(names), 1):
        raise CheckpointError(f"{run.model}: {len(names)} class names do not fit an output of shape {shape}.")
    sees = (*preprocessing.size, len(COLOR_MODES[preprocessing.color_mode]))
    if any(side not in (None, given) for side, given in zip(wanted, sees, strict=True)):
        raise CheckpointError(f"{run.model}: photos become {sees}, the network takes {tuple(wanted)}.")
    for name in names:
        if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
            raise CheckpointError(f"{run.model}: {name!r} cannot be a class name (it is no folder name).")
    model = Model(module, name=title)
    model.load_weights(weights)
    return TrainedModel(model.to(device), title, names, preprocessing)


def network(run: RunFolder) -> Model:
    """Return the network of a run as it was described, its weights not read.

    Raises:
        MissingFileError: there is no model.json. CheckpointError: it is damaged.
    """
    description = _read(run.model)
    try:
        return Model(deserialize(description["network"]), name=str(description["name"]))
    except _WRONG_VALUES as error:
        raise CheckpointError(f"{run.model}: incomplete or of another version ({error!r}).") from error


def save_weights(module: torch.nn.Module, path: Path) -> None:
    """Write a module's state as safetensors: the same weights give the same bytes.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    tensors.write(path, module.state_dict(), {"format": "pt"})


def _read(path: Path) -> Mapping[str, Any]:
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingFileError(f"{path}: no such file; is this a run folder?") from error
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: not readable as JSON ({error}).") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise CheckpointError(f"{path}: not a model.json of format {FORMAT}; was it made by a newer version?")
    return description
