"""The layers of a network in order: kind, shape, parameters, multiply-accumulates, receptive field, and what can be shown."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis import LayerCost, ModelCost
from convolens.analysis import cost as measure_cost
from convolens.analysis.explain import LayerCall, list_layers
from convolens.analysis.explain.filters import holding_kernels
from convolens.studio.inside.networks import Network
from convolens.studio.shared import Studio

_OWN = " (own)"


@dataclass(frozen=True)
class Layers:
    """The layers of a network.

    Attributes:
        cost: of each, in the order in which they work.
        calls: of those that give a map: (name, call) -> which.
        kernels: names of layers that hold a convolution's.
    """

    cost: ModelCost
    calls: dict[tuple[str, int], LayerCall]
    kernels: frozenset[str]

    def call_of(self, layer: LayerCost) -> LayerCall | None:
        """Return the call whose map shows what a layer gave; None where it gave none, or what it was given."""
        return self.calls.get((layer.name.removesuffix(_OWN), layer.call))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "parameters": self.cost.parameters,
            "multiply_accumulates": self.cost.multiply_accumulates,
            "input_shape": list(self.cost.input_shape),
            "layers": [self._plain(number, layer) for number, layer in enumerate(self.cost.layers)],
        }

    def _plain(self, number: int, layer: LayerCost) -> dict[str, Any]:
        field = layer.receptive_field
        return {
            "number": number,
            "name": layer.title,
            "kind": layer.kind,
            "shape": None if layer.output_shape is None else list(layer.output_shape[1:]),
            "parameters": layer.parameters,
            "multiply_accumulates": layer.multiply_accumulates,
            "field": None
            if field is None
            else {"rows": field.rows, "columns": field.columns, "step": field.row_jump},
            "used": layer.call > 0,
            "maps": self.call_of(layer) is not None,
            "filters": layer.name in self.kernels,
        }


def find_layers(studio: Studio, network: Network) -> Layers:
    """Return the layers of a network, measured once.

    Args:
        studio: that keeps them.
        network: as of `find_network`.
    """
    return studio.kept.of("layers of networks", 8).get(network.key, lambda: _measure(network))


def _measure(network: Network) -> Layers:
    shape = network.preprocessing.input_shape
    blank = network.preprocessing(np.zeros((1, *shape), np.uint8))[0]
    with network.lock:
        measured = measure_cost(network.model, shape, training=False, computed=True)
        found = list_layers(network.model, blank)
    calls = {
        (call.name, call.call): call for call in found if call.map_shape is not None and not call.unchanged
    }
    return Layers(measured, calls, frozenset(holding_kernels(network.model.module)))
