"""Container: a layer that is made of layers, and how those are named; what both kinds of network are."""

from collections.abc import Iterable
from typing import ClassVar

from convolens.errors import ArgumentError
from convolens.layers import Layer, WeightEntry
from convolens.naming import snake_case


def give_names(layers: Iterable[Layer]) -> None:
    """Name the layers that have no name: conv2d, conv2d_1 ..., unique among `layers`; so those whose name another network gave, where it is taken.

    Raises:
        ArgumentError: two layers were given the same name.
    """
    layers = list(layers)
    taken: set[str | None] = {None}
    named = [layer for layer in layers if layer.name != layer.network_name]
    for layer in named:
        if layer.name in taken:
            raise ArgumentError(f"Two layers are named {layer.name!r}; names must be unique in a model.")
        taken.add(layer.name)
    nameless = []
    for layer in layers:
        if layer.name == layer.network_name and layer.name in taken:
            nameless.append(layer)
        taken.add(layer.name)
    for layer in nameless:
        stem = getattr(layer, "default_name", None) or snake_case(type(layer).__name__)
        name, count = stem, 0
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        layer.name = layer.network_name = name
        taken.add(name)


class Container(Layer):
    """A layer whose weights are those that were added to it, and those of its `layers`.

    Attributes:
        layers: in order.
        described_as: the module and the class that its description names, for Keras.
    """

    layers: list[Layer]
    described_as: ClassVar[tuple[str, str]]

    def weight_entries(self) -> list[WeightEntry]:
        found = {id(entry.tensor): entry for entry in self.own_entries()}
        for layer in self.layers:
            for entry in layer.weight_entries():
                found.setdefault(id(entry.tensor), entry)  # a layer shared with a network inside: once
        return list(found.values())

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights; setting it reaches every layer."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self.layers:
            layer.trainable = value

    def _settle_trainable(self) -> None:
        """Leave each layer what it was told."""
