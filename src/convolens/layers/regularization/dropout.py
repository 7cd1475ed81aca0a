"""Dropout: in training, set a random share of values to 0 and enlarge the rest."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import integer, number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Layer


class Dropout(Layer):
    """Drops values with probability `rate` while training; passes everything otherwise (Srivastava et al., 2014).

    Args:
        rate: share of values set to 0, in [0, 1); the others are divided by 1 - rate.
        noise_shape: in Keras' order with the batch, None or the input's size where each place has a draw of its own, 1 along
            axes where one draw serves: (None, 1, 1, None) drops whole channels of images.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a rate out of range, or a shape of the noise that is none. ShapeError: one that does not fit the input.

    Example:
        >>> import numpy as np
        >>> Dropout(0.5).eval()(np.ones((1, 3), "float32")).tolist()
        [[1.0, 1.0, 1.0]]
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0)
        self.noise_shape = checked_noise_shape(self.title, noise_shape)
        self.seed = seed

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.noise_shape is None or not self.training:
            return F.dropout(x, self.rate, self.training)
        return x * F.dropout(x.new_ones(noise_shape_inside(self.title, self.noise_shape, x)), self.rate)


def checked_noise_shape(where: str, shape: Any) -> tuple[int | None, ...] | None:
    """Return the shape of a noise as a tuple of positive integers and None, or None for the input's own.

    Args:
        where: what an error begins with.
        shape: what was given.

    Raises:
        ArgumentError: something else.

    Example:
        >>> checked_noise_shape("Dropout", [None, 1, 1, 3])
        (None, 1, 1, 3)
    """
    if shape is None:
        return None
    if not isinstance(shape, (list, tuple)):
        raise ArgumentError(
            f"{where}: noise_shape must be a tuple of sizes, such as (None, 1, 1, None); received {shape!r}."
        )
    return tuple(None if size is None else integer(where, "noise_shape", size) for size in shape)


def noise_shape_inside(where: str, shape: tuple[int | None, ...] | None, x: torch.Tensor) -> torch.Size:
    """Return the shape of the noise for a tensor, in the order in which tensors lie inside of a network.

    Args:
        where: what an error begins with.
        shape: in Keras' order, see `Dropout`; None for that of `x`.
        x: the tensor; NCHW where it has rank 4.

    Raises:
        ShapeError: it cannot be repeated to the shape of `x`.

    Example:
        >>> tuple(noise_shape_inside("Dropout", (None, 1, 1, 3), torch.zeros(2, 3, 4, 4)))
        (2, 3, 1, 1)
    """
    if shape is None:
        return x.shape
    sizes = in_keras_order(x).shape
    if len(shape) != len(sizes) or any(
        size not in (None, 1, own) for size, own in zip(shape, sizes, strict=False)
    ):
        raise ShapeError(f"{where}: noise_shape={shape} does not fit an input of shape {tuple(sizes)}.")
    full = [own if size is None else size for size, own in zip(shape, sizes, strict=True)]
    return in_torch_order(torch.empty(full, device="meta")).shape
