"""A model's weights on disk: Keras' legacy HDF5, Keras 3's `.weights.h5` and `.keras`, safetensors."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from convolens.checkpoints import tensors
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.checkpoints.foreign.keras_archive import Expected, Saved
from convolens.errors import ArgumentError, CheckpointError
from convolens.layers import InputLayer, Layer, WeightEntry, Wrapper
from convolens.models.files.file_names import (
    ARCHIVE,
    ARCHIVE_WEIGHTS,
    TENSORS,
    WEIGHTS,
    check_there,
    ending,
    prepare,
)
from convolens.models.files.layer_names import check_same_form
from convolens.models.files.legacy_matching import Plan, legacy_order, legacy_parts, legacy_plan, plan_by_name
from convolens.models.graph.container import Container
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.naming import snake_case

_CLASS_NAMES: dict[type, str] = {Network: "functional", SequentialNetwork: "sequential"}


def save_weights(model: Any, filepath: str | Path, overwrite: bool = True) -> None:
    """Write a model's weights.

    Args:
        model: a built model.
        filepath: .weights.h5 as Keras 3, .h5 / .hdf5 in Keras' legacy layout, .safetensors as torch's state_dict.
        overwrite: False refuses to replace a file.

    Raises:
        ArgumentError: another ending. WriteError: the file cannot be written.
    """
    path = Path(filepath)
    form = ending("save_weights", path, WEIGHTS)
    if form == TENSORS:
        prepare(path, overwrite)
        tensors.write(path, model.module.state_dict(), {"format": "pt", "writer": "convolens"})
    elif form == ARCHIVE_WEIGHTS:
        layers = archive_weights(layers_of(model))
        prepare(path, overwrite)
        keras_archive.write_weights(path, layers, model.name)
    else:
        weights = legacy_weights(layers_of(model))
        prepare(path, overwrite)
        legacy_hdf5.write(path, weights)


def load_weights(
    model: Any, filepath: str | Path, skip_mismatch: bool = False, by_name: bool | None = None
) -> None:
    """Read weights from a file that Keras or we wrote; layers are matched by order, as Keras does.

    HDF5 files of both layouts are known by what is in them, whatever they are called. Kernels of a file that says
    that Theano wrote it are turned, for Theano's convolution reads them from the end.

    Args:
        model: a built model.
        filepath: the file.
        skip_mismatch: leave layers as they are whose weights in the file are of other shapes or missing; a warning names them.
        by_name: match layers by their names and leave the others; of Keras' legacy .h5 files. Tensors of .safetensors have names.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, or of another architecture: nothing in it fits.
        ArgumentError: by_name with a file that has no names of layers.
    """
    if filepath is None:
        raise ArgumentError(
            "load_weights: received None, no path: tf.train.latest_checkpoint found no checkpoint in its folder."
        )
    path = Path(filepath)
    form = ending("load_weights", path, (*WEIGHTS, ARCHIVE))
    check_there(path)
    model._check_built("load_weights")
    left: list[str] = []
    skipped = left if skip_mismatch else None
    if form == TENSORS:
        load_tensors(model.module, path, skipped)
    else:
        network = layers_of(model)
        if form == ARCHIVE or keras_archive.is_archive_layout(path):
            if by_name:
                raise ArgumentError(
                    f"load_weights: {path.name} is of Keras 3's layout, which has no names of layers; by_name=True is for legacy "
                    ".h5 files. skip_mismatch=True takes the layers that fit, by their order."
                )
            saved = keras_archive.read_weights(path)
            check_same_form(path, [layer.name for layer in saved.values()], names_of(network))
            plan = archive_plan(network, path, saved, skipped)
        elif by_name:
            plan = plan_by_name(network, legacy_hdf5.read_file(path), left, skipped)
        else:
            file = legacy_hdf5.read_file(path)
            check_same_form(path, [name for name, _ in file.layers], names_of(network))
            plan = legacy_plan(network, file, skipped=skipped)
        if left and not plan:
            raise CheckpointError(f"{path}: none of its weights fits the model: {_listed(left)}.")
        assign(plan, path)  # only once everything fits: a refused file changes nothing
    if left:
        warnings.warn(f"load_weights: {path}: left as they are: {_listed(left)}.", UserWarning, stacklevel=3)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def assign(plan: Plan, path: Path) -> None:
    """Copy arrays into the weights that they were found for."""
    for entry, array in plan:
        entry.assign(array, str(path))


def layers_of(model: Any) -> Layer:
    """Return the network of layers behind a model.

    Raises:
        ArgumentError: it is a plain torch module.
    """
    if not isinstance(model.module, Layer):
        raise ArgumentError(
            "A plain torch module has no Keras layers: save and load its weights as .safetensors."
        )
    return model.module


def _layers(network: Layer) -> list[Layer]:
    return list(getattr(network, "layers", [network]))


def names_of(network: Layer) -> list[str]:
    """Return the names of a network's layers with weights."""
    return [str(layer.name) for layer in _layers(network) if layer.weight_entries()]


