"""What a run folder knows of its network, for whoever wants its best weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.errors import CheckpointError, MissingFileError
from convolens.files import plain_json


@dataclass(frozen=True)
class RunWeights:
    """The best weights of a run.

    Attributes:
        path: of the safetensors file.
        name: of the architecture.
        layers: their descriptions, in order.
        interpolation: how its photos were resized; None where that is not told.
    """

    path: Path
    name: str
    layers: list[Mapping[str, Any]]
    interpolation: str | None = None


def find_run_weights(folder: Path) -> RunWeights:
    """Return what model.json says, and where the best weights lie.

    Raises:
        MissingFileError: it is no run, or its training ended before its first epoch was over.
        CheckpointError: model.json is damaged.
    """
    described, path = folder / "model.json", folder / "checkpoints" / "best.safetensors"
    for file, why in ((described, "is this a run folder?"), (path, "did its training finish an epoch?")):
        if not file.is_file():
            raise MissingFileError(f"{file}: no such file; {why}")
    try:
        told = plain_json.parse(described, "it", described.read_bytes())
        layers = told["network"]["config"]["layers"]
        if not all(isinstance(layer, Mapping) for layer in layers):
            raise TypeError("layers")
        preprocessing = told.get("preprocessing")
        interpolation = preprocessing.get("interpolation") if isinstance(preprocessing, Mapping) else None
        said = interpolation if isinstance(interpolation, str) else None
        return RunWeights(path, str(told["name"]), list(layers), said)
    except (OSError, LookupError, TypeError) as error:
        raise CheckpointError(f"{described}: incomplete or of another version ({error!r}).") from error
