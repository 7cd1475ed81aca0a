"""described_network: a network as a stranger's file describes it, made once that is known to be what its weights are of."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from convolens.custom_objects import known
from convolens.errors import CheckpointError
from convolens.initializers import undrawn
from convolens.layers import WRAPPERS
from convolens.models.files.old_keras import NETWORKS
from convolens.models.graph.container import Container
from convolens.models.graph.deserialization import deserialize

# Calls of layers in one pass. The deepest published networks have some 4,000 layers.
MOST_CALLS = 10_000
# Classes of a network of timm, whose other sizes are timm's own. The largest that is published tells 21,843 apart.
MOST_CLASSES = 100_000


def described_network(path: Path, description: Any, check: Callable[[Container], object]) -> Container:
    """Return a described network; no memory is taken for weights before `check` has seen what they would be.

    Networks of timm are the exception: their constructors may compute with values, which there are none of without memory.

    Args:
        path: names the file in errors.
        description: as `serialize` gives it, in the words of Keras 2, 3 or our own.
        check: is given the network without memory (of torch's device "meta"); raises where the weights are of another.

    Raises:
        CheckpointError: it asks for endless work, or is no network that can be run. Others: what `check` raises, and whatever
            wrong values make of the constructors of layers.
    """
    if not any(timm_networks(description)) and not holds_own_classes(description):
        check(network_without_memory(path, description))
    with undrawn():
        return _network(path, description)


def network_without_memory(path: Path, description: Any) -> Container:
    """Return a described network of torch's device "meta"; what it raises is as `described_network`."""
    with torch.device("meta"):
        return _network(path, description)


def _network(path: Path, description: Any) -> Container:
    check_size(path, description)
    network = deserialize(description)
    if not isinstance(network, Container):
        raise CheckpointError(f"{path}: describes a {type(network).__name__} layer, not a model.")
    if not network.built:
        raise CheckpointError(f"{path}: describes a model without an input shape or without layers.")
    return network


def layers_of(description: Any) -> list[Any] | None:
    """Return the descriptions of the layers of a described network, or of the one within a wrapper; None of anything else."""
    if isinstance(description, Mapping) and description.get("class_name") in WRAPPERS:
        config = description.get("config")
        return [config.get("layer")] if isinstance(config, Mapping) else None
    if not isinstance(description, Mapping) or description.get("class_name") not in NETWORKS:
        return None
    config = description.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    return layers if isinstance(layers, list) else None


def timm_networks(description: Any) -> Iterator[Any]:
    """Yield the configs of the networks of timm in a description."""
    for layer in layers_of(description) or []:
        yield from timm_networks(layer)
    if isinstance(description, Mapping) and description.get("class_name") == "TimmNetwork":
        yield description.get("config")


def holds_own_classes(description: Any) -> bool:
    """Return whether a description names a class of the user's own, who answers for what it makes."""
    if not isinstance(description, Mapping):
        return False
    if known(description.get("class_name"), description.get("registered_name")) is not None:
        return True
    return any(map(holds_own_classes, layers_of(description) or []))


def count_calls(description: Any) -> int:
    """Return how many calls of layers one pass through a described network takes.

    A network inside that is called twice by one that is called twice and so on: few lines, endless work.

    Example:
        >>> dense = {"class_name": "Dense", "config": {}, "inbound_nodes": [[], []]}
        >>> inner = {"class_name": "Model", "config": {"layers": [dense]}, "inbound_nodes": [[], [], []]}
        >>> count_calls({"class_name": "Model", "config": {"layers": [inner]}})
        6
    """
    layers = layers_of(description)
    if layers is None:
        return 1
    total = 0
    for layer in layers:
        calls = layer.get("inbound_nodes") if isinstance(layer, Mapping) else None
        total += max(1, len(calls) if isinstance(calls, list) else 1) * count_calls(layer)
    return total


def check_size(path: Path, description: Any) -> None:
    """Raise a `CheckpointError` where a description asks for more calls, or classes, than any honest network."""
    calls = count_calls(description)
    if calls > MOST_CALLS:
        raise CheckpointError(
            f"{path}: describes a network of {calls} calls of layers; expected at most {MOST_CALLS}."
        )
    for config in timm_networks(description):
        classes = config.get("classes") if isinstance(config, Mapping) else None
        if isinstance(classes, int) and classes > MOST_CLASSES:
            raise CheckpointError(f"{path}: describes {classes} classes; expected at most {MOST_CLASSES}.")
