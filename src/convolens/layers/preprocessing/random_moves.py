"""RandomRotation, RandomZoom and RandomTranslation: images moved at random, while training."""

from typing import Any

import numpy as np

from convolens.arguments import number_in, one_of
from convolens.augmentation.layers.move import FILL_MODES, INTERPOLATIONS, move
from convolens.layers.geometry import channels_last
from convolens.layers.preprocessing.random_layer import RandomLayer, between, bounds


class RandomMove(RandomLayer):
    """What the three share: what lies outside of an image, and how values between pixels are found.

    Args:
        fill_mode: "reflect" (d c b a | a b c d | d c b a), "wrap" (a b c d | a b c d | a b c d), "nearest" (a a a | a b c d | d d d)
            or "constant".
        interpolation: "bilinear" or "nearest".
        seed: see `RandomLayer`.
        fill_value: for "constant".
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        UnknownNameError: another mode or interpolation.
    """

    numbers = 2

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.fill_mode = one_of(self.title, "fill_mode", fill_mode, tuple(FILL_MODES))
        self.interpolation = one_of(self.title, "interpolation", interpolation, INTERPOLATIONS)
        self.fill_value = number_in(self.title, "fill_value", fill_value, float("-inf"), float("inf"))
        self.data_format = channels_last(self.title, data_format)

    def change(self, images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """Return the moved images.

        Args:
            images: (n, rows, columns, channels), uint8 or float32, C-contiguous.
            drawn: (n, 2, 3), see `move`.
        """
        return move(
            images,
            drawn,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            interpolation=self.interpolation,
        )


def _about_the_middle(linear: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return matrices (n, 2, 3) of linear changes (n, 2, 2) that leave the middle of the images where it is."""
    middle = (np.array(shape[1:3]) - 1) / 2
    return np.concatenate([linear, (middle - linear @ middle)[..., np.newaxis]], axis=2)


class RandomRotation(RandomMove):
    """Turns images about their middle while training, as `keras.layers.RandomRotation`.

    Args:
        factor: turns, shares of a full circle: 0.1 is up to 36 degrees either way; a pair (lowest, highest). Above 0 is counter
            clockwise.
        fill_mode, interpolation, seed, fill_value, data_format: see `RandomMove`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor beyond -1 to 1.

    Example:
        >>> layer = RandomRotation(0.25)
        >>> image = np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)
        >>> layer.change(image, layer.draw(np.array([[1.0, 0.0]]), image.shape)).round(3)[0, 0, :, 0].tolist()
        [2.0, 5.0, 8.0]
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.factor = bounds(self.title, "factor", factor, -1.0, 1.0)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        angle = between(u[:, 0], self.factor) * 2 * np.pi
        cosine, sine = np.cos(angle), np.sin(angle)
        linear = np.stack([np.stack([cosine, sine], 1), np.stack([-sine, cosine], 1)], 1)  # of (row, column)
        return _about_the_middle(linear, shape)


class RandomZoom(RandomMove):
    """Zooms images about their middle while training, as `keras.layers.RandomZoom`.

    Args:
        height_factor: 0.2 is 20 % out to 20 % in; of a pair (lowest, highest) what is above 0 zooms out, what is below zooms in.
        width_factor: the same for the width; None keeps the ratio of the sides.
        fill_mode, interpolation, seed, fill_value, data_format: see `RandomMove`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor that is not above -1 and at most 1.

    Example:
        >>> layer = RandomZoom(0.5)
        >>> layer.draw(np.array([[0.0, 0.9]]), (1, 5, 5, 3)).tolist()  # every second place from half of the image
        [[[0.5, 0.0, 1.0], [0.0, 0.5, 1.0]]]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.height_factor, self.width_factor = height_factor, width_factor
        above = np.nextafter(-1.0, 0.0)
        self._height = bounds(self.title, "height_factor", height_factor, above, 1.0)
        self._width = (
            None if width_factor is None else bounds(self.title, "width_factor", width_factor, above, 1.0)
        )

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        zoom = np.empty((len(u), 2))
        zoom[:, 0] = 1 + between(u[:, 0], self._height)
        zoom[:, 1] = zoom[:, 0] if self._width is None else 1 + between(u[:, 1], self._width)
        return _about_the_middle(zoom[:, np.newaxis] * np.eye(2), shape)


class RandomTranslation(RandomMove):
    """Shifts images while training, as `keras.layers.RandomTranslation`.

    Args:
        height_factor: a share of the height, down and up: 0.2 is 20 % either way; a pair (lowest, highest) shifts down what is above 0.
        width_factor: a share of the width, to the right where above 0.
        fill_mode, interpolation, seed, fill_value, data_format: see `RandomMove`.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a factor beyond -1 to 1.

    Example:
        >>> layer = RandomTranslation(0.5, 0.0)
        >>> layer.draw(np.array([[1.0, 0.0]]), (1, 4, 4, 3))[0, :, 2].tolist()
        [-2.0, 0.0]
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = bounds(self.title, "height_factor", height_factor, -1.0, 1.0)
        self._width = bounds(self.title, "width_factor", width_factor, -1.0, 1.0)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        matrix = np.tile(np.eye(3)[:2], (len(u), 1, 1))
        matrix[:, 0, 2] = -between(u[:, 0], self._height) * shape[1]
        matrix[:, 1, 2] = 0.0 - between(u[:, 1], self._width) * shape[2]
        return matrix
