"""BaseAndHead: a network in two at one of its tensors: the base, which stays as it is, and the head, which is trained on its outputs."""

from dataclasses import dataclass
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.layers import Dropout, InputLayer, Layer, StochasticDepth, TimmNetwork
from convolens.layers.axes import surface
from convolens.layers.regularization.spatial_dropout import SpatialDropout
from convolens.memory import kept_memory
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.models.parts import freezing
from convolens.training.hooks import hooked
from convolens.training.mode import mode

_RANDOM = (Dropout, SpatialDropout, StochasticDepth)  # in training: their outputs cannot be kept


@dataclass(frozen=True)
class BaseAndHead:
    """A network cut in two; both are made of its own layers.

    Attributes:
        until: the last layer of the base.
        base: from the network's input to the cut.
        head: from the cut to the network's output.
        shape: of what is at the cut, in Keras' order, None for the batch.
    """

    until: str
    base: torch.nn.Module
    head: torch.nn.Module
    shape: tuple[int | None, ...]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the base makes of images, in inference: (n, channels, rows, columns) or (n, features)."""
        with kept_memory(), mode(self.base, False), torch.inference_mode():
            return self.base(x)


@dataclass(frozen=True)
class _Place:
    """A call of a layer, and whether all that comes behind depends on its output alone."""

    layer: Layer
    output: Any
    alone: bool


def base_and_head(where: str, model: Any, until: str | int | None = None) -> BaseAndHead:
    """Return a model in two parts: everything through a layer, and what comes behind it.

    The cut is moved on over layers behind `until` that have no weights and do the same in training and inference (poolings,
    activations): what lies there is smaller, and nothing else changes.

    Args:
        where: names the caller in errors.
        model: of layers (`Sequential` or functional), with one input and one output.
        until: the last layer of the base, as `Model.freeze` takes it; None takes everything before the last layer with weights.

    Raises:
        ArgumentError: not a network of layers; a layer beside which others run; or one behind which nothing has weights.
        UnknownNameError: no such layer.

    Example:
        >>> from convolens.applications import ShallowVGGNet
        >>> base_and_head("example", ShallowVGGNet()).shape
        (None, 512)
    """
    places = _places(where, model)
    last = max((i for i, place in enumerate(places) if _has_weights(place.layer)), default=-1)
    if last > 0 and isinstance(places[last].layer, TimmNetwork):
        return _within_timm(where, model, [place.layer for place in places], last, until)
    if not any(_has_weights(place.layer) for place in places[: max(last, 0)]):
        raise ArgumentError(f"{where}: {model.name} has no head to be trained apart from the rest.")
    if until is None:
        place = last - 1
        while place > 0 and not (places[place].alone and not isinstance(places[place].layer, _RANDOM)):
            place -= 1
    else:
        place = _place_of(where, model, places, until, last)
    while place + 1 < last and _may_follow(places[place + 1]):
        place += 1
    chosen = places[place]
    return BaseAndHead(
        str(chosen.layer.name),
        Network(model.module.inputs[0], chosen.output, name=f"{model.name}_base"),
        Network(chosen.output, model.output, name=f"{model.name}_head"),
        tuple(chosen.output.shape),
    )


class _BeforeClassifier(torch.nn.Module):
    """What comes before the classifier of a network of timm.

    Args:
        before: layers in front of it.
        network: the layer that holds it.
    """

    def __init__(self, before: list[Layer], network: TimmNetwork) -> None:
        super().__init__()
        self.before = torch.nn.Sequential(*before)
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        taken: list[torch.Tensor] = []

        def take(module: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
            taken.append(given[0])

        with hooked(self.network.classifier, before=take):
            self.network(self.before(x))
        return taken[0]


def _within_timm(
    where: str, model: Any, layers: list[Layer], place: int, until: str | int | None
) -> BaseAndHead:
    """Return a network of timm, and what is around it, cut before its classifier."""
    network: Any = layers[place]
    if until not in (None, network.name):
        raise ArgumentError(
            f"{where}: a network of timm can be cut before its classifier only; leave {until!r} out, or name a layer to unfreeze "
            "from."
        )
    base = _BeforeClassifier(layers[1:place], network)
    head = torch.nn.Sequential(network.classifier, *layers[place + 1 :])
    rows, columns, channels = model.input_shape[1:]
    device = next(network.parameters()).device
    x = torch.linspace(0, 1, rows * columns * channels, device=device).reshape(1, channels, rows, columns)
    with mode(model.module, False), torch.inference_mode():
        features = base(x)
        if not torch.allclose(head(features), model.module(x), rtol=1e-3, atol=1e-5):
            raise ArgumentError(
                f"{where}: behind the classifier of timm's {network.model} more is done, so its head cannot be trained apart from "
                "the rest; give --head-epochs 0, or another network."
            )
    return BaseAndHead(str(network.name), base, head, (None, *surface(features).shape[1:]))


def _may_follow(place: _Place) -> bool:
    return place.alone and not _has_weights(place.layer) and not isinstance(place.layer, _RANDOM)


def _has_weights(layer: Layer) -> bool:
    return any(True for _ in layer.parameters())


def _place_of(where: str, model: Any, places: list[_Place], until: str | int, last: int) -> int:
    """Return the place behind which the head begins."""
    units = freezing.units_of(model.module)
    wanted = units[freezing.find(where, model, until)[-1]].module
    found = [i for i, place in enumerate(places) if any(part is wanted for part in place.layer.modules())]
    place = found[-1]
    if place >= last:
        raise ArgumentError(
            f"{where}: behind {until!r} no layer has weights, so nothing would be trained; name one before "
            f"{places[last].layer.name!r}."
        )
    inner = getattr(places[place].layer, "layers", None) or [wanted]
    if not places[place].alone or (isinstance(until, str) and inner[-1] is not wanted):
        near = [
            str(one.layer.name)
            for one in places[:last]
            if one.alone and not isinstance(one.layer, InputLayer)
        ]
        raise ArgumentError(
            f"{where}: the network cannot be cut behind {until!r}, beside which other layers run; it can behind "
            f"{', '.join(near[-8:])}."
        )
    return place


def _places(where: str, model: Any) -> list[_Place]:
    """Return the calls in order, the input's first."""
    module = model.module
    if isinstance(module, SequentialNetwork) and module.built:
        return [_Place(node.layer, node.output, True) for node in module.nodes]
    if not isinstance(module, Network) or not (module.single_input and module.single_output):
        raise ArgumentError(
            f"{where}: {model.name} is not a network of layers with one input and one output, so its head cannot be trained "
            "apart from the rest."
        )
    nodes = module.output_nodes
    order = {id(node.output): i for i, node in enumerate(nodes)}
    # the first output that is still needed behind each node
    needed, earliest = [0] * len(nodes), len(nodes)
    for i in range(len(nodes) - 1, -1, -1):
        needed[i] = earliest
        earliest = min([earliest, *(order[id(tensor)] for tensor in nodes[i].inputs if id(tensor) in order)])
    return [_Place(node.layer, node.output, needed[i] >= i) for i, node in enumerate(nodes)]
