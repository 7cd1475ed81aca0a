"""Keras' HDF5 layout of weights: a group for each layer, the order in attributes; also inside whole models.

    / (or /model_weights)   attributes layer_names, backend, keras_version
      LAYER                 attribute weight_names: "LAYER/kernel", "LAYER/bias"
        LAYER/kernel        data set, float32, in Keras' layout
      top_level_model_weights   the same for what a model's own class added; not among layer_names
    whole models:           attributes model_config and training_config (JSON) on /

As `keras.src.legacy.saving.legacy_h5_format` reads and writes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from convolens.checkpoints.foreign.hdf5 import Reader, reading, write_file
from convolens.errors import CheckpointError
from convolens.files.plain_json import parse

Weights = list[tuple[str, list[tuple[str, np.ndarray]]]]

# HDF5 keeps an object's attributes in 64 KB; Keras splits longer lists into NAME0, NAME1 ...
ATTRIBUTE_LIMIT = 64512
KERAS_VERSION = "3.0.0"
OPTIMIZER = "optimizer_weights"
TOP_LEVEL = "top_level_model_weights"  # what a model's own class added, beside its layers


@dataclass
class LegacyFile:
    """What a file holds.

    Args:
        path: the file.
        layers: (layer name, [(weight name, array)]), layers without weights left out.
        model_config, training_config: JSON, "" in a file of weights.
        keras_version: of the Keras that wrote it; Keras 1 left it out of weights.
        backend: what computed its convolutions; "" in files of Keras 1.
    """

    path: Path
    layers: Weights = field(default_factory=list)
    model_config: str = ""
    training_config: str = ""
    keras_version: str = "1"
    backend: str = ""

    @property
    def version(self) -> int:
        """The major version of Keras: 1, 2 or 3 (later ones count as 3)."""
        first = self.keras_version.split(".")[0]
        return min(int(first), 3) if first.isdigit() and int(first) else 3


def _write_names(group: h5py.Group, attribute: str, names: Sequence[str]) -> None:
    encoded = [name.encode() for name in names]
    longest = max((len(name) for name in encoded), default=1)
    count = max(1, -(-longest * len(encoded) // ATTRIBUTE_LIMIT))
    if count == 1:
        group.attrs[attribute] = np.array(encoded, dtype=f"S{max(longest, 1)}")
        return
    for i, part in enumerate(np.array_split(np.array(encoded), count)):
        group.attrs[f"{attribute}{i}"] = part


def _read_names(reader: Reader, group: h5py.Group, attribute: str) -> list[str] | None:
    """Return a list of names that may be split into NAME0, NAME1 ...; None where there is none."""
    whole = reader.texts(group, attribute)
    if whole is not None:
        return whole
    found: list[str] = []
    i = 0
    while (part := reader.texts(group, f"{attribute}{i}")) is not None:
        found += part
        i += 1
    return found if i else None


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
    write_file(path, lambda file: _write_groups(file, layers, model_config, training_config))


def _write_groups(
    file: h5py.File,
    layers: Weights,
    model_config: Mapping[str, Any] | None,
    training_config: Mapping[str, Any] | None,
) -> None:
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
    _write_names(group, "layer_names", [name for name, _ in layers if name != TOP_LEVEL])
    for layer, weights in {TOP_LEVEL: [], **dict(layers)}.items():
        inner = group.create_group(layer)
        names = [f"{layer}/{name}" for name, _ in weights]
        _write_names(inner, "weight_names", names)
        for name, (_, array) in zip(names, weights, strict=True):
            inner.create_dataset(name, data=np.asarray(array, dtype=np.float32, order="C"))


def read_file(path: str | PathLike[str]) -> LegacyFile:
    """Return what a file of Keras 1, 2 or 3, or ours, holds beside the optimizer's state.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, not of this layout, or declares more data than it holds.
    """
    with reading(path) as reader:
        found = LegacyFile(Path(path))
        for attribute in ("model_config", "training_config", "keras_version", "backend"):
            texts = reader.texts(reader.file, attribute)
            setattr(found, attribute, texts[0] if texts else getattr(found, attribute))
        group: Any = reader.file
        if "layer_names" not in group.attrs and "layer_names0" not in group.attrs:
            group = reader.member(group, "model_weights") or group
        for attribute in ("keras_version", "backend"):
            texts = reader.texts(group, attribute)
            setattr(found, attribute, texts[0] if texts else getattr(found, attribute))
        found.layers = _read_layers(reader, group)
    return found


def read(path: str | PathLike[str]) -> Weights:
    """Return the weights of a file of Keras 1, 2 or 3, or ours, layers without weights left out; as `read_file`."""
    return read_file(path).layers


def read_optimizer(path: str | PathLike[str]) -> list[np.ndarray]:
    """Return the optimizer's variables in a whole model, in order; none where there are none.

    Raises:
        MissingFileError: there is no such file. CheckpointError: as `read_file`.
    """
    with reading(path) as reader:
        group = reader.member(reader.file, OPTIMIZER)
        if not isinstance(group, h5py.Group):
            return []
        names = _read_names(reader, group, "weight_names") or []
        return [reader.array(group, name, exact=True) for name in names]


def _read_layers(reader: Reader, group: h5py.Group) -> Weights:
    names = _read_names(reader, group, "layer_names")
    if names is None:
        raise CheckpointError(
            f"{reader.path}: no layer_names in this HDF5 file; it is not of Keras' legacy layout."
        )
    layers: Weights = []
    for layer in (*names, *([TOP_LEVEL] if reader.holds(group, TOP_LEVEL) else [])):
        inner = reader.member(group, layer)
        if not isinstance(inner, h5py.Group):
            raise CheckpointError(f"{reader.path}: layer {layer!r} is listed and not there; it is damaged.")
        reader.visit(inner)
        weights = [
            (name, reader.array(inner, name)) for name in _read_names(reader, inner, "weight_names") or []
        ]
        if weights:
            layers.append((layer, weights))
    return layers


def read_config(path: str | PathLike[str], attribute: str = "model_config") -> Any:
    """Return a whole model's `model_config` or `training_config`, or None where the file has only weights."""
    with reading(path) as reader:
        texts = reader.texts(reader.file, attribute)
    return parse(path, attribute, texts[0]) if texts else None
