"""Call: one layer of a graph put to work, with what it may leave out because nobody else takes its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convolens.layers.chains.absorbing import absorbed, absorbs, told
from convolens.layers.chains.shortcuts import may_overwrite, may_pad
from convolens.layers.layer import Layer, Node, SymbolicTensor


@dataclass(frozen=True)
class Call:
    """A call of a layer.

    Attributes:
        layer: that is called.
        inputs, output: of the call.
        spent: the inputs that no later call takes, and that are no results of the network.
        maker: the layer whose result it may write over: the first input, where that is spent and nobody else takes it.
        padding: the layer of zeros in front, where this call alone takes its result.
        padded_by: the convolution behind, where the layer is such a layer of zeros.
        behind: the calls of one input behind it, each of which alone takes the result of the one before; of convolutions.
    """

    layer: Layer
    inputs: tuple[SymbolicTensor, ...]
    output: SymbolicTensor
    spent: tuple[SymbolicTensor, ...]
    maker: Layer | None = None
    padding: Layer | None = None
    padded_by: Layer | None = None
    behind: tuple[Node, ...] = ()

    def __call__(self, values: dict[int, Any]) -> None:
        """Put what comes out into `values`, which holds what the inputs are, by their identity; so for what it absorbs."""
        if not self.behind:
            values[id(self.output)] = self._result(values, [])
            return
        taken = absorbed(self.layer, [node.layer for node in self.behind])
        result = values[id(self.output)] = self._result(values, taken)
        for node, _ in zip(self.behind, taken, strict=False):
            values[id(node.output)] = result

    def _result(self, values: Mapping[int, Any], taken: Sequence[Layer]) -> Any:
        if self.padded_by is not None and may_pad(self.padded_by, self.layer):
            return values[id(self.inputs[0])]
        if len(self.inputs) > 1:
            x = [values[id(tensor)] for tensor in self.inputs]
        else:
            x = values[id(self.inputs[0])]
        given: dict[str, Any] = told(taken)
        if self.padding is not None and (zeros := may_pad(self.layer, self.padding)):
            given["zeros"] = zeros
        elif self.maker is not None and may_overwrite(self.layer, self.maker):
            given["overwrite"] = True
        return self.layer(x, **given)


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
    calling: dict[int, list[Node]] = {}
    for node in reversed(nodes):
        spent.append([])
        for tensor in node.inputs:
            if id(tensor) not in seen:
                seen.add(id(tensor))
                spent[-1].append(tensor)
            takers.setdefault(id(tensor), []).append(node.layer)
            calling.setdefault(id(tensor), []).append(node)
    outside = {id(tensor) for tensor in given}
    makers = {id(node.output): node.layer for node in nodes if id(node.output) not in outside}
    results = {id(tensor) for tensor in kept}
    calls = []
    for node, over in zip(nodes, reversed(spent), strict=True):
        first = id(node.inputs[0]) if node.inputs else 0
        last_use = any(id(tensor) == first for tensor in over)
        single = len(node.inputs) == 1
        before = makers.get(first) if last_use else None
        alone = before is not None and len(takers[first]) == 1
        if not single and not alone:
            before = None
        behind = takers.get(id(node.output), [])
        calls.append(
            Call(
                node.layer,
                tuple(node.inputs),
                node.output,
                tuple(over),
                maker=before,
                padding=before if alone and single else None,
                padded_by=behind[0] if len(behind) == 1 and id(node.output) not in results else None,
                behind=_behind(node, calling, results, outside) if absorbs(node.layer) else (),
            )
        )
    return calls


def _behind(
    node: Node, takers: Mapping[int, Sequence[Node]], kept: set[int], given: set[int]
) -> tuple[Node, ...]:
    """Return the calls behind one, as far as each alone takes the result of the one before and gives nothing that is kept.

    What the last of them gives may be a result of the network.
    """
    found: list[Node] = []
    while id(node.output) not in kept and len(takers.get(id(node.output), ())) == 1:
        (node,) = takers[id(node.output)]
        if len(node.inputs) != 1 or id(node.output) in given or len(found) == 2:
            break
        found.append(node)
    return tuple(found)
