"""described_network: a network as a stranger's file describes it, made once that is known to be what its weights are of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from convolens.errors import CheckpointError
from convolens.initializers import undrawn
from convolens.models.files.description_size import check_size, timm_networks
from convolens.models.graph.container import Container
from convolens.models.graph.deserialization import deserialize


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
    check_size(path, description)
    if not any(timm_networks(description)):
        check(network_without_memory(path, description))
    with undrawn():
        return _network(path, description)


def network_without_memory(path: Path, description: Any) -> Container:
    """Return a described network of torch's device "meta"; what it raises is as `described_network`."""
    check_size(path, description)
    with torch.device("meta"):
        return _network(path, description)


def _network(path: Path, description: Any) -> Container:
    network = deserialize(description)
    if not isinstance(network, Container):
        raise CheckpointError(f"{path}: describes a {type(network).__name__} layer, not a model.")
    if not network.built:
        raise CheckpointError(f"{path}: describes a model without an input shape or without layers.")
    return network
