"""Freezing: which layers of a network are trained, from its input to its end, whatever it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, UnknownNameError
from convolens.layers import InputLayer, Layer, TimmNetwork
from convolens.training import set_frozen

SHOWN_NAMES = 40


@dataclass(frozen=True)
class Unit:
    """The smallest part that is frozen as a whole: a layer, or a module of torch with weights of its own.

    Attributes:
        name: its own, below the model: "conv1", "block/conv1" in a model inside, "layer4.0.conv1" in a torch module.
        names: all that it goes by: its own, without what it is in, and the names of what it is in.
        module: the part.
    """

    name: str
    names: frozenset[str]
    module: torch.nn.Module

    @property
    def own_parameters(self) -> list[torch.nn.Parameter]:
        """The parameters that are frozen with it."""
        return list(self.module.parameters(recurse=isinstance(self.module, Layer)))

    @property
    def has_weights(self) -> bool:
        """Whether there is anything to freeze."""
        return bool(self.own_parameters)

    @property
    def frozen(self) -> bool:
        """Whether none of its parameters is trained."""
        return not any(parameter.requires_grad for parameter in self.own_parameters)

    def freeze(self, frozen: bool) -> None:
        """Freeze it, or let it be trained."""
        if isinstance(self.module, Layer):
            self.module.trainable = not frozen
        else:
            set_frozen(self.module, frozen, recurse=False)


@dataclass(frozen=True)
class Trained:
    """What of a model is trained, as `summary()` counts.

    Attributes:
        frozen_layers, layers: how many layers with weights are frozen, and how many there are.
        trainable_parameters: numbers that training changes by gradients.
        non_trainable_parameters: frozen ones, and moving averages.
    """

    frozen_layers: int
    layers: int
    trainable_parameters: int
    non_trainable_parameters: int


def units_of(module: torch.nn.Module) -> list[Unit]:
    """Return the units of a network in the order of its layers: Keras' for networks of layers, `named_modules` for others.

    Example:
        >>> [unit.name for unit in units_of(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()))]
        ['0', '1']
    """
    if isinstance(module, Layer):
        return list(_of_layers(module, "", frozenset()))
    return list(_of_torch(module, "", frozenset()))


def _of_layers(network: Any, prefix: str, outer: frozenset[str]) -> Iterator[Unit]:
    for layer in network.layers:
        if isinstance(layer, InputLayer):
            continue
        name = str(layer.name)
        names = outer | {prefix + name, name, *_groups(name)}
        if hasattr(layer, "layers"):  # a network inside
            yield from _of_layers(layer, f"{prefix}{name}/", names)
        elif isinstance(layer, TimmNetwork) and layer.built:
            yield from _of_torch(layer.network, f"{prefix}{name}/", names)
        else:
            yield Unit(prefix + name, names, layer)


def _of_torch(module: torch.nn.Module, prefix: str, outer: frozenset[str]) -> Iterator[Unit]:
    for name, part in module.named_modules():
        if not list(part.children()) or list(part.parameters(recurse=False)):
            names = outer | ({prefix + name, name, *_groups(name)} if name else set())
            yield Unit(prefix + (name or type(part).__name__), names, part)


def _groups(name: str) -> Iterator[str]:
    """Yield what a dotted name is in: "a.b.c" is in "a.b" and in "a"."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def find(where: str, model: Any, layer: str | int) -> range:
    """Return the places, among `units_of`, of a layer.

    Args:
        where: names the caller in errors.
        model: a `Model`.
        layer: a name (of a layer, of a model or group inside, or of a module of torch), or a place in `model.layers`.

    Raises:
        UnknownNameError: there is no such layer; the nearest is offered. ArgumentError: none of this place, or several of
            this name.
    """
    units = units_of(model.module)
    if isinstance(layer, int) and not isinstance(layer, bool):
        inside = {id(part) for part in model.get_layer(index=layer).modules()}
        places = [i for i, unit in enumerate(units) if id(unit.module) in inside]
        if not places:
            raise ArgumentError(
                f"{where}: layer {layer} is an input; there is nothing to freeze. Take the next one."
            )
        return range(places[0], places[-1] + 1)
    places = [i for i, unit in enumerate(units) if unit.name == layer]
    places = places or [i for i, unit in enumerate(units) if layer in unit.names]
    if not places:
        known = list(dict.fromkeys(unit.name for unit in units if unit.has_weights))
        every = {name for unit in units for name in unit.names}
        more = (
            f" and {len(known) - SHOWN_NAMES} more, which summary() lists" if len(known) > SHOWN_NAMES else ""
        )
        raise UnknownNameError(
            f"{where}: no layer is named {layer!r}.{did_you_mean(layer, every)} Layers with weights: "
            f"{', '.join(known[:SHOWN_NAMES])}{more}."
        )
    ends = [units[i].name for i in places if units[i].name.endswith(f"/{layer}")]
    if len(ends) > 1:
        raise ArgumentError(f"{where}: {len(ends)} layers are named {layer!r}; say which: {', '.join(ends)}.")
    return range(places[0], places[-1] + 1)


def freeze(model: Any, until: str | int | None) -> None:
    """Freeze every unit from the input through `until`; None freezes all."""
    units = units_of(model.module)
    for unit in units if until is None else units[: find("freeze", model, until).stop]:
        unit.freeze(True)


def unfreeze(model: Any, from_: str | int | None) -> None:
    """Let every unit from `from_` to the end be trained; None takes all."""
    units = units_of(model.module)
    chosen = units if from_ is None else units[find("unfreeze", model, from_).start :]
    inside = {id(part) for unit in chosen for part in unit.module.modules()}
    for part in model.module.modules():  # a model that was frozen as a whole no longer is
        if isinstance(part, Layer) and any(id(child) in inside for child in part.modules()):
            part._trainable = True
    for unit in chosen:
        unit.freeze(False)
