"""Call: one layer of a graph put to work, with what it may leave out because nobody else takes its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convolens.layers.layer import Layer
from convolens.layers.shortcuts import may_overwrite, may_pad
from convolens.layers.symbolic import Node, SymbolicTensor


@dataclass(frozen=True)
class Call:
    """A call of a layer.

    Attributes:
        layer: that is called.
        inputs, output: of the call.
        spent: the inputs that no later call takes, and that are no results of the network.
        maker: the layer whose result it may write over, where that is the only input and spent.
        padding: the layer of zeros in front, where this call alone takes its result.
        padded_by: the convolution behind, where the layer is such a layer of zeros.
    """

    layer: Layer
    inputs: tuple[SymbolicTensor, ...]
    output: SymbolicTensor
    spent: tuple[SymbolicTensor, ...]
    maker: Layer | None = None
    padding: Layer | None = None
    padded_by: Layer | None = None

    def __call__(self, values: Mapping[int, Any]) -> Any:
        """Return what comes out; `values` holds what the inputs are, by their identity."""
        if self.padded_by is not None and may_pad(self.padded_by, self.layer):
            return values[id(self.inputs[0])]
        if len(self.inputs) > 1:
            return self.layer([values[id(tensor)] for tensor in self.inputs])
        x = values[id(self.inputs[0])]
        if self.padding is not None and (zeros := may_pad(self.layer, self.padding)):
            return self.layer(x, zeros=zeros)
        if self.maker is not None and may_overwrite(self.layer, self.maker):
            return self.layer(x, overwrite=True)
        return self.layer(x)


def plan(
    nodes: Sequence[Node], given: Sequence[SymbolicTensor], kept: Sequence[SymbolicTensor]
) -> list[Call]:
    """Return the calls of a graph in the order of its nodes.

    Args:
        nodes: in an order in which they can be called.
        given: symbolic tensors whose values come from outside; they are never written over.
        kept: symbolic tensors that are results; they are never spent.
    """
    spent: list[list[SymbolicTensor]] = []
    seen = {id(tensor) for tensor in kept}
    takers: dict[int, list[Layer]] = {}
    for node in reversed(nodes):
        spent.append([])
        for tensor in node.inputs:
            if id(tensor) not in seen:
                seen.add(id(tensor))
                spent[-1].append(tensor)
            takers.setdefault(id(tensor), []).append(node.layer)
    outside = {id(tensor) for tensor in given}
    makers = {id(node.output): node.layer for node in nodes if id(node.output) not in outside}
    results = {id(tensor) for tensor in kept}
    calls = []
    for node, over in zip(nodes, reversed(spent), strict=True):
        first = id(node.inputs[0]) if node.inputs else 0
        last_use = len(node.inputs) == 1 and any(id(tensor) == first for tensor in over)
        before = makers.get(first) if last_use else None
        alone = before is not None and len(takers[first]) == 1
        behind = takers.get(id(node.output), [])
        calls.append(
            Call(
                node.layer,
                tuple(node.inputs),
                node.output,
                tuple(over),
                maker=before,
                padding=before if alone else None,
                padded_by=behind[0] if len(behind) == 1 and id(node.output) not in results else None,
            )
        )
    return calls
