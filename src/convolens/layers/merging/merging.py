"""Merging: what the layers that make one of several branches have in common."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.layers.layer import Layer


class Merging(Layer):
    """A layer that is called on a list of branches; a subclass gives `merge`.

    Raises:
        ArgumentError: called on something else than a list.
    """

    def build(self, input_shape: Any) -> None:
        if (
            not isinstance(input_shape, list)
            or not input_shape
            or not isinstance(input_shape[0], (list, tuple))
        ):
            raise ArgumentError(
                f"{self.title}: call it on a list of tensors; received one of shape {input_shape}."
            )

    def merge(self, branches: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return one tensor.

        Args:
            branches: one or more.
        """
        raise NotImplementedError

    def forward(self, x: Sequence[torch.Tensor] | torch.Tensor) -> torch.Tensor:
        return self.merge(
            [x] if isinstance(x, torch.Tensor) else x
        )  # a graph gives a list of one as that one
