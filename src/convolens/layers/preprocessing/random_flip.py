"""RandomFlip: half of the images flipped, while training."""

from typing import Any

import numpy as np

from convolens.arguments import one_of
from convolens.augmentation.layers.move import move
from convolens.layers.geometry import channels_last
from convolens.layers.preprocessing.random_layer import RandomLayer

MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class RandomFlip(RandomLayer):
    """Flips images left to right, upside down, or each of both, with probability 1/2 while training, as `keras.layers.RandomFlip`.

    Args:
        mode: "horizontal", "vertical", or "horizontal_and_vertical", which are drawn independently (docs/decisions.md).
        seed: see `RandomLayer`.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        UnknownNameError: another mode.

    Example:
        >>> layer = RandomFlip("horizontal")
        >>> layer.change(np.arange(3, dtype=np.float32).reshape(1, 1, 3, 1), np.array([[True, False]])).ravel().tolist()
        [2.0, 1.0, 0.0]
    """

    numbers = 2

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.mode = one_of(self.title, "mode", mode, MODES)
        self.data_format = channels_last(self.title, data_format)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return (u < 0.5) & [self.mode != "vertical", self.mode != "horizontal"]

    def change(self, images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        return move(images, flips=drawn)
