"""What metrics of the user's own need: values as `Tensor`s, and results that are numbers with Keras' words."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from convolens.tensor import as_tensor


class Value(float):
    """What a metric gives: a float that has `numpy`, as Keras' tensors.

    Example:
        >>> Value(0.5).numpy(), Value(0.5) * 2
        (np.float32(0.5), 1.0)
    """

    def numpy(self) -> Any:
        """Return the number as NumPy's float32."""
        return np.float32(self)


def as_number(result: Callable[..., Any]) -> Callable[..., Any]:
    """Let a metric's `result` give a `Value`, an array, or a dict of them."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu().as_subclass(torch.Tensor)
            value = value.item() if value.ndim == 0 else value.numpy()
        return (
            Value(value)
            if isinstance(value, (float, int, np.number)) and not isinstance(value, Value)
            else value
        )

    @functools.wraps(result)
    def called(self: Any) -> Any:
        return plain(result(self))

    return called


def of_tensors(update: Callable[..., Any]) -> Callable[..., Any]:
    """Let the `update_state` of a metric of the user's own see `Tensor`s in main memory, without gradients."""

    def seen(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu()
        return as_tensor(value) if isinstance(value, (torch.Tensor, np.ndarray, list)) else value

    @functools.wraps(update)
    def called(self: Any, *arguments: Any, **keywords: Any) -> Any:
        with torch.no_grad():
            return update(
                self, *map(seen, arguments), **{name: seen(value) for name, value in keywords.items()}
            )

    return called
