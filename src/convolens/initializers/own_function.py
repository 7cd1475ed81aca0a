"""OwnFunction: a function of the user's own as an initialiser."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.initializers.initializer import Initializer


class OwnFunction(Initializer):
    """A function of the user's own, `function(shape, dtype=None)`, as an initialiser; it has no written form.

    Args:
        function: returns values of the shape, in Keras' order.

    Example:
        >>> import numpy as np
        >>> OwnFunction(lambda shape: np.full(shape, 2.0))((2,)).tolist()
        [2.0, 2.0]
    """

    ordered = True

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function
        self.takes_dtype = "dtype" in getattr(getattr(function, "__code__", None), "co_varnames", ("dtype",))

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        shape = tuple(empty.shape)
        values = self.function(shape, dtype="float32") if self.takes_dtype else self.function(shape)
        return (
            torch.as_tensor(values)
            .as_subclass(torch.Tensor)
            .detach()
            .to(torch.float32)
            .reshape(shape)
            .clone()
        )

    def serialize(self) -> Any:
        """Return the function's name: it is a program, which no file holds."""
        return getattr(self.function, "__name__", type(self.function).__name__)
