"""top_photos: the photos on which a filter answers most, and where on them."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.filters import check_filter
from convolens.analysis.explain.layers import layer_for
from convolens.analysis.explain.scores import ask
from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.training.hooks import hooked


@dataclass(frozen=True, order=True)
class TopPhoto:
    """A photo on which a filter answers.

    Attributes:
        value: the filter's largest answer on it.
        number: of the photo, counted from 0 over all batches.
        place: (row, column) of that answer, as shares of the photo in (0, 1): the middle of the map's cell.
    """

    value: float
    number: int
    place: tuple[float, float]


def top_photos(
    model: Any, batches: Iterable[np.ndarray], layer: str, filter_number: int, most: int = 9
) -> list[TopPhoto]:
    """Return the photos on which a filter of a layer answers most, the strongest first.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        batches: of photos, float (n, rows, columns, channels), as the network takes them; read one after the other.
        layer: its name.
        filter_number: the channel of its map, counted from 0.
        most: photos that are returned.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ShapeError: no such filter, no map.
        ArgumentError: no photos.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.Flatten(), torch.nn.Linear(8, 2))
        >>> len(top_photos(network, [np.zeros((3, 2, 2, 1), "float32")], "0", 1, most=2))
        2
    """
    most = integer("top_photos", "most", most)
    best: list[tuple[float, int, tuple[float, float]]] = []
    seen = 0
    for batch in batches:
        with ask("top_photos", model, batch) as asked:
            call = layer_for(asked, layer)
            maps: list[torch.Tensor] = []
            channel = check_filter("top_photos", filter_number, (call.map_shape or (0, 0, 0))[2], call.name)

            def keep(
                module: Any,
                inputs: Any,
                output: torch.Tensor,
                maps: list[torch.Tensor] = maps,
                channel: int = channel,
            ) -> None:
                maps.append(output[:, channel].float())

            with hooked(asked.module.get_submodule(call.name), after=keep), torch.no_grad():
                asked.score(asked.x.clone())
            answers = maps[call.call - 1]  # (n, rows, columns)
            rows, columns = answers.shape[1:]
            values, places = answers.flatten(1).max(dim=1)
            for i, (value, place) in enumerate(zip(values.tolist(), places.tolist(), strict=True)):
                row, column = divmod(place, columns)
                item = (value, -(seen + i), ((row + 0.5) / rows, (column + 0.5) / columns))
                heapq.heappush(best, item)
                if len(best) > most:
                    heapq.heappop(best)
            seen += len(answers)
    if not best:
        raise ArgumentError("top_photos: there are no photos; give at least one.")
    return [TopPhoto(value, -number, place) for value, number, place in sorted(best, reverse=True)]
