"""Keras 3's own files: `.weights.h5`, and `.keras`, which is a zip around one.

    NAME.weights.h5                HDF5
      layers/conv2d/vars/0, 1      the arrays of a layer; vars has the attribute name: the layer's own
      layers/conv2d_1/vars/...     groups are called by class and counter, not by the layer's name
      layers/sequential/layers/... a network inside a network
      layers/time_distributed/layer/vars/... the layer within a wrapper
      optimizer/vars/0, 1 ...      step, learning rate, and what it remembers of each weight
    NAME.keras                     zip, stored
      metadata.json  config.json  model.weights.h5

As `keras.src.saving.saving_lib` reads and writes them. What else it keeps there (random seeds, assets) is not
written, and not read.
"""

import datetime
import json
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from convolens.checkpoints.foreign.hdf5 import Reader, allowed_bytes, in_memory, reading, write_file
from convolens.checkpoints.foreign.legacy_hdf5 import KERAS_VERSION
from convolens.errors import CheckpointError, MissingFileError
from convolens.files import plain_json
from convolens.files.atomic import atomic_path

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

# What zipfile raises on bytes that are not what their headers say; NotImplementedError: an unknown compression.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, MemoryError, OSError, RuntimeError, ValueError)

_OPTIMIZER = "optimizer/vars"

_WRAPPED = "layer"
# Keras 2.13 to 2.15 named the same groups otherwise.
_LAYERS, _OLD_LAYERS = "layers", "_layer_checkpoint_dependencies"

Shapes = list[tuple[int, ...]]


@dataclass
class Saved:
    """The weights of one layer.

    Args:
        path: "layers/conv2d", or "layers/sequential/layers/conv2d" within a network inside.
        name: the layer's own name; as read, the last part of the path where the file does not tell it.
        arrays: in Keras' order and layout.
    """

    path: str
    name: str
    arrays: list[np.ndarray] = field(default_factory=list)

    @property
    def shapes(self) -> Shapes:
        """The arrays' shapes."""
        return [tuple(array.shape) for array in self.arrays]


@dataclass
class Expected:
    """A layer that weights are looked for: where, its own name, and the shapes of its weights."""

    path: str
    name: str
    shapes: Shapes


@dataclass
class Variables:
    """An optimizer's own name, and its variables in Keras' order."""

    name: str
    arrays: list[np.ndarray]


def _write_groups(file: h5py.File, layers: Sequence[Saved], name: str, optimizer: Variables | None) -> None:
    file.create_group("vars").attrs["name"] = name
    for layer in layers:
        group = file.require_group(f"{layer.path}/vars")
        group.attrs["name"] = layer.name
        for i, array in enumerate(layer.arrays):
            group.create_dataset(str(i), data=np.asarray(array, dtype=np.float32, order="C"))
    if optimizer is not None:
        group = file.create_group(_OPTIMIZER)
        group.attrs["name"] = optimizer.name
        for i, array in enumerate(optimizer.arrays):
            group.create_dataset(str(i), data=array)


def write_weights(
    path: str | PathLike[str], layers: Sequence[Saved], name: str, optimizer: Variables | None = None
) -> None:
    """Write a `.weights.h5` file.

    Args:
        path: the file.
        layers: in order; layers without weights too.
        name: the model's name.
        optimizer: its state, where there is one.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    write_file(path, lambda file: _write_groups(file, layers, name, optimizer))


def write_model(
    path: str | PathLike[str],
    layers: Sequence[Saved],
    name: str,
    config: Mapping[str, Any],
    optimizer: Variables | None = None,
) -> None:
    """Write a `.keras` file.

    Args:
        path: the file.
        layers: in order; layers without weights too.
        name: the model's name.
        config: {"class_name": ..., "config": ..., "compile_config": ...} as Keras 3 writes it.
        optimizer: its state, where there is one.

    Raises:
        WriteError: the file cannot be written; the one before is untouched.
    """
    weights = in_memory(lambda file: _write_groups(file, layers, name, optimizer))
    saved = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": saved, "writer": "convolens"}
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, json.dumps(config))
        archive.writestr(WEIGHTS, weights.getbuffer())


def _member(path: Path, name: str, limit: int | None = None, default: bytes | None = None) -> bytes:
    """Return one member of a `.keras` file, at most `limit` bytes of it, or what it may honestly unfold to.

    Without the member: `default`, where there is one.
    """
    if not path.is_file():
        raise MissingFileError(f"{path}: no such model file.")
    try:
        with zipfile.ZipFile(path) as archive:
            if name not in archive.namelist() and default is not None:
                return default
            if name not in archive.namelist():
                raise CheckpointError(
                    f"{path}: has no {name}; it is not a .keras file of Keras 3 with HDF5 weights."
                )
            member = archive.getinfo(name)
            stored = min(member.compress_size, path.stat().st_size)
            if member.file_size > min(limit or 2**63, allowed_bytes(stored)):
                raise CheckpointError(
                    f"{path}: {name} is not of honest size: {stored} bytes say that they hold {member.file_size}."
                )
            with archive.open(member) as file:
                content = file.read(member.file_size)
                if len(content) != member.file_size or file.read(1):
                    raise CheckpointError(f"{path}: damaged ({name} is cut); use another checkpoint.")
                return content
    except CheckpointError:
        raise
    except _DAMAGE as error:
        raise CheckpointError(
            f"{path}: not a whole .keras file ({error}); use another checkpoint."
        ) from error


def read_config(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the config of a `.keras` file: class_name, config, compile_config.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is damaged or of another form.
    """
    path = Path(path)
    config = plain_json.parse(path, CONFIG, _member(path, CONFIG, plain_json.LIMIT))
    if not isinstance(config, dict):
        raise CheckpointError(f"{path}: {CONFIG} is not the description of a model.")
    return config