def places_of(network: Layer, inside: str = "") -> dict[str, Layer]:
    """Return the layers by their places in Keras 3's files, those in networks inside too.

    A place is named by class and a counter within the network: "layers/conv2d_1". A shared layer has several. The network's own
    place is "".
    """
    counts: dict[str, int] = {}
    found: dict[str, Layer] = {} if inside or not isinstance(network, Container) else {"": network}
    for layer in _layers(network):
        stem = _CLASS_NAMES.get(type(layer), snake_case(type(layer).__name__))
        count = counts.get(stem, 0)
        counts[stem] = count + 1
        path = f"{inside}layers/{stem}_{count}" if count else f"{inside}layers/{stem}"
        found |= _places_below(layer, path)
    return found


def _places_below(layer: Layer, path: str) -> dict[str, Layer]:
    """Return a layer by its place, and those within it: of a network, and of a wrapper."""
    found = {path: layer}
    if isinstance(layer, Container):
        found |= places_of(layer, f"{path}/")
    elif isinstance(layer, Wrapper):
        found |= _places_below(layer.layer, f"{path}/layer")
    return found


def _entries(layer: Layer) -> list[WeightEntry]:
    """Return a layer's own weights; those in the layers of a network, or in that of a wrapper, belong to these."""
    if isinstance(layer, Wrapper):
        return layer.beside_entries()
    return layer.own_entries() if isinstance(layer, Container) else layer.weight_entries()


def archive_weights(network: Layer) -> list[Saved]:
    """Return a network's weights in the form of Keras 3's files; a shared layer's at each of its places."""
    return [
        Saved(path, str(layer.name), [entry.value() for entry in _entries(layer)])
        for path, layer in places_of(network).items()
    ]


def archive_plan(
    network: Layer, path: Path, given: dict[str, Saved], skipped: list[str] | None = None
) -> Plan:
    """Return which array of a file of Keras 3 belongs into which weight.

    Args:
        network: may be without memory (of torch's device "meta").
        path: names the file in errors.
        given: what `keras_archive.read_weights` found.
        skipped: takes the layers that are missing, of other shapes, or not in the network; None refuses them.

    Raises:
        CheckpointError: layers are missing, of other shapes, or not in the network.
    """
    places = places_of(network)
    first = {id(layer): place for place, layer in reversed(places.items())}  # where Keras keeps a shared one
    expected = [
        Expected(place, str(layer.name), [entry.shape for entry in _entries(layer)])
        for place, layer in places.items()
        if place == first[id(layer)]
    ]
    if skipped is not None:
        wrong = [layer for layer in expected if layer.shapes and _held(given, layer.path) != layer.shapes]
        skipped += [
            f"{layer.name} (shapes {_held(given, layer.path)} in the file, {layer.shapes} in the model)"
            for layer in wrong
        ]
        skipped += [f"{place} (not in the model)" for place in sorted(given.keys() - places.keys())]
        unfit = {layer.path for layer in wrong}
        given = {place: saved for place, saved in given.items() if place in places and place not in unfit}
        expected = [layer for layer in expected if layer.path not in unfit]
    keras_archive.compare(path, given, expected, also=places)
    return [
        (entry, array)
        for place, layer in places.items()
        if place == first[id(layer)] and _entries(layer) and place in given
        for entry, array in zip(_entries(layer), given[place].arrays, strict=True)
    ]


