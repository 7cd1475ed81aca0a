"""RandomHeight and RandomWidth: batches of images made higher or wider by chance while training, of Keras 2."""

from typing import Any, ClassVar

import numpy as np
import torch

from convolens.arguments import one_of
from convolens.errors import ArgumentError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Shape
from convolens.layers.preprocessing.random_layer import RandomLayer, between, bounds
from convolens.layers.preprocessing.resizing import INTERPOLATIONS, resized

HIGHEST = 100.0  # times the size: more is a mistake


class RandomSide(RandomLayer):
    """What the two share: one size for all images of a batch.

    Args:
        factor: 0.2 is 20 % less to 20 % more; a pair (lowest, highest), both above -1.
        interpolation: "bilinear", "nearest" or "bicubic".
        seed: see `RandomLayer`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor that is not above -1. UnknownNameError: another interpolation.
    """

    side: ClassVar[int]  # the axis, from 1

    def __init__(
        self, factor: Any, interpolation: str = "bilinear", seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        self.factor = factor
        self._bounds = bounds(self.title, "factor", factor, -HIGHEST, HIGHEST)
        if self._bounds[0] <= -1:
            raise ArgumentError(f"{self.title}: factor must be above -1; received {factor!r}.")
        self.interpolation = one_of(self.title, "interpolation", interpolation, tuple(INTERPOLATIONS))

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> tuple[int, int]:
        """Return the new rows and columns.

        Args:
            u: (n, 1) in [0, 1), the first of which counts.
            shape: of the batch, (n, rows, columns, channels).
        """
        size = [int(shape[1]), int(shape[2])]
        share = between(u[:1, 0], self._bounds)[0] if len(u) else 0.0
        size[self.side - 1] = max(1, int(size[self.side - 1] * (1 + share)))
        return size[0], size[1]

    def change(self, images: np.ndarray, drawn: tuple[int, int]) -> np.ndarray:
        """Return the images in another size.

        Args:
            images: (n, rows, columns, channels), uint8 or float32.
            drawn: rows and columns.
        """
        pixels = in_torch_order(torch.from_numpy(images.astype(np.float32)))
        changed: np.ndarray = in_keras_order(resized(pixels, *drawn, self.interpolation)).contiguous().numpy()
        return changed

    def compute_output_shape(self, input_shape: Any) -> Shape:
        free = len(input_shape) - 4 + self.side  # one image alone has no batch
        return tuple(None if axis == free else size for axis, size in enumerate(input_shape))


class RandomHeight(RandomSide):
    """Makes images higher or lower by chance while training, as Keras 2's `keras.layers.RandomHeight`.

    Args:
        factor: 0.2 is 20 % less to 20 % more; a pair (lowest, highest), both above -1.
        interpolation: "bilinear", "nearest" or "bicubic".
        seed: see `RandomLayer`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, any, columns, channels), float32.

    Raises:
        ArgumentError: a factor that is not above -1. UnknownNameError: another interpolation.

    Example:
        >>> layer = RandomHeight(0.5)
        >>> layer.change(np.zeros((1, 8, 8, 3), np.uint8), layer.draw(np.array([[0.0]]), (1, 8, 8, 3))).shape
        (1, 4, 8, 3)
    """

    side = 1


class RandomWidth(RandomSide):
    """Makes images wider or narrower by chance while training, as Keras 2's `keras.layers.RandomWidth`.

    Args:
        factor: 0.2 is 20 % less to 20 % more; a pair (lowest, highest), both above -1.
        interpolation: "bilinear", "nearest" or "bicubic".
        seed: see `RandomLayer`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, rows, any, channels), float32.

    Raises:
        ArgumentError: a factor that is not above -1. UnknownNameError: another interpolation.

    Example:
        >>> RandomWidth(0.2).compute_output_shape((None, 8, 8, 3))
        (None, 8, None, 3)
    """

    side = 2
