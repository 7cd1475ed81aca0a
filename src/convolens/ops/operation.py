"""operation: what makes a function of `keras.ops`: values become tensors, and on symbolic tensors it becomes a layer; and `composed`."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch

from convolens.layers.calls.symbols import is_symbolic
from convolens.layers.geometry import channels_last
from convolens.layers.operation import Operation
from convolens.tensor import Tensor, as_tensor

# Whole numbers that torch keeps and hardly computes with.
_WIDER = {"uint16": "int32", "uint32": "int64"}
_CHANNELS_LAST = ("NWC", "NHWC", "NDHWC", "tf")  # TensorFlow's words for it, and Keras 1's


def operation(tensors: int = 1) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for functions of `Tensor`s.

    The function is called with its first arguments as `Tensor`s whatever they were (numbers beside a tensor take its type, as in
    TensorFlow); TensorFlow's `name=` is accepted; on symbolic tensors the function becomes a layer of the network.

    Args:
        tensors: how many of the first arguments.

    Raises:
        UnknownNameError: a call of the function with a `data_format` other than channels last.

    Example:
        >>> @operation()
        ... def double(x):
        ...     return 2 * x
        >>> double([1.0, 2.0]).numpy().tolist()
        [2.0, 4.0]
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        names = list(signature.parameters)[:tensors]
        of_images = "data_format" in signature.parameters

        @functools.wraps(function)
        def call(*arguments: Any, name: str | None = None, **keywords: Any) -> Any:
            if of_images:
                layout = signature.bind_partial(*arguments, **keywords).arguments.get("data_format")
                channels_last(function.__name__, None if layout in _CHANNELS_LAST else layout)
            if is_symbolic(list(arguments)) or is_symbolic(list(keywords.values())):
                return Operation(call)(*arguments, **keywords)
            values = list(arguments)
            while len(values) < len(names) and names[len(values)] in keywords:
                values.append(keywords.pop(names[len(values)]))
            return function(*_tensors(values[:tensors]), *values[tensors:], **keywords)

        return call

    return decorate


def computation(tensors: int = 1) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator as `operation`, for functions that compute: they are given what `computable` makes of tensors.

    Args:
        tensors: how many of the first arguments.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def widened(*arguments: Any, **keywords: Any) -> Any:
            return function(*map(computable, arguments[:tensors]), *arguments[tensors:], **keywords)

        return operation(tensors)(widened)

    return decorate


def composed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that is made of operations take TensorFlow's `name=`; on symbolic tensors these become layers: a decorator.

    Example:
        >>> @composed
        ... def add_twice(x, y):
        ...     return operation(2)(lambda x, y: x + 2 * y)(x, y)
        >>> add_twice(1.0, 2.0, name="sum").numpy().item()
        5.0
    """

    @functools.wraps(function)
    def call(*arguments: Any, name: str | None = None, **keywords: Any) -> Any:
        return function(*arguments, **keywords)

    return call


def _tensors(values: list[Any]) -> list[Tensor]:
    """Return values as tensors; plain numbers and arrays of fractions take the type of the first tensor with fractions."""
    tensors = [value for value in values if isinstance(value, torch.Tensor)]
    kinds = [tensor.dtype for tensor in tensors if tensor.is_floating_point()]
    if not tensors or len(values) == 1:
        return [as_tensor(value) for value in values]
    return [
        as_tensor(value)
        if isinstance(value, torch.Tensor)
        else as_tensor(value, kinds[0] if kinds else None).to(tensors[0].device)
        for value in values
    ]


def computable(tensor: Tensor) -> Tensor:
    """Return a tensor in a type that torch computes with: uint16 as int32 and uint32 as int64, as Keras does on torch.

    Example:
        >>> import numpy as np
        >>> computable(as_tensor(np.ones(2, "uint16"))).dtype
        tf.int32
    """
    wider = _WIDER.get(tensor.dtype)
    return tensor if wider is None else as_tensor(tensor, wider)