def read_version(path: str | PathLike[str]) -> int:
    """Return the major version of the Keras that wrote a `.keras` file: 2 (from 2.13 on) or 3.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is damaged.
    """
    path = Path(path)
    metadata = plain_json.parse(path, METADATA, _member(path, METADATA, plain_json.LIMIT, default=b"{}"))
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return 2 if str(version).startswith("2.") else 3


def read_optimizer(path: str | PathLike[str]) -> list[np.ndarray]:
    """Return the optimizer's variables in a `.weights.h5` or `.keras` file, in order; none where there are none.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is damaged.
    """
    path = Path(path)
    content = _member(path, WEIGHTS) if path.suffix.lower() == ".keras" else None
    with reading(path, content) as reader:
        group = reader.member(reader.file, _OPTIMIZER)
        if not isinstance(group, h5py.Group):
            return []
        return [reader.array(group, str(i), exact=True) for i in range(len(group))]


def is_archive_layout(path: str | PathLike[str]) -> bool:
    """Return whether an HDF5 file is laid out as `.weights.h5`, whatever its ending says.

    Raises:
        MissingFileError: there is no such file. CheckpointError: it is not a whole HDF5 file.
    """
    with reading(path) as reader:
        file = reader.file
        return "layer_names" not in file.attrs and (
            any(reader.holds(file, name) for name in (_LAYERS, _OLD_LAYERS, "vars"))
        )


def _walk(reader: Reader, group: h5py.Group, inside: str, layers: str) -> Iterator[Saved]:
    """Yield the layers with weights below a group `layers`, networks inside them too."""
    reader.visit(group)
    for key in group:
        path = f"{inside}{_LAYERS}/{key}"
        yield from _layer(reader, reader.member(group, key), path, layers)


def _layer(reader: Reader, layer: Any, path: str, layers: str) -> Iterator[Saved]:
    """Yield the arrays of one layer, and those of the layers of a network, and of the one within a wrapper."""
    yield from _own(reader, layer, path)
    if not isinstance(layer, h5py.Group):
        return
    below, wrapped = reader.member(layer, layers), reader.member(layer, _WRAPPED)
    if isinstance(below, h5py.Group):
        yield from _walk(reader, below, f"{path}/", layers)
    if isinstance(wrapped, h5py.Group):
        reader.visit(wrapped)
        yield from _layer(reader, wrapped, f"{path}/{_WRAPPED}", layers)


def _own(reader: Reader, layer: Any, path: str) -> Iterator[Saved]:
    """Yield the arrays of one layer, where it has some."""
    held = reader.member(layer, "vars") if isinstance(layer, h5py.Group) else None
    if isinstance(held, h5py.Group) and len(held):
        keys = [str(i) for i in range(len(held))]
        if set(held) != set(keys):
            raise CheckpointError(f"{reader.path}: {path}/vars holds {sorted(held)}; expected {keys}.")
        name = reader.texts(held, "name") or [path.rpartition("/")[2]]
        yield Saved(path, name[0], [reader.array(held, i) for i in keys])


def read_weights(path: str | PathLike[str]) -> dict[str, Saved]:
    """Return the weights in a `.weights.h5` or `.keras` file by path, layers without weights left out.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is damaged, not of this layout, or declares more data than it holds.
    """
    path = Path(path)
    content = _member(path, WEIGHTS) if path.suffix.lower() == ".keras" else None
    with reading(path, content) as reader:
        file = reader.file
        layers = _LAYERS if reader.holds(file, _LAYERS) else _OLD_LAYERS
        top = reader.member(file, layers)
        own = list(_own(reader, file, ""))
        if not isinstance(top, h5py.Group) and not own:
            raise CheckpointError(
                f"{path}: holds {', '.join(sorted(file)) or 'nothing'} but no layers; it is not of Keras 3's "
                "layout, or of a model class of its own, whose weights have no fixed place."
            )
        below = _walk(reader, top, "", layers) if isinstance(top, h5py.Group) else ()
        return {saved.path: saved for saved in (*own, *below)}


def compare(
    path: str | PathLike[str],
    given: Mapping[str, Saved],
    expected: Sequence[Expected],
    also: Collection[str] = (),
) -> None:
    """Check that a file's weights are those of a model.

    Args:
        path: names the file in errors.
        given: what `read_weights` found.
        expected: the model's layers.
        also: paths that may be there too: second places of shared layers.

    Raises:
        CheckpointError: the first layer whose weights are missing, of other shapes, or not in the model.
    """
    wanted = [layer for layer in expected if layer.shapes]
    for layer in wanted:
        found = given.get(layer.path)
        if found is None:
            raise CheckpointError(
                f"{path}: no weights for layer {layer.name!r} ({layer.path}, shapes {layer.shapes}); "
                f"the file holds {_listed(list(given))}."
            )
        if found.shapes != layer.shapes:
            raise CheckpointError(
                f"{path}: {layer.path} holds weights of shapes {found.shapes}; "
                f"layer {layer.name!r} of the model expects {layer.shapes}."
            )
    extra = sorted(given.keys() - {layer.path for layer in wanted} - set(also))
    if extra:
        raise CheckpointError(
            f"{path}: {extra[0]} (weights of shapes {given[extra[0]].shapes}) is not in the model, "
            f"which has {_listed([layer.path for layer in wanted])}."
        )


def _listed(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:6])
    return f"{shown} ..." if len(paths) > 6 else shown or "nothing"
