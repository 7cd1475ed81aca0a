"""Tensors without values: what a layer gives when called on an `Input`, to draw a network's graph."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convolens.errors import ShapeError

if TYPE_CHECKING:
    from convolens.layers.layer import Layer

Shape = tuple[int | None, ...]


class SymbolicTensor:
    """A tensor that has a shape in Keras' order (None, rows, columns, channels), but no values.

    It remembers the call that made it (`node`) and which output of that call it is (`index`).
    """

    def __init__(self, shape: Shape, node: "Node | None" = None, index: int = 0) -> None:
        self.shape = tuple(shape)
        self.dtype = "float32"
        self.node = node
        self.index = index

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, from {self.layer.name or type(self.layer).__name__}>"

    @property
    def layer(self) -> "Layer":
        """The layer whose call made this tensor."""
        if self.node is None:
            raise ShapeError("This symbolic tensor belongs to no layer; start from Input(shape=...).")
        return self.node.layer

    @property
    def ndim(self) -> int:
        """The number of dimensions, the batch included."""
        return len(self.shape)


class Node:
    """One call of a layer: which symbolic tensors went in, and which came out."""

    def __init__(self, layer: "Layer", inputs: Sequence[SymbolicTensor], output_shape: Shape) -> None:
        self.layer = layer
        self.inputs = list(inputs)
        self.output = SymbolicTensor(output_shape, self)
        layer.inbound_nodes.append(self)

    @property
    def parents(self) -> "list[Node]":
        """The calls whose outputs went in."""
        return [tensor.node for tensor in self.inputs if tensor.node is not None]


def is_symbolic(x: Any) -> bool:
    """Return whether `x` is a symbolic tensor or a list that holds one.

    Example:
        >>> is_symbolic([1, 2])
        False
    """
    if isinstance(x, (list, tuple)):
        return any(isinstance(item, SymbolicTensor) for item in x)
    return isinstance(x, SymbolicTensor)
