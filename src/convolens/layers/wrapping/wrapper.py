"""Wrapper: a layer around another one."""

from collections.abc import Mapping
from typing import Any

from convolens.errors import ArgumentError
from convolens.layers.layer import Layer, Shape
from convolens.layers.serialization import deserialize, serialize
from convolens.layers.weight_entry import WeightEntry


class Wrapper(Layer):
    """A layer around another one, as `keras.layers.Wrapper`: the base of `TimeDistributed`, and of wrappers of one's own.

    Args:
        layer: the layer, or a model.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: it is no layer.

    Example:
        >>> from convolens.layers import Dense
        >>> Wrapper(Dense(2)).layer.units
        2
    """

    def __init__(self, layer: Any, **options: Any) -> None:
        super().__init__(**options)
        inner = getattr(layer, "module", layer)  # of a model
        if not isinstance(inner, Layer):
            raise ArgumentError(
                f"{self.title}: expected a layer or a model of keras.layers; received {layer!r:.60}."
            )
        self.layer = inner

    def build(self, input_shape: Any = None) -> None:
        self.layer.build_once(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return self.layer.compute_output_shape(input_shape)

    def beside_entries(self) -> list[WeightEntry]:
        """Return the weights that Keras 3's files hold of the wrapper itself, beside those of its layer."""
        return self.own_entries()

    def _settle_trainable(self) -> None:
        """Freeze the layer within where the wrapper is frozen; else leave it what it was told."""
        if not self._trainable:
            self.trainable = False

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the layer as `layers.serialize` describes it."""
        return super().get_config() | {"layer": serialize(self.layer)}

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> "Wrapper":
        """Return a wrapper from Keras' or our own `get_config`.

        Args:
            config: the arguments, the layer as `layers.serialize` describes it.
            custom_objects: name -> class of the user's own.

        Raises:
            ArgumentError: it asks for what is not here, or has no layer.
        """
        if "layer" not in config:
            raise ArgumentError(f"{cls.__name__}: its config has no layer.")
        layer = config["layer"]
        if isinstance(layer, Mapping):
            layer = deserialize(layer, custom_objects)
        made: Any = super().from_config({**config, "layer": layer})
        return made
