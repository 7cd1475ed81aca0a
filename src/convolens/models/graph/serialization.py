"""serialize: a layer or a network as plain values, in Keras 3's dialect."""

from typing import Any

from convolens.errors import ArgumentError
from convolens.layers import LAYERS, OWN_LAYERS, Layer, Operation


def serialize(layer: Layer) -> dict[str, Any]:
    """Return `{"class_name": ..., "config": ...}` for a layer or a network.

    Raises:
        ArgumentError: a class of the user's own.
    """
    kind = type(layer)
    module, name = vars(kind).get("described_as", ("keras.layers", kind.__name__))
    if name in OWN_LAYERS:
        module = "convolens.layers"
    elif isinstance(layer, Operation):
        layer.get_config()  # raises
    elif name not in LAYERS and "described_as" not in vars(kind):
        raise ArgumentError(
            f"{layer.title}: a layer of your own cannot be described; save its weights instead."
        )
    return {
        "module": module,
        "class_name": name,
        "config": layer.get_config(),
        "registered_name": None,
    }
