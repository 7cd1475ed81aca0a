"""Symbolic tensors, which draw the graph of a network: what a layer gives where it is called on an `Input`."""

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convolens.errors import ArgumentTypeError, ShapeError
from convolens.tensor import TensorShape

if TYPE_CHECKING:
    from convolens.layers.layer import Layer

Shape = tuple[int | None, ...]


class SymbolicTensor:
    """A tensor that has a shape in Keras' order (None, rows, columns, channels), but no values.

    It remembers the call that made it (`node`). Operators on it (`x + y`, `x / 255.`, `x[:, 0]`) become layers (`Operation`).

    Args:
        shape: in Keras' order, None where a size is free.
        node: the call that made it; None for none.
        place: which of the results of the call it is, from 0.
    """

    __array_priority__ = 2000  # NumPy leaves `array * symbol` to us, and so does a `Tensor`

    def __init__(self, shape: Shape, node: "Node | None" = None, place: int = 0) -> None:
        self.shape = TensorShape(shape)
        self.dtype = "float32"
        self.node, self.place = node, place

    def __repr__(self) -> str:
        return (
            f"<SymbolicTensor shape={tuple(self.shape)}, from {self.layer.name or type(self.layer).__name__}>"
        )

    @property
    def layer(self) -> "Layer":
        """The layer whose call made this tensor.

        Raises:
            ShapeError: there is none.
        """
        if self.node is None:
            raise ShapeError("This symbolic tensor belongs to no layer; start from Input(shape=...).")
        return self.node.layer

    @property
    def name(self) -> str:
        """The name of the layer that made it, and which result of it, where there are several."""
        several = self.node is not None and len(self.node.outputs) > 1
        return f"{self.layer.name or type(self.layer).__name__}" + (f"_{self.place}" if several else "")

    @property
    def ndim(self) -> int:
        """The number of dimensions, the batch included."""
        return len(self.shape)

    @property
    def _keras_shape(self) -> Shape:
        """The shape, as programs for Keras 2 read it."""
        return tuple(self.shape)

    @property
    def _keras_history(self) -> "tuple[Layer, int, int]":
        """The layer that made it, which of its calls that was, and which of the results of the call it is, as programs for Keras 2 read it."""
        call = [node is self.node for node in self.layer.inbound_nodes].index(True)
        return self.layer, call, self.place

    def get_shape(self) -> TensorShape:
        """Return the shape (TensorFlow's older word)."""
        return self.shape

    def activated(self, name: str) -> Any:
        """Return what an activation gives, as a layer of the graph.

        Args:
            name: of the activation.
        """
        from convolens.layers.activation import Activation  # a layer, which is made of this

        return Activation(name)(self)

    def operated(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Return what a function gives, as a layer of the graph.

        Args:
            function: of values, that takes symbolic tensors' place in each run.
            arguments, keywords: of the function.
        """
        from convolens.layers.operation import Operation  # a layer, which is made of this

        return Operation(function)(*arguments, **keywords)

    def __add__(self, other: Any) -> Any:
        return self.operated(operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return self.operated(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return self.operated(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.operated(operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return self.operated(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.operated(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.operated(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.operated(operator.truediv, other, self)

    def __floordiv__(self, other: Any) -> Any:
        return self.operated(operator.floordiv, self, other)

    def __mod__(self, other: Any) -> Any:
        return self.operated(operator.mod, self, other)

    def __pow__(self, other: Any) -> Any:
        return self.operated(operator.pow, self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.operated(operator.pow, other, self)

    def __matmul__(self, other: Any) -> Any:
        return self.operated(operator.matmul, self, other)

    def __neg__(self) -> Any:
        return self.operated(operator.neg, self)

    def __abs__(self) -> Any:
        return self.operated(operator.abs, self)

    def __getitem__(self, place: Any) -> Any:
        return self.operated(operator.getitem, self, place)

    def __gt__(self, other: Any) -> Any:
        return self.operated(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return self.operated(operator.ge, self, other)

    def __lt__(self, other: Any) -> Any:
        return self.operated(operator.lt, self, other)

    def __le__(self, other: Any) -> Any:
        return self.operated(operator.le, self, other)

    def __bool__(self) -> bool:
        raise ArgumentTypeError(
            "a symbolic tensor has no values, so it cannot decide an `if` or a `while`; write the function as a layer of your "
            "own, whose call(self, x) sees values, or take the value of a model: model.predict(x)."
        )

    def __iter__(self) -> Any:
        raise ArgumentTypeError(
            "a symbolic tensor has no values to go through; take parts of it by x[:, 0], or write a layer of your own."
        )

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ArgumentTypeError(
            "a symbolic tensor has no values, so NumPy cannot compute with it; use functions of keras.ops, keras.backend or tf, "
            "or take the values of a model: model.predict(x)."
        )


KerasTensor = SymbolicTensor  # Keras' name for it


class Node:
    """One call of a layer: which symbolic tensors went in, and which came out.

    Args:
        layer: that was called.
        arguments, keywords: what it was called with: symbolic tensors, and lists, tuples and dicts of them, among anything else.
        shapes: of what came out: a shape, or a list, tuple or dict of shapes.
        training: what the call said of the mode for good, None where it said nothing.

    Attributes:
        inputs: the symbolic tensors among the arguments.
        output: what came out: a symbolic tensor, or a list, tuple or dict of them.
        outputs: the symbolic tensors in it.
        is_plain: whether one tensor went in, or a list of them, and nothing else.
    """

    def __init__(
        self,
        layer: "Layer",
        arguments: tuple[Any, ...],
        shapes: Any,
        keywords: Mapping[str, Any] | None = None,
        training: bool | None = None,
    ) -> None:
        self.layer, self.arguments, self.keywords = layer, arguments, dict(keywords or {})
        self.training = training
        self.inputs = symbols_in((self.arguments, self.keywords))
        self.outputs: list[SymbolicTensor] = []
        self.output: Any = self._results(shapes)
        self.is_plain = self._is_plain()
        layer.inbound_nodes.append(self)

    def _results(self, shapes: Any) -> Any:
        if is_shape(shapes):
            self.outputs.append(SymbolicTensor(tuple(shapes), self, len(self.outputs)))
            return self.outputs[-1]
        return mapped(self._results, shapes, until=is_shape)

    @property
    def parents(self) -> "list[Node]":
        """The calls whose outputs went in."""
        return [tensor.node for tensor in self.inputs if tensor.node is not None]

    def _is_plain(self) -> bool:
        if len(self.arguments) != 1 or self.keywords:
            return False
        x = self.arguments[0]
        return isinstance(x, SymbolicTensor) or (
            isinstance(x, (list, tuple)) and all(isinstance(item, SymbolicTensor) for item in x)
        )


def is_shape(value: Any) -> bool:
    """Return whether a value is one shape, rather than several.

    Example:
        >>> is_shape((None, 3)), is_shape([(None, 3), (None, 4)])
        (True, False)
    """
    return isinstance(value, (list, tuple)) and all(size is None or isinstance(size, int) for size in value)


def mapped(function: Callable[[Any], Any], value: Any, until: Callable[[Any], bool] | None = None) -> Any:
    """Return a value with a function applied to each leaf of its lists, tuples and dicts.

    Args:
        function: of a leaf.
        value: anything.
        until: whether a list, tuple or dict is a leaf itself.

    Example:
        >>> mapped(abs, [-1, {"a": (-2, 3)}])
        [1, {'a': (2, 3)}]
    """
    if until is not None and until(value):
        return function(value)
    if type(value) in (list, tuple):
        return type(value)(mapped(function, item, until) for item in value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(mapped(function, item, until) for item in value))
    if isinstance(value, dict):
        return type(value)((key, mapped(function, item, until)) for key, item in value.items())
    return function(value)


def leaves(value: Any) -> list[Any]:
    """Return what a value holds, within its lists, tuples and dicts.

    Example:
        >>> leaves([1, {"a": (2, 3)}])
        [1, 2, 3]
    """
    if type(value) in (list, tuple) or hasattr(value, "_fields"):
        return [leaf for item in value for leaf in leaves(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [value]


def symbols_in(value: Any) -> list[SymbolicTensor]:
    """Return the symbolic tensors in a value, within its lists, tuples and dicts; in slices too."""
    found = []
    for leaf in leaves(value):
        if isinstance(leaf, SymbolicTensor):
            found.append(leaf)
    return found


def sources_of(tensor: SymbolicTensor) -> list[SymbolicTensor]:
    """Return the inputs that a symbolic tensor comes from, in the order of its makers.

    Example:
        >>> from convolens.layers import Flatten, Input
        >>> images = Input(shape=(8, 8, 3))
        >>> sources_of(Flatten()(images)) == [images]
        True
    """
    if tensor.node is None or not tensor.node.inputs:
        return [tensor]
    found: dict[int, SymbolicTensor] = {}
    for parent in tensor.node.inputs:
        found |= {id(source): source for source in sources_of(parent) if id(source) not in found}
    return list(found.values())


def is_symbolic(x: Any) -> bool:
    """Return whether `x` is a symbolic tensor, or a list, tuple or dict that holds one.

    Example:
        >>> is_symbolic([1, 2])
        False
    """
    if isinstance(x, (list, tuple)):
        return any(map(is_symbolic, x))
    if isinstance(x, dict):
        return any(map(is_symbolic, x.values()))
    return isinstance(x, SymbolicTensor)


def filled(value: Any, values: Mapping[int, Any]) -> Any:
    """Return a value with each symbolic tensor replaced by what it became.

    Args:
        value: of a call: its arguments or keywords.
        values: what the symbolic tensors are, by their identity.
    """
    return mapped(lambda leaf: values[id(leaf)] if isinstance(leaf, SymbolicTensor) else leaf, value)
