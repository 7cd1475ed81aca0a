"""serialize, deserialize: a layer as plain values, and back.

How a layer is written is known where networks are, which are made of layers: it is asked for as a layer is written.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from convolens.custom_objects import custom_object_scope


def serialize(layer: Any) -> dict[str, Any]:
    """Return `{"module", "class_name", "config", "registered_name"}` of a layer or a model, as Keras 3 writes it.

    Args:
        layer: a layer or a model.

    Raises:
        ArgumentError: a function in a graph that is none of Keras' operations.

    Example:
        >>> from convolens.layers import Flatten
        >>> serialize(Flatten(name="flat"))["class_name"]
        'Flatten'
    """
    room: Any = importlib.import_module("convolens.models.graph.serialization")
    described: dict[str, Any] = room.serialize(getattr(layer, "module", layer))
    return described


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the layer that `serialize`, or Keras of any version since 2, described; of a model its network.

    Args:
        config: a dict with `class_name` and `config`.
        custom_objects: name -> class or function of your own that it speaks of.

    Raises:
        UnknownNameError: a class that is not known; the nearest is offered. ArgumentError: it is no such description.

    Example:
        >>> deserialize({"class_name": "Dense", "config": {"units": 3}}).units
        3
    """
    room: Any = importlib.import_module("convolens.models.graph.deserialization")
    with custom_object_scope(custom_objects or {}):
        return room.deserialize(config)
