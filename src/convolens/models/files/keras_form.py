"""What goes into Keras' files of a network that has more than Keras knows."""

from typing import Any

from convolens.errors import ArgumentError
from convolens.layers import OWN_LAYERS, Layer
from convolens.models.graph.network import Network
from convolens.models.graph.serialization import serialize

# Layers of ours that stand for what Keras writes as several operations of its own: a file with one opens here alone.
OPENED_HERE = ("CaffePreprocessing",)


def in_keras_form(layer: Layer) -> Layer:
    """Return a network without auxiliary classifiers and added losses, which no output depends on; its layers are the same objects."""
    if not isinstance(layer, Network) or not (layer.auxiliary or layer.added):
        return layer
    inputs = layer.inputs[0] if layer.single_input else layer.inputs
    return Network(inputs, layer.given_as_asked(layer.outputs), name=layer.name)


def describe(layer: Layer) -> dict[str, Any]:
    """Return a network's description as Keras can read it: names have no dots there.

    Raises:
        ArgumentError: it has a layer that Keras has not.
    """
    return _told(serialize(layer))


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return [_told(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") in OWN_LAYERS and value["class_name"] not in OPENED_HERE:
        raise ArgumentError(
            f"save: Keras has no layer {value['class_name']}; save the weights as .safetensors and build the network with "
            "convolens where you load them."
        )
    told = {key: _told(item) for key, item in value.items()}
    if isinstance(told.get("name"), str):
        told["name"] = _name(told["name"])
    for key in ("keras_history", "input_layers", "output_layers"):
        if told.get(key):
            told[key] = _reference(told[key])
    return told


def _reference(value: list[Any]) -> list[Any]:
    """Return [layer, call, output], or a list of such, with the names of Keras' files."""
    if isinstance(value[0], str):
        return [_name(value[0]), *value[1:]]
    return [_reference(item) for item in value]


def _name(name: str) -> str:
    return name.replace(".", "_")