def _held(given: Mapping[str, Saved], place: str) -> list[tuple[int, ...]]:
    return given[place].shapes if place in given else []


def legacy_weights(network: Layer) -> legacy_hdf5.Weights:
    """Return a network's weights in the form of Keras' legacy files."""
    layers = []
    for layer in legacy_parts(network):
        if isinstance(layer, InputLayer):
            continue
        taken: set[str] = set()
        weights = []
        for entry in legacy_order(layer.weight_entries()):
            name, count = entry.name, 0
            while name in taken:  # a network inside: its layers' weights share names
                count += 1
                name = f"{entry.name}_{count}"
            taken.add(name)
            weights.append((name, entry.value()))
        layers.append((str(layer.name), weights))
    return layers


def load_tensors(module: torch.nn.Module, path: Path, skipped: list[str] | None = None) -> None:
    """Read a torch state_dict from a safetensors file into a module, by name.

    Args:
        module: any torch module.
        path: the file.
        skipped: takes the names that are on one side alone, or of other shapes; None refuses them.

    Raises:
        MissingFileError: no such file.
        CheckpointError: damaged, or names or shapes are not the module's; they are named.
    """
    given, expected = tensors.read(path), module.state_dict()
    missing, extra = sorted(expected.keys() - given.keys()), sorted(given.keys() - expected.keys())
    shapes = [name for name in expected.keys() & given.keys() if expected[name].shape != given[name].shape]
    if missing or extra or shapes:
        wrong = [f"{n} {tuple(given[n].shape)} instead of {tuple(expected[n].shape)}" for n in sorted(shapes)]
        if skipped is None or not expected.keys() & given.keys() - set(shapes):
            raise CheckpointError(f"{path}: {mismatch(missing, extra, wrong)}")
        skipped += [f"{name} (not in the file)" for name in missing]
        skipped += [f"{name} (not in the model)" for name in extra] + wrong
        expected = {name: expected[name] for name in expected.keys() & given.keys() - set(shapes)}
    copy_tensors(path, given, expected)


def mismatch(missing: list[str], extra: list[str], wrong: list[str]) -> str:
    """Return the sentence that says how weights and a network differ: how many names, and the first of them.

    Args:
        missing: names that the file lacks.
        extra: names that the network lacks.
        wrong: names with both shapes.

    Example:
        >>> mismatch(["a", "b"], [], ["c (1,) instead of (2,)"])
        'weights of another architecture: 2 missing (a, b), 0 unexpected, 1 of another shape (c (1,) instead of (2,)).'
    """
    parts = [
        f"{len(names)} {what}"
        + (f" ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})" if names else "")
        for names, what in ((missing, "missing"), (extra, "unexpected"), (wrong, "of another shape"))
    ]
    return f"weights of another architecture: {', '.join(parts)}."


def copy_tensors(path: Path, given: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]) -> None:
    """Copy each of the expected tensors from the given one of its name; where a type is wrong nothing is changed.

    Raises:
        CheckpointError: values of a type that cannot become those of the network.
    """
    for name, tensor in expected.items():
        if given[name].is_complex() or (tensor.is_floating_point() and given[name].dtype == torch.bool):
            raise CheckpointError(
                f"{path}: {name} holds values of type {given[name].dtype}; expected {tensor.dtype}."
            )
    with torch.no_grad():
        for name, tensor in expected.items():
            tensor.copy_(given[name])
