"""serialize: a layer or a network as plain values, in Keras 3's dialect."""

from typing import Any

from convolens.custom_objects import registered_name
from convolens.layers import KERAS_2_LAYERS, LAYERS, OWN_LAYERS, WRAPPERS, Lambda, Operation
from convolens.models.graph.operations import described


def serialize(layer: Any) -> dict[str, Any]:
    """Return `{"class_name": ..., "config": ...}` for a layer or a network.

    A class of the user's own is described by its name, and by what its `get_config` says.

    Raises:
        ArgumentError: a function in a graph that is none of Keras' operations.
    """
    kind = type(layer)
    module, name = vars(kind).get("described_as", ("keras.layers", kind.__name__))
    if name in OWN_LAYERS:
        module = "convolens.layers"
    elif kind is Operation:
        return described(layer)
    elif (
        kind is not Lambda
        and name not in LAYERS | KERAS_2_LAYERS | WRAPPERS
        and "described_as" not in vars(kind)
    ):
        return {
            "module": kind.__module__,
            "class_name": name,
            "config": layer.get_config(),
            "registered_name": registered_name(kind) or name,
        }
    return {
        "module": module,
        "class_name": name,
        "config": layer.get_config(),
        "registered_name": None,
    }
