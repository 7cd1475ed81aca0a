"""What a run folder says of its network in model.json, read as a stranger's file, and its best weights for other networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError, CheckpointError, MissingFileError
from convolens.files import plain_json

FORMAT = 1
MULTI_LABEL_FORMAT = (
    2  # a reader that knows only the first would take the likeliest of several labels for the only one
)


@dataclass(frozen=True)
class RunWeights:
    """The best weights of a run.

    Attributes:
        path: of the safetensors file.
        name: of the architecture.
        layers: their descriptions, in order.
        preprocessing: what its network was shown.
    """

    path: Path
    name: str
    layers: list[Mapping[str, Any]]
    preprocessing: Preprocessing


def read_description(path: Path) -> Mapping[str, Any]:
    """Return what a model.json holds; only its form and format are looked at.

    Raises:
        MissingFileError: there is none. CheckpointError: it is too large to be honest, damaged or of another version.
    """
    description = plain_json.read(path, "is this a run folder?")
    if not isinstance(description, dict) or description.get("format") not in (FORMAT, MULTI_LABEL_FORMAT):
        raise CheckpointError(
            f"{path}: not a model.json of format {FORMAT} or {MULTI_LABEL_FORMAT}; was it made by a newer version?"
        )
    return description


def find_run_weights(folder: Path) -> RunWeights:
    """Return what model.json says, and where the best weights lie.

    Raises:
        MissingFileError: it is no run, or its training ended before its first epoch was over.
        CheckpointError: model.json is damaged.
    """
    described, path = folder / "model.json", folder / "checkpoints" / "best.safetensors"
    told = read_description(described)
    if not path.is_file():
        raise MissingFileError(f"{path}: no such file; did its training finish an epoch?")
    try:
        layers = told["network"]["config"]["layers"]
        if not all(isinstance(layer, Mapping) for layer in layers):
            raise TypeError("layers")
        return RunWeights(path, str(told["name"]), list(layers), Preprocessing.of(told["preprocessing"]))
    except (ArgumentError, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"{described}: incomplete or of another version ({error!r}).") from error
