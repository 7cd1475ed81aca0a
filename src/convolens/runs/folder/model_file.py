"""model.json: what a trained network is and what it must be shown, so that `predict` needs no flags."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import convolens
from convolens.checkpoints import tensors
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.samples import Samples
from convolens.errors import CheckpointError, MissingFileError
from convolens.files.plain_json import write_json
from convolens.models import Model
from convolens.models.files.blaming import MALFORMED, short
from convolens.models.files.described_network import described_network, network_without_memory
from convolens.models.files.run_weights import FORMAT, MULTI_LABEL_FORMAT, read_description
from convolens.models.graph.container import Container
from convolens.models.graph.serialization import serialize
from convolens.runs.folder.calibration_file import MULTI_LABEL
from convolens.runs.folder.run_folder import RunFolder


@dataclass(frozen=True)
class TrainedModel:
    """A network with its weights, class names and preprocessing.

    Attributes:
        model: in inference use; see `runs.tasks.probabilities`.
        name: of the architecture.
        class_names: in the order of the outputs.
        preprocessing: what its input must look like.
        multi_label: whether photos have any number of labels, so that each output is a probability of its own.
        tuned: of such, the probability of each class from which on it is said; None before the training's end.
    """

    model: Model
    name: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    multi_label: bool = False
    tuned: tuple[float, ...] | None = None


def write(path: Path, trained: TrainedModel) -> None:
    """Write model.json.

    Raises:
        WriteError: the file cannot be written.
    """
    units = int(trained.model.output_shape[-1])
    output = MULTI_LABEL if trained.multi_label else "sigmoid" if units == 1 else "softmax"
    description = {
        "format": MULTI_LABEL_FORMAT if trained.multi_label else FORMAT,
        "convolens": convolens.__version__,
        "name": trained.name,
        "input_shape": list(trained.model.input_shape[1:]),
        "class_names": list(trained.class_names),
        "output": output,
        **({} if trained.tuned is None else {"thresholds": list(trained.tuned)}),
        "preprocessing": trained.preprocessing.as_table(),
        "network": serialize(trained.model.module),
    }
    write_json(path, description)


def load(run: RunFolder, weights: Path | None = None, device: str = "cpu") -> TrainedModel:
    """Return the network of a run with its best weights (or those given).

    Args:
        run: a folder with `model.json`.
        weights: a .safetensors file of this run's network; None is `run.best`.
        device: of the network: "cpu", "cuda", "cuda:1" ...

    Raises:
        MissingFileError: a file of the run is not there.
        CheckpointError: a file is damaged, or weights and architecture do not fit.
    """
    weights = weights or run.best
    if not weights.is_file():
        raise MissingFileError(
            f"{weights}: no such weights file; did the training end before its first epoch was over?"
        )

    def fits(module: Container) -> None:
        Model(module).load_weights(weights)

    with _blaming(run.model):
        description = read_description(run.model)
        module = described_network(run.model, description["network"], fits)
        names = tuple(str(name) for name in description["class_names"])
        preprocessing = Preprocessing.of(description["preprocessing"])
        shape, wanted = module.output_shape, module.input_shape[1:]
        title = str(description["name"])
        multi_label = description.get("output") == MULTI_LABEL
        tuned = _thresholds(description, len(names)) if multi_label else None
    if not isinstance(shape, tuple) or shape[-1] not in (len(names), len(names) if multi_label else 1):
        raise CheckpointError(f"{run.model}: {len(names)} class names do not fit an output of shape {shape}.")
    sees = preprocessing.input_shape
    if any(side not in (None, given) for side, given in zip(wanted, sees, strict=True)):
        raise CheckpointError(f"{run.model}: photos become {sees}, the network takes {tuple(wanted)}.")
    for name in names:
        if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
            raise CheckpointError(f"{run.model}: {name!r} cannot be a class name (it is no folder name).")
    model = Model(module, name=title)
    model.load_weights(weights)
    return TrainedModel(model.to(device), title, names, preprocessing, multi_label, tuned)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Turn what wrong values in a description make of whoever trusts them into one line that names the file."""
    try:
        yield
    except CheckpointError:  # names its file
        raise
    except MALFORMED as error:
        raise CheckpointError(f"{path}: incomplete or of another version ({short(repr(error))}).") from error


def _thresholds(description: Mapping[str, Any], classes: int) -> tuple[float, ...] | None:
    """Return the thresholds, one a class in [0, 1]; None where there are none yet."""
    given = description.get("thresholds")
    if given is None:
        return None
    found = tuple(float(value) for value in given)
    if len(found) != classes or not all(0 <= value <= 1 for value in found):
        raise ValueError("thresholds")
    return found


def is_multi_label(run: RunFolder) -> bool:
    """Return whether the photos of a run have any number of labels.

    Raises:
        MissingFileError: there is no model.json. CheckpointError: it is damaged.
    """
    return read_description(run.model).get("output") == MULTI_LABEL


def samples_of(run: RunFolder) -> Samples | None:
    """Return how values of photos become bytes in a run; None where it was stopped before it described its network.

    Raises:
        CheckpointError: model.json is damaged.
    """
    if not run.model.is_file():
        return None
    with _blaming(run.model):
        return Preprocessing.of(read_description(run.model)["preprocessing"]).samples


def network(run: RunFolder) -> Model:
    """Return the network of a run as it was described, its weights not read, and without memory for them.

    Raises:
        MissingFileError: there is no model.json. CheckpointError: it is damaged.
    """
    with _blaming(run.model):
        description = read_description(run.model)
        module = network_without_memory(run.model, description["network"])
        return Model(module, name=str(description["name"]))


def class_names(run: RunFolder) -> tuple[str, ...]:
    """Return the class names of a run, in the order of its outputs.

    Raises:
        MissingFileError: there is no model.json. CheckpointError: it is damaged.
    """
    names = read_description(run.model).get("class_names")
    if not isinstance(names, list):
        raise CheckpointError(f"{run.model}: incomplete or of another version (no class names).")
    return tuple(str(name) for name in names)


def save_weights(module: torch.nn.Module, path: Path) -> None:
    """Write a module's state as safetensors: the same weights give the same bytes.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    tensors.write(path, module.state_dict(), {"format": "pt"})
