"""Operation and Lambda: a function of `Tensor`s as a layer; and functions that draw a graph where they are given symbols."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch

from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.layers.calls.running_functions import running
from convolens.layers.calls.shape_by_running import shape_by_running
from convolens.layers.calls.symbols import is_symbolic, mapped
from convolens.layers.calls.written_functions import write_function
from convolens.layers.layer import Layer
from convolens.naming import snake_case
from convolens.tensor import Tensor, as_tensor

Function = TypeVar("Function", bound=Callable[..., Any])


def on_symbols(function: Function) -> Function:
    """Let a function of `Tensor`s be called on symbolic tensors as well, where it becomes a layer of the graph: a decorator.

    The function is called with everything that it was given, the symbolic tensors replaced by `Tensor`s in Keras' order, in each
    run of the network; its result is a `Tensor`, or a list, tuple or dict of them. Symbolic tensors may be anywhere among the
    arguments and keywords, within lists, tuples and dicts too. The shape is found by two runs on torch's "meta" device, or on
    zeros where that fails.

    Example:
        >>> from convolens.layers import Input
        >>> @on_symbols
        ... def twice(x):
        ...     return 2 * x
        >>> twice(Input((3,))).shape, twice(4)
        ((None, 3), 8)
    """

    @functools.wraps(function)
    def called(*arguments: Any, **keywords: Any) -> Any:
        if is_symbolic(arguments) or (keywords and is_symbolic(keywords)):
            return Operation(function)(*arguments, **keywords)
        return function(*arguments, **keywords)

    return called  # type: ignore[return-value]


class Operation(Layer):
    """A function of `Tensor`s in Keras' order, as a layer: what operators on symbolic tensors become.

    Args:
        function: of any arguments; gives a `Tensor`, or a list, tuple or dict of them. It has no weights.
        arguments: name -> value of further arguments of the function.
        options: `name`, `trainable` as in `Layer`.

    Raises:
        ArgumentTypeError: no function.

    Example:
        >>> Operation(lambda x, y: x - y)(np.ones((1, 2), "float32"), 3.0).tolist()
        [[-2.0, -2.0]]
    """

    def __init__(
        self, function: Callable[..., Any], arguments: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        if not callable(function):
            raise ArgumentTypeError(f"{type(self).__name__}: expected a function; received {function!r:.60}.")
        self.function = function
        self.given = dict(arguments or {})

    @property
    def default_name(self) -> str:
        """What a network calls the layer, where it has no name: as the function."""
        name = getattr(self.function, "__name__", "")
        return snake_case(name) if name.isidentifier() else "operation"

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        """Return what the function gives.

        Args:
            arguments, keywords: of the function.
        """
        with running(self.title):
            return mapped(_as_tensor, self.function(*arguments, **self.given, **keywords))

    def output_shapes(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return the shapes of what comes out for symbolic tensors among the arguments.

        Args:
            arguments, keywords: of the function.

        Raises:
            ShapeError: the function cannot be run.
        """
        with torch.device(
            "cpu"
        ):  # tensors that the function makes have values, in a network without memory too
            try:
                return shape_by_running(self.title, self.call, arguments, keywords, 2, "meta")
            except ShapeError:  # what cannot be run without values
                return shape_by_running(self.title, self.call, arguments, keywords, 2)

    def unwritten(self) -> ArgumentError:
        """Return the error of what has no written form: of a function that is none of Keras' operations."""
        return ArgumentError(
            f"{self.title}: a function in a graph is a program, which no file holds; save the weights (model.save_weights), and "
            "build the model by the program where you load them."
        )

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function alone has no written form; in the description of a network Keras' operations have one.

        Raises:
            ArgumentError: always.
        """
        raise self.unwritten()


class Lambda(Operation):
    """A function of one `Tensor` (or a list of them) as a layer, as `keras.layers.Lambda`.

    Files hold it as Keras writes it, and no program is run from them: `load_model` finds the function where the same process saved it, or, by
    its name, in `custom_objects`.

    Args:
        function: of a `Tensor` in Keras' order, and of `arguments`.
        output_shape: accepted; the shape is found by running the function.
        mask: accepted, and not used.
        arguments: name -> value of further arguments of the function.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentTypeError: no function.

    Example:
        >>> Lambda(lambda x: x / 255.0)(np.full((1, 2), 51.0, "float32")).tolist()
        [[0.20000000298023224, 0.20000000298023224]]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(function, arguments, **options)
        code = getattr(function, "__code__", None)
        self._takes_training = code is not None and "training" in code.co_varnames[: code.co_argcount]

    @property
    def default_name(self) -> str:
        """What a network calls the layer, where it has no name."""
        return "lambda"

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        if self._takes_training:
            keywords.setdefault("training", self.training)
        return super().call(*arguments, **keywords)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, the function as Keras 3 writes it.

        Raises:
            ArgumentError: the function goes by what no file holds: variables from outside that are no plain values.
        """
        function = write_function(self.function)
        if function is None:
            return super().get_config()  # refuses
        return {
            "name": self.name or self.default_name,
            "trainable": self._trainable,
            "dtype": "float32",
            "function": function,
            "arguments": self.given,
        }


def _as_tensor(value: Any) -> Any:
    if isinstance(value, np.ndarray) or (isinstance(value, torch.Tensor) and not isinstance(value, Tensor)):
        return as_tensor(value)
    return value
