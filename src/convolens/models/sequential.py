"""Sequential: a model that is a plain chain of layers."""

from collections.abc import Iterable, Mapping
from typing import Any

from convolens.custom_objects import custom_object_scope
from convolens.layers import Layer
from convolens.models.graph.deserialization import sequential_from_config
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.models.model import Model


class Sequential(Model):
    """Layers one after another, as `keras.models.Sequential`.

    Args:
        layers: layers (or models) in order, or one; an `Input` may come first.
        name: the model's name.

    Raises:
        ArgumentError: something that is not a layer.

    Example:
        >>> from convolens.layers import Dense
        >>> Sequential([Dense(2, input_shape=(3,))]).count_params()
        8
    """

    def __init__(self, layers: Iterable[Any] | None = None, name: str | None = None) -> None:
        self.module = SequentialNetwork(name)
        self._begin(name or "sequential")
        for layer in [layers] if isinstance(layers, Layer | Model) else layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer at the end."""
        self.module.add(layer)

    def pop(self) -> Any:
        """Take the last layer away and return it."""
        return self.module.pop()

    @classmethod
    def from_config(cls, config: Any, custom_objects: Mapping[str, Any] | None = None) -> "Sequential":
        """Return a model with fresh weights from `get_config`.

        Args:
            config, custom_objects: as of `Model.from_config`.
        """
        name = None if isinstance(config, list) else config.get("name")
        with custom_object_scope(custom_objects or {}):
            return cls._of(sequential_from_config(config), name)
