"""Which layers are meant: by name, by place, or the last before the classifier."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from convolens import activations
from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from convolens.layers import Activation, Average, Conv2D, Dense, Dropout, Layer, Softmax, TimmNetwork
from convolens.layers.pooling.global_pooling import GlobalPooling2D
from convolens.layers.regularization.spatial_dropout import SpatialDropout
from convolens.models import Model
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork

WHOLE = "output"  # the name of what the whole network gives
_LISTED = 40  # names in a message
_OF_CLASSES = tuple(map(activations.get, ("linear", "softmax", "sigmoid")))  # what a classifier ends in


@dataclass(frozen=True)
class Tap:
    """A place of a network whose tensor is wanted.

    Attributes:
        name: of the layer.
        module: the layer.
        before: what goes into it is wanted, not what it gives.
    """

    name: str
    module: torch.nn.Module
    before: bool = False


def module_of(where: str, model: Any) -> torch.nn.Module:
    """Return the torch module of a model, or the module itself.

    Raises:
        ArgumentTypeError: neither.
    """
    module = getattr(model, "module", model) if isinstance(model, Model) else model
    if not isinstance(module, torch.nn.Module):
        raise ArgumentTypeError(
            f"{where}: model must be a convolens Model or a torch.nn.Module; received a {type(model).__name__}."
        )
    return module


def named_layers(module: torch.nn.Module) -> dict[str, torch.nn.Module]:
    """Return what can be named: the network's layers, and every module inside by its path with dots.

    A group of layers ("layer2.1" of "layer2.1.conv1" ...), which is nothing that is called, stands for the last of them.

    Example:
        >>> list(named_layers(torch.nn.Sequential(torch.nn.Linear(2, 1))))
        ['0']
    """
    own = {layer.name: layer for layer in getattr(module, "layers", ()) if isinstance(layer, Layer)}
    inside = {name: child for name, child in module.named_modules() if name}
    for name, layer in own.items():  # in order, so that the last of a group stays
        groups = str(name).split(".")[:-1]
        inside |= {".".join(groups[: i + 1]): layer for i in range(len(groups))}
    return {str(name): layer for name, layer in own.items()} | {
        name: child for name, child in inside.items() if name not in own
    }


def choose(model: Any, layer: Any = None) -> list[Tap]:
    """Return the places that are meant.

    Args:
        model: a model or a torch module, built.
        layer: a name ("before NAME" is what goes into it), a place (0 is the first, -1 the last), several of them in a list, or
            None for the last before the classifier.

    Raises:
        UnknownNameError: no such layer; the nearest is named and the others listed.
        ArgumentError: a place that does not exist, or an empty list.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
        >>> [tap.name for tap in choose(network, ["0", -1])]
        ['0', '2']
    """
    module = module_of("extract", model)
    if layer is None:
        return [last_before_classifier(module)]
    wanted = list(layer) if isinstance(layer, (list, tuple)) else [layer]
    if not wanted:
        raise ArgumentError("extract: layer is an empty list; name at least one layer, or give None.")
    taps = [_find(module, item) for item in wanted]
    return list({tap.name: tap for tap in taps}.values())


def _find(module: torch.nn.Module, wanted: Any) -> Tap:
    known = named_layers(module)
    if isinstance(wanted, torch.nn.Module):
        for name, child in known.items():
            if child is wanted:
                return Tap(name, child)
        raise UnknownNameError(f"extract: that {type(wanted).__name__} is no layer of this network.")
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        layers = list(getattr(module, "layers", None) or module.children())
        if not -len(layers) <= wanted < len(layers):
            raise ArgumentError(
                f"extract: layer {wanted} does not exist; the network has {len(layers)} layers, 0 to {len(layers) - 1}."
            )
        return next(Tap(name, child) for name, child in known.items() if child is layers[wanted])
    if not isinstance(wanted, str):
        raise ArgumentTypeError(
            f"extract: layer must be a name, a number, a list of them or None; received a {type(wanted).__name__}."
        )
    if wanted in known:
        return Tap(wanted, known[wanted])
    if (
        inner := wanted.removeprefix("before ")
    ) != wanted and inner in known:  # as `last_before_classifier` names it
        return Tap(wanted, known[inner], before=True)
    raise UnknownNameError(
        f"extract: no layer is named {wanted!r}.{did_you_mean(wanted, known)} Layers: {_listed(list(known))}."
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _LISTED:
        return ", ".join(names)
    half = _LISTED // 2
    return f"{', '.join(names[:half])}, ... ({len(names) - 2 * half} more), {', '.join(names[-half:])}"


def last_before_classifier(module: torch.nn.Module) -> Tap:
    """Return the last place before the classes come in.

    Of our networks: what goes into the dense layer (or, with a softmax behind a global pooling, the convolution) that
    makes the classes; the output itself where no layer does, after `include_top=False` for example. Of an ensemble, whose
    networks have no place in common: that of its first. Of a network of timm: what goes into its classifier. Of any other
    module: what goes into the `torch.nn.Linear` that it lists last, or its output where there is none.

    Example:
        >>> last_before_classifier(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))).name
        '0'
    """
    if isinstance(module, (Network, SequentialNetwork)):
        return _of_network(module)
    classifier: Any = getattr(module, "get_classifier", None)  # as timm's networks have it
    if classifier is not None:
        return _before(module, classifier())
    linear = [child for child in module.modules() if isinstance(child, torch.nn.Linear)]
    return _before(module, linear[-1]) if linear else Tap(WHOLE, module)


def _before(module: torch.nn.Module, classifier: Any) -> Tap:
    """Return what goes into a module; named after the one before it where a torch Sequential tells which that is."""
    names = {child: name for name, child in module.named_modules() if name}
    if classifier not in names or isinstance(classifier, torch.nn.Identity):
        return Tap(WHOLE, module)
    if isinstance(module, torch.nn.Sequential):
        children = list(module.children())
        place = next((i for i, child in enumerate(children) if child is classifier), 0)
        if place:
            return Tap(names[children[place - 1]], children[place - 1])
    return Tap(f"before {names[classifier]}", classifier, before=True)


def _of_network(network: Network | SequentialNetwork) -> Tap:
    member = _first_member(network)
    if member is not None:
        return _inside(network, last_before_classifier(member))
    chain = _chain(network)
    classes = False  # a softmax or a sigmoid was passed
    pooled = False
    for place, layer in enumerate(chain):
        if isinstance(layer, TimmNetwork):
            inner = _before(layer.network, layer.classifier)
            return Tap(str(layer.name), layer) if inner.module is layer.network else _inside(network, inner)
        known = isinstance(layer, (Activation, Dense, Conv2D))
        activation: Any = activations.get(layer.activation) if known else None
        if isinstance(layer, Dense) and activation in _OF_CLASSES:
            return _skipping_dropout(chain[place + 1 :], layer)
        if isinstance(layer, Conv2D) and classes and pooled and activation is activations.linear:
            return _skipping_dropout(chain[place + 1 :], layer)
        classes |= isinstance(layer, Softmax) or activation in _OF_CLASSES[1:]
        pooled |= isinstance(layer, GlobalPooling2D)
        if not isinstance(layer, (Activation, Softmax, Dropout, GlobalPooling2D)):
            break
    return (
        Tap(str(network.layers[-1].name), network.layers[-1])
        if not chain
        else Tap(str(chain[0].name), chain[0])
    )


def _first_member(network: Network | SequentialNetwork) -> Layer | None:
    """Return the first of several networks whose answers a network gives the mean of; None of any other network."""
    end = next((node for node in network.nodes if node.output is network.outputs[0]), None)
    members = [tensor.layer for tensor in end.inputs] if end and isinstance(end.layer, Average) else []
    nested = [layer for layer in members if isinstance(layer, (Network, SequentialNetwork))]
    return nested[0] if nested and len(nested) == len(members) else None


def _inside(network: torch.nn.Module, tap: Tap) -> Tap:
    """Return a place within a part of a network, named by its path in all of it."""
    path = next(name for name, child in network.named_modules() if child is tap.module)
    return replace(tap, name=f"before {path}" if tap.before else path)


def _skipping_dropout(before: list[Layer], classifier: Layer) -> Tap:
    """Return the layer before the classifier; dropout changes nothing in inference."""
    for layer in before:
        if not isinstance(layer, (Dropout, SpatialDropout)):
            return Tap(str(layer.name), layer)
    return Tap(f"before {classifier.name}", classifier, before=True)


def _chain(network: Network | SequentialNetwork) -> list[Layer]:
    """Return the layers from the output back, as far as each has one input."""
    if isinstance(network, SequentialNetwork):
        return list(reversed(network.layers))
    made = {id(node.output): node for node in network.nodes}
    chain: list[Layer] = []
    tensor = network.outputs[0]
    while (node := made.get(id(tensor))) is not None:
        chain.append(node.layer)
        if len(node.inputs) != 1:
            break
        tensor = node.inputs[0]
    return chain
