"""Which array of a legacy HDF5 file of Keras 1, 2 or 3 belongs into which weight of a network."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from convolens.checkpoints.foreign.legacy_hdf5 import TOP_LEVEL, LegacyFile
from convolens.errors import CheckpointError
from convolens.layers import DepthwiseConv2D, Layer, SeparableConv2D, WeightEntry
from convolens.models.graph.container import Container

Plan = list[tuple[WeightEntry, np.ndarray]]

# What Keras 1 and 2 called the weights: "convolution2d_1_W", "batchnormalization_1_running_std:0".
_OLD_NAMES = {
    "kernel": ("kernel", "W", "depthwise_kernel"),
    "bias": ("bias", "b"),
    "moving_mean": ("moving_mean", "running_mean"),
    "moving_variance": ("moving_variance", "running_std"),
}


@dataclass(frozen=True)
class OwnWeights:
    """What a model of the user's own added to itself, as the layer that Keras' legacy files take it for."""

    network: Container
    name: str = TOP_LEVEL

    @property
    def title(self) -> str:
        """What an error calls it."""
        return self.network.title

    def weight_entries(self) -> list[WeightEntry]:
        """Return the weights."""
        return self.network.own_entries()


def legacy_parts(network: Layer) -> list[Layer | OwnWeights]:
    """Return what Keras' legacy files take for the layers of a network, in order."""
    if not isinstance(network, Container):
        return [network]
    return [*network.layers, *([OwnWeights(network)] if network.own_entries() else [])]


def legacy_order(entries: Sequence[WeightEntry]) -> list[WeightEntry]:
    """Return weights in the order of Keras' legacy files: those that are trained, then the others.

    Within one layer that is their order anyway; a network inside is one layer there.
    """
    return sorted(entries, key=lambda entry: not entry.tensor.requires_grad)


def legacy_plan(
    network: Layer, file: LegacyFile, by_name: bool = False, skipped: list[str] | None = None
) -> Plan:
    """Return which array belongs into which weight; layers are matched by order, as Keras does.

    Args:
        network: may be without memory (of torch's device "meta").
        file: what was read.
        by_name: match by the layers' names where they are the same: a file that describes the network as well.
        skipped: takes the layers whose weights are of other shapes; None refuses them.

    Raises:
        CheckpointError: another number of layers, or weights of other shapes.
    """
    layers = _with_weights(network)
    given = list(file.layers)
    if len(given) != len(layers):
        raise CheckpointError(
            f"{file.path}: holds {len(given)} layers with weights ({', '.join(name for name, _ in given[:6])} ...); "
            f"the model has {len(layers)} ({', '.join(str(layer.name) for layer in layers[:6])} ...). "
            "load_weights(..., by_name=True) takes the layers of the same names."
        )
    named = dict(given)
    if by_name and named.keys() == {str(layer.name) for layer in layers}:
        given = [(str(layer.name), named[str(layer.name)]) for layer in layers]
    return _plan(network, file, list(zip(layers, given, strict=True)), skipped)


def plan_by_name(network: Layer, file: LegacyFile, left: list[str], skipped: list[str] | None = None) -> Plan:
    """Return which array belongs into which weight; of layers that have the same name alone, as Keras' `by_name`.

    Args:
        network, file, skipped: as of `legacy_plan`.
        left: takes the layers of either side that the other has not.

    Raises:
        CheckpointError: no name is the same, or weights of other shapes.
    """
    layers = {str(layer.name): layer for layer in _with_weights(network)}
    given = dict(file.layers)
    if not layers.keys() & given.keys():
        raise CheckpointError(
            f"{file.path}: no layer in it is named as one of the model; it holds {', '.join(list(given)[:6]) or 'none'}, the "
            f"model has {', '.join(list(layers)[:6]) or 'none'}."
        )
    left += [f"{name} (not in the file)" for name in layers if name not in given]
    left += [f"{name} (not in the model)" for name in given if name not in layers]
    pairs = [(layer, (name, given[name])) for name, layer in layers.items() if name in given]
    return _plan(network, file, pairs, skipped)


