"""attach: a network cut at a layer, pooled, with another head; the layers are the same objects, the rest is left behind."""

import torch

from convolens.errors import ArgumentError
from convolens.features.extraction.choice import Tap
from convolens.features.extraction.tapped_network import first_call
from convolens.layers import (
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    SymbolicTensor,
    TimmNetwork,
)
from convolens.models import Model
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork

_POOLS: dict[str, type[Layer]] = {
    "avg": GlobalAveragePooling2D,
    "max": GlobalMaxPooling2D,
    "flatten": Flatten,
}


def attach(module: torch.nn.Module, tap: Tap, pool: str, head: list[Layer], name: str) -> Model:
    """Return a model that pools what is at a tap and puts a head on it.

    Args:
        module: a functional or sequential network.
        tap: of `choose`.
        pool: "avg", "max" or "flatten", for what has rows and columns.
        head: layers of their own.
        name: of the model.

    Raises:
        ArgumentError: another kind of network; a place inside of one of its layers.

    Example:
        >>> from convolens.layers import Conv2D, Dense
        >>> from convolens.models import Sequential
        >>> from convolens.features import choose
        >>> network = Sequential([Conv2D(4, 3, input_shape=(8, 8, 3), name="conv"), Flatten(), Dense(2)])
        >>> attach(network.module, choose(network, "conv")[0], "avg", [Dense(5, name="new")], "probed").output_shape
        (None, 5)
    """
    if not isinstance(module, (Network, SequentialNetwork)):
        raise ArgumentError(
            f"probe: a {type(module).__name__} cannot be cut and saved; build the network with convolens' layers."
        )
    if len(module.inputs) != 1:
        raise ArgumentError(f"probe: the network has {len(module.inputs)} inputs; one of images is needed.")
    for layer in module.layers:
        nested = isinstance(layer, (Network, SequentialNetwork)) and tap.module in layer.layers
        if nested and first_call(module, layer).inputs[0] is module.inputs[0]:  # a network of an ensemble
            return attach(layer, tap, pool, head, name)
    tensor = _tensor_at(module, tap)
    taken = {layer.name for layer in module.layers}
    if len(tensor.shape) == 4:
        head = [_POOLS[pool](name="probe_pool"), *head]
    if len(tensor.shape) == 3:
        raise ArgumentError(
            f"probe: layer {tap.name!r} gives shape {tensor.shape}, which is neither an image nor a row; name another layer."
        )
    for layer in head:
        stem, count = layer.name, 1
        while layer.name in taken:  # a network that was probed before
            count += 1
            layer.name = f"{stem}_{count}"
        taken.add(layer.name)
        tensor = layer(tensor)
    return Model(module.inputs[0], tensor, name=name)


def _tensor_at(network: Network | SequentialNetwork, tap: Tap) -> SymbolicTensor:
    for layer in network.layers:
        if layer is tap.module:
            call = first_call(network, layer)
            if tap.before and len(call.inputs) > 1:
                break
            return call.inputs[0] if tap.before else call.output
        if isinstance(layer, TimmNetwork) and tap.before and tap.module is layer.classifier:
            return _without_classifier(network, layer)
    raise ArgumentError(
        f"probe: {tap.name!r} lies inside of a layer, or several tensors go into it, so that the network cannot be cut there; "
        f"name one of its layers: {', '.join(str(layer.name) for layer in network.layers)}."
    )


def _without_classifier(network: Network | SequentialNetwork, layer: TimmNetwork) -> SymbolicTensor:
    """Return what a network of timm gives without its classifier, its weights copied."""
    headless = TimmNetwork(layer.model, layer.classes, features=True, name=layer.name)
    tensor = headless(first_call(network, layer).inputs[0])
    known = layer.network.state_dict()
    headless.network.load_state_dict({name: known[name] for name in headless.network.state_dict()})
    return tensor
