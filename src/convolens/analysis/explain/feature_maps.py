"""feature_maps: what every layer makes of one photo, the strongest channels of each."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.layers import LayerCall, layer_for, list_layers
from convolens.analysis.explain.scores import Asked, ask
from convolens.arguments import integer
from convolens.errors import ShapeError
from convolens.training.hooks import hooked

MOST = 64  # channels of a layer


@dataclass(frozen=True)
class FeatureMaps:
    """The strongest channels of what a layer gave.

    Attributes:
        layer: which call of which layer, and the shape of all of its map.
        channels: their numbers, the strongest first.
        maps: float32 (rows, columns, channels), in that order.
    """

    layer: LayerCall
    channels: tuple[int, ...]
    maps: np.ndarray


def feature_maps(
    model: Any, image: Any, layers: Sequence[str | LayerCall] | None = None, most: int = MOST
) -> list[FeatureMaps]:
    """Return the maps of layers for one image, in the order of the work.

    Only what is returned is kept in memory: no gradients, and of each layer the strongest channels, copied as soon as it
    has given them.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels), as the network takes it.
        layers: names, or calls of `list_layers`; None takes every layer that gives a new map: groups and what hands its input on are left out.
        most: channels of each layer; the strongest have the largest mean of absolute values.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ShapeError: it gives no map; several images.
        ArgumentError: NaN, an argument out of range.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(16, 2))
        >>> [found.maps.shape for found in feature_maps(network, np.ones((4, 4, 3)), most=2)]
        [(2, 2, 2)]
    """
    most = integer("feature_maps", "most", most)
    with ask("feature_maps", model, image) as asked:
        if len(asked.x) != 1:
            raise ShapeError(f"feature_maps: give one image, not {len(asked.x)}.")
        if layers is None:
            calls = list_layers(model, image)
            wanted = {(call.name, call.call): call for call in calls if call.map_shape and not call.unchanged}
        else:
            found = [item if isinstance(item, LayerCall) else layer_for(asked, item) for item in layers]
            wanted = {(call.name, call.call): call for call in found}
        return _run(asked, wanted, most)


def _run(asked: Asked, wanted: dict[tuple[str, int], LayerCall], most: int) -> list[FeatureMaps]:
    found: list[FeatureMaps] = []
    calls: dict[str, int] = {}
    stack = ExitStack()
    for name in dict.fromkeys(name for name, _ in wanted):

        def keep(module: torch.nn.Module, inputs: Any, output: torch.Tensor, name: str = name) -> None:
            calls[name] = calls.get(name, 0) + 1
            call = wanted.get((name, calls[name]))
            if call is not None:
                found.append(_strongest(call, output[0].float(), most))

        stack.enter_context(hooked(asked.module.get_submodule(name), after=keep))
    with stack, torch.no_grad():
        asked.score(asked.x.clone())
    return found


def _strongest(call: LayerCall, output: torch.Tensor, most: int) -> FeatureMaps:
    strength = output.abs().mean(dim=(1, 2))
    order = torch.argsort(strength, descending=True, stable=True)[:most]
    maps = output[order].permute(1, 2, 0).cpu().numpy().copy()  # (c, h, w) -> (h, w, c)
    return FeatureMaps(call, tuple(order.tolist()), maps)
