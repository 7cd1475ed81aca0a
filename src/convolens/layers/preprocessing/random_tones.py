"""RandomContrast and RandomBrightness: values changed at random, while training."""

from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation.layers.tone import tone
from convolens.errors import ArgumentError
from convolens.layers.geometry import channels_last
from convolens.layers.preprocessing.random_layer import RandomLayer, between, bounds, value_pair


class RandomContrast(RandomLayer):
    """Draws values away from the means of an image's channels, or towards them, while training, as `keras.layers.RandomContrast`.

    Args:
        factor: 0.2 is a factor of 0.8 to 1.2; of a pair (lower, upper) 1 - lower to 1 + upper; each in [0, 1].
        value_range: (lowest, highest) that values are cut off at.
        seed: see `RandomLayer`.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor or range that is none.

    Example:
        >>> layer = RandomContrast(0.5)
        >>> layer.change(np.array([10, 20], np.uint8).reshape(1, 1, 2, 1), np.array([0.5])).ravel().tolist()
        [12.5, 17.5]
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        pair = factor if isinstance(factor, (list, tuple)) else (factor, factor)
        if len(pair) != 2:
            raise ArgumentError(f"{self.title}: factor must be a number or a pair; received {factor!r}.")
        lower, upper = (number_in(self.title, "factor", item, 0.0, 1.0) for item in pair)
        self.factor = (lower, upper)
        self.value_range = value_pair(self.title, value_range)
        self.data_format = channels_last(self.title, data_format)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return between(u[:, 0], (1 - self.factor[0], 1 + self.factor[1]))

    def change(self, images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        return tone(images, drawn, None, self.value_range)


class RandomBrightness(RandomLayer):
    """Adds one number to all values of an image while training, as `keras.layers.RandomBrightness`.

    Args:
        factor: a share of the value range, in [-1, 1]: 0.2 is 20 % darker to 20 % lighter; a pair (lowest, highest).
        value_range: (lowest, highest) that values are cut off at.
        seed: see `RandomLayer`.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor or range that is none.

    Example:
        >>> layer = RandomBrightness(0.5)
        >>> layer.change(np.array([10, 200], np.uint8).reshape(1, 1, 2, 1), np.array([100.0])).ravel().tolist()
        [110.0, 255.0]
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.factor = bounds(self.title, "factor", factor, -1.0, 1.0)
        self.value_range = [*value_pair(self.title, value_range)]
        self.data_format = channels_last(self.title, data_format)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return between(u[:, 0], self.factor) * (self.value_range[1] - self.value_range[0])

    def change(self, images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        return tone(images, None, drawn, self.value_range)