def _with_weights(network: Layer) -> list[Layer | OwnWeights]:
    return [layer for layer in legacy_parts(network) if layer.weight_entries()]


def _plan(
    network: Layer,
    file: LegacyFile,
    pairs: Sequence[tuple[Layer | OwnWeights, tuple[str, Sequence[tuple[str, np.ndarray]]]]],
    skipped: list[str] | None,
) -> Plan:
    plan: Plan = []
    for layer, (name, weights) in pairs:
        try:
            entries = _matching(file, layer, name, weights)
        except CheckpointError:
            if skipped is None:
                raise
            skipped.append(_shapes_of(str(layer.name), [array.shape for _, array in weights], layer))
            continue
        plan += [(entry, array) for entry, (_, array) in zip(entries, weights, strict=True)]
    return _turned(network, file, plan)


def _shapes_of(name: str, given: Iterable[tuple[int, ...]], layer: Layer | OwnWeights) -> str:
    expected = [entry.shape for entry in legacy_order(layer.weight_entries())]
    return f"{name} (shapes {[tuple(shape) for shape in given]} in the file, {expected} in the model)"


def _matching(
    file: LegacyFile, layer: Layer | OwnWeights, name: str, weights: Sequence[tuple[str, np.ndarray]]
) -> list[WeightEntry]:
    """Return a layer's weights in the order of the arrays; shapes decide, and names where shapes leave a choice."""
    have = [tuple(array.shape) for _, array in weights]
    fitting = [order for order in _orders(layer) if [entry.shape for entry in order] == have]
    if fitting:
        told = [
            order
            for order in fitting
            if all(_is_called(known, entry.name) for (known, _), entry in zip(weights, order, strict=True))
        ]
        return (told or fitting)[0]
    want = [entry.shape for entry in legacy_order(layer.weight_entries())]
    advice = ""
    if [sorted(shape) for shape in have] == [sorted(shape) for shape in want]:
        advice = " Kernels with their filters first are of Theano's order (dim_ordering='th'): convert the file with Keras."
    raise CheckpointError(
        f"{file.path}: layer {name!r} holds weights of shapes {have}; {layer.title} expects {want}.{advice}"
    )


def _orders(layer: Layer | OwnWeights) -> Iterator[list[WeightEntry]]:
    """Yield the orders that there were: Keras', that of what can be trained at all, and ours before 0.2."""
    entries = layer.weight_entries()
    yield legacy_order(entries)
    yield sorted(entries, key=lambda entry: not entry.trainable)
    yield entries


def _is_called(told: str, name: str) -> bool:
    """Return whether a name in a file is that of a weight, in the words of any Keras.

    Example:
        >>> _is_called("convolution2d_1_W:0", "kernel"), _is_called("bn/beta:0", "gamma")
        (True, False)
    """
    last = re.sub(r"_\d+$", "", told.split("/")[-1].split(":")[0])
    return any(last == known or last.endswith(f"_{known}") for known in _OLD_NAMES.get(name, (name,)))


def _turned(network: Layer, file: LegacyFile, plan: Plan) -> Plan:
    """Turn the kernels that Theano used: its convolution reads them from the end, all others from the beginning."""
    if file.backend != "theano":
        return plan
    for layer in network.modules():
        if isinstance(layer, (DepthwiseConv2D, SeparableConv2D)):
            raise CheckpointError(
                f"{file.path}: Theano wrote the kernels of {layer.title}, whose order is not known; convert the file "
                "with Keras."
            )
    return [
        (entry, np.flip(array, tuple(range(array.ndim - 2))) if entry.name == "kernel" else array)
        for entry, array in plan
    ]  # a dense layer's has no places to be turned
