"""Loss functions as users call them: of arrays, lists and `Tensor`s too."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import torch

from convolens.tensor import as_tensor
from convolens.tensor.tensor import draws_graph

Function = TypeVar("Function", bound=Callable[..., Any])


def of_values(function: Function) -> Function:
    """Let a function of labels and predictions take anything that holds numbers, and symbolic tensors; of torch tensors it is what it was.

    Example:
        >>> @of_values
        ... def distance(y_true, y_pred):
        ...     return (y_true - y_pred).abs().mean(-1)
        >>> distance([[1.0, 2.0]], [[2.0, 2.0]]).numpy().tolist()
        [0.5]
    """

    @functools.wraps(function)
    def called(y_true: Any, y_pred: Any, *arguments: Any, **keywords: Any) -> Any:
        for one in (y_true, y_pred):
            if draws_graph(one):
                return one.operated(called, y_true, y_pred, *arguments, **keywords)
        both = isinstance(y_true, torch.Tensor) and isinstance(y_pred, torch.Tensor)
        if not both:
            y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
            y_pred = y_pred if y_pred.is_floating_point() else as_tensor(y_pred, "float32")
        return function(y_true, y_pred, *arguments, **keywords)

    return called  # type: ignore[return-value]
