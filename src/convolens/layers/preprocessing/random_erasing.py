"""RandomErasing: a box of an image filled with something else, while training."""

from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.geometry import channels_last
from convolens.layers.preprocessing.random_layer import RandomLayer, between, bounds, value_pair


class RandomErasing(RandomLayer):
    """Fills a box of an image while training (Zhong et al., 2017), as `keras.layers.RandomErasing`.

    Args:
        factor: the probability, drawn for each image from 0 to this number, or within a pair.
        scale: shares (lowest, highest) of the area; the box's height and width are each a drawn share's root.
        fill_value: a number, or one for each of three channels; None fills with noise.
        value_range: (lowest, highest) that the filling is cut off at.
        seed: see `RandomLayer`.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: an argument out of range. ShapeError: a filling for another number of channels.

    Example:
        >>> layer = RandomErasing(1.0, fill_value=9)
        >>> image = np.zeros((1, 1, 4, 1), np.float32)
        >>> layer.change(image, (np.array([[0.0, 1.2, 1.0, 3.0]]), np.array([True]), np.array([0]))).ravel().tolist()
        [0.0, 0.0, 9.0, 0.0]
    """

    numbers = 7

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.factor = bounds(self.title, "factor", factor, 0.0, 1.0)
        self.scale = bounds(self.title, "scale", scale, 0.0, 1.0)
        several = isinstance(fill_value, (list, tuple))
        if several and len(fill_value) != 3:
            raise ArgumentError(
                f"{self.title}: fill_value must be a number, three of them, or None; received {fill_value!r}."
            )
        for value in fill_value if several else [] if fill_value is None else [fill_value]:
            number_in(self.title, "fill_value", value, float("-inf"), float("inf"))
        self.fill_value = fill_value
        self.value_range = value_pair(self.title, value_range)
        self.data_format = channels_last(self.title, data_format)

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if isinstance(self.fill_value, (list, tuple)) and input_shape[-1] not in (None, 3):
            raise ShapeError(
                f"{self.title}: fill_value={self.fill_value} is for 3 channels; received shape {tuple(input_shape)}."
            )

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (n, 4) boxes (top, left, bottom, right) in pixels, (n,) whether they are erased, and (n,) seeds of the noise.

        Args: as of `RandomLayer.draw`.
        """
        size = np.sqrt(between(u[:, :2], self.scale)) * shape[1:3]
        start = u[:, 2:4] * (shape[1:3] - size)
        erased = u[:, 4] < between(u[:, 5], self.factor)
        return np.concatenate([start, start + size], axis=1), erased, (u[:, 6] * 2**32).astype(np.int64)

    def change(self, images: np.ndarray, drawn: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
        out = images.astype(np.float32)
        low, high = self.value_range
        for image, box, erased, seed in zip(out, *drawn, strict=True):
            if erased:
                top, left, bottom, right = np.ceil(box).astype(np.int64)
                place = image[top:bottom, left:right]
                filling: Any = self.fill_value
                if filling is None:
                    filling = np.random.default_rng(seed).standard_normal(place.shape, np.float32) * high
                place[...] = np.clip(filling, low, high)
        return out
