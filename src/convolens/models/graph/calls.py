"""Call: one layer of a graph put to work, with what it may leave out because nobody else takes its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convolens.layers.calls.symbols import filled
from convolens.layers.chains.absorbing import absorbed, absorbs, told
from convolens.layers.chains.shortcuts import may_overwrite, may_pad
from convolens.layers.layer import Layer, Node, SymbolicTensor
from convolens.training.mode import mode


@dataclass(frozen=True)
class Call:
    """A call of a layer.

    Attributes:
        node: the call as it was drawn.
        spent: the inputs that no later call takes, and that are no results of the network.
        maker: the layer whose result it may write over: the first input, where that is spent and nobody else takes it.
        padding: the layer of zeros in front, where this call alone takes its result.
        padded_by: the convolution behind, where the layer is such a layer of zeros.
        behind: the calls of one input behind it, each of which alone takes the result of the one before; of convolutions.
    """

    node: Node
    spent: tuple[SymbolicTensor, ...]
    maker: Layer | None = None
    padding: Layer | None = None
    padded_by: Layer | None = None
    behind: tuple[Node, ...] = ()

    @property
    def layer(self) -> Layer:
        """The layer that is called."""
        return self.node.layer

    def is_done(self, values: Mapping[int, Any]) -> bool:
        """Return whether `values` holds all that comes out."""
        return all(id(tensor) in values for tensor in self.node.outputs)

    def __call__(self, values: dict[int, Any]) -> None:
        """Put what comes out into `values`, which holds what the inputs are, by their identity; so for what it absorbs."""
        if self.node.training is not None:
            with mode(self.layer, self.node.training):
                self._put(values)
        else:
            self._put(values)

    def _put(self, values: dict[int, Any]) -> None:
        node = self.node
        if len(node.outputs) > 1 or not isinstance(node.output, SymbolicTensor):
            _put_all(values, node.output, self._result(values, []))
            return
        if not self.behind:
            values[id(node.output)] = self._result(values, [])
            return
        taken = absorbed(self.layer, [node.layer for node in self.behind])
        result = values[id(node.output)] = self._result(values, taken)
        for follower, _ in zip(self.behind, taken, strict=False):
            values[id(follower.output)] = result

    def _result(self, values: Mapping[int, Any], taken: Sequence[Layer]) -> Any:
        node = self.node
        if not node.is_plain:
            return node.layer.run_within(filled(node.arguments, values), filled(node.keywords, values))
        x = node.arguments[0]
        if self.padded_by is not None and may_pad(self.padded_by, node.layer):
            return values[id(x)]
        x = [values[id(tensor)] for tensor in x] if isinstance(x, (list, tuple)) else values[id(x)]
        given: dict[str, Any] = told(taken)
        if self.padding is not None and (zeros := may_pad(node.layer, self.padding)):
            given["zeros"] = zeros
        elif self.maker is not None and may_overwrite(node.layer, self.maker):
            given["overwrite"] = True
        return node.layer(x, **given)


def _put_all(values: dict[int, Any], symbols: Any, results: Any) -> None:
    """Put the results of a call of several outputs into `values`."""
    if isinstance(symbols, SymbolicTensor):
        values[id(symbols)] = results
        return
    pairs = (
        [(symbol, results[key]) for key, symbol in symbols.items()]
        if isinstance(symbols, dict)
        else zip(symbols, results, strict=True)
    )
    for symbol, result in pairs:
        _put_all(values, symbol, result)


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
    makers = {
        id(node.output): node.layer
        for node in nodes
        if len(node.outputs) == 1 and id(node.output) not in outside
    }
    results = {id(tensor) for tensor in kept}
    calls = []
    for node, over in zip(nodes, reversed(spent), strict=True):
        first = id(node.inputs[0]) if node.inputs else 0
        last_use = any(id(tensor) == first for tensor in over)
        single = len(node.inputs) == 1 and node.is_plain
        before = makers.get(first) if last_use else None
        alone = before is not None and len(takers[first]) == 1
        if (not single and not alone) or not node.is_plain:
            before = None
        behind = takers.get(id(node.output), [])
        calls.append(
            Call(
                node,
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
        if len(node.inputs) != 1 or not node.is_plain or node.training is not None or len(found) == 2:
            break
        if id(node.output) in given or len(node.outputs) != 1:
            break
        found.append(node)
    return tuple(found)
