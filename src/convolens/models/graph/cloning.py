"""Models from their descriptions: JSON, configs, and copies with fresh weights."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from convolens.custom_objects import custom_object_scope
from convolens.errors import ArgumentError
from convolens.layers import InputLayer, Layer, Operation, SymbolicTensor
from convolens.layers.calls.symbols import filled
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.network import Network
from convolens.models.graph.serialization import serialize


def described_module(description: Any, custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """Return the network that a description, or its JSON, is of.

    Args:
        description: as `to_json` or `serialize` gives it, of any Keras since 2.
        custom_objects: name -> class of the user's own.

    Raises:
        ArgumentError: no JSON, or no description of a model. UnknownNameError: it has a class that is not known.
    """
    if isinstance(description, (str, bytes)):
        try:
            description = json.loads(description)
        except json.JSONDecodeError as error:
            raise ArgumentError(
                f"model_from_json: no JSON ({error}); give what model.to_json() returned."
            ) from error
    with custom_object_scope(custom_objects or {}):
        return deserialize(description)


def copy_of(module: Any, change: Callable[[Layer], Layer] | None = None) -> Layer:
    """Return a network of the same layers with fresh weights.

    Args:
        module: a network.
        change: gives the layer that stands for one of it; None makes it anew from its config.

    Raises:
        ArgumentError: a layer that cannot be made anew.
    """
    make = change or (lambda layer: deserialize(serialize(layer)))
    if not isinstance(module, Network):
        return deserialize(serialize(module))
    made: dict[int, Any] = {}
    copies: dict[int, Layer] = {}
    for node in module.nodes:
        layer = node.layer
        if isinstance(layer, InputLayer):
            fresh: Any = InputLayer(batch_shape=layer.given_shape, name=layer.name)
            made[id(node.output)] = fresh.output
            continue
        if id(layer) not in copies:
            is_function = type(layer) is Operation
            copies[id(layer)] = Operation(layer.function, layer.given) if is_function else make(layer)
            copies[id(layer)].name = layer.name
        copies[id(layer)](
            *filled(node.arguments, made), **filled(node.keywords, made), training=node.training
        )
        results: list[SymbolicTensor] = copies[id(layer)].inbound_nodes[-1].outputs
        for symbol, result in zip(node.outputs, results, strict=True):
            made[id(symbol)] = result
    inputs, outputs = (
        [made[id(tensor)] for tensor in module.inputs],
        [made[id(tensor)] for tensor in module.outputs],
    )
    return Network(
        inputs[0] if module.single_input else inputs,
        module.given_as_asked(outputs),
        name=module.name,
    )
