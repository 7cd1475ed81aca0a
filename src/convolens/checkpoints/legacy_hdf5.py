"""Keras' HDF5 layout of weights: a group for each layer, the order in attributes; also inside whole models.

    / (or /model_weights)   attributes layer_names, backend, keras_version
      LAYER                 attribute weight_names: "LAYER/kernel", "LAYER/bias"
        LAYER/kernel        data set, float32, in Keras' layout
    whole models:           attributes model_config and training_config (JSON) on /

As `keras.src.legacy.saving.legacy_h5_format` reads and writes it.
"""

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from convolens.checkpoints.atomic import atomic_path
from convolens.errors import CheckpointError, MissingFileError

Weights = list[tuple[str, list[tuple[str, np.ndarray]]]]

# HDF5 keeps an object's attributes in 64 KB; Keras splits longer lists into NAME0, NAME1 ...
ATTRIBUTE_LIMIT = 64512
KERAS_VERSION = "3.0.0"


def _write_names(group: h5py.Group, attribute: str, names: Sequence[str]) -> None:
    encoded = [name.encode() for name in names]
    longest = max((len(name) for name in encoded), default=1)
    count = max(1, -(-longest * len(encoded) // ATTRIBUTE_LIMIT))
    if count == 1:
        group.attrs[attribute] = np.array(encoded, dtype=f"S{max(longest, 1)}")
        return
    for i, part in enumerate(np.array_split(np.array(encoded), count)):
        group.attrs[f"{attribute}{i}"] = part


def _read_names(group: h5py.Group, attribute: str) -> list[str]:
    if attribute in group.attrs:
        found = list(group.attrs[attribute])
    else:
        found, i = [], 0
        while f"{attribute}{i}" in group.attrs:
            found += list(group.attrs[f"{attribute}{i}"])
            i += 1
    return [name.decode() if isinstance(name, bytes) else str(name) for name in found]


def write(
    path: str | PathLike[str],
    layers: Weights,
    model_config: Mapping[str, Any] | None = None,
    training_config: Mapping[str, Any] | None = None,
) -> None:
    """Write weights, or a whole model where `model_config` is given.

    Args:
        path: the file.
        layers: (layer name, [(weight name, array in Keras' layout)]) in order; layers without weights too.
        model_config: {"class_name": ..., "config": ...}.
        training_config: how it was compiled.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    with atomic_path(path) as temporary, h5py.File(temporary, "w") as file:
        group: h5py.Group = file
        if model_config is not None:
            file.attrs["keras_version"] = KERAS_VERSION
            file.attrs["backend"] = "torch"
            file.attrs["model_config"] = json.dumps(model_config)
            if training_config is not None:
                file.attrs["training_config"] = json.dumps(training_config)
            group = file.create_group("model_weights")
        group.attrs["backend"] = "torch"
        group.attrs["keras_version"] = KERAS_VERSION
        _write_names(group, "layer_names", [name for name, _ in layers])
        for layer, weights in layers:
            inner = group.create_group(layer)
            names = [f"{layer}/{name}" for name, _ in weights]
            _write_names(inner, "weight_names", names)
            for name, (_, array) in zip(names, weights, strict=True):
                inner.create_dataset(name, data=np.ascontiguousarray(array, dtype=np.float32))
        top = group.create_group("top_level_model_weights")
        _write_names(top, "weight_names", [])


def _open(path: str | PathLike[str]) -> h5py.File:
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"{path}: no such weights file.")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise CheckpointError(f"{path}: not a whole HDF5 file ({error}); use another checkpoint.") from error


def read(path: str | PathLike[str]) -> Weights:
    """Return the weights of a file of Keras 1, 2 or 3, or ours, layers without weights left out.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, not of this layout, or declares more data than it holds.
    """
    with _open(path) as file:
        group = file["model_weights"] if "layer_names" not in file.attrs and "model_weights" in file else file
        names = _read_names(group, "layer_names")
        if not names and "layer_names" not in group.attrs:
            raise CheckpointError(
                f"{path}: no layer_names in this HDF5 file; it is not of Keras' legacy layout."
            )
        limit = Path(path).stat().st_size * 1100 + 2**20  # what the best compression could hide
        layers: Weights = []
        try:
            for layer in names:
                weights = []
                for name in _read_names(group[layer], "weight_names"):
                    data = group[layer][name]
                    if (
                        not isinstance(data, h5py.Dataset)
                        or data.dtype.kind not in "fiu"
                        or data.nbytes > limit
                    ):
                        raise CheckpointError(
                            f"{path}: {layer}/{name} is not an array of numbers of honest size."
                        )
                    weights.append((name, np.asarray(data, dtype=np.float32)))
                if weights:
                    layers.append((layer, weights))
        except (KeyError, OSError, TypeError, ValueError) as error:
            if isinstance(error, CheckpointError):
                raise
            raise CheckpointError(f"{path}: damaged ({error}); use another checkpoint.") from error
        return layers


def read_config(path: str | PathLike[str], attribute: str = "model_config") -> Any:
    """Return a whole model's `model_config` or `training_config`, or None where the file has only weights."""
    with _open(path) as file:
        text = file.attrs.get(attribute)
    if text is None:
        return None
    try:
        return json.loads(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: {attribute} is not JSON ({error}).") from error
