"""Resizing, CenterCrop and RandomCrop: images as so many rows and columns."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from convolens.arguments import integer, number_in, one_of
from convolens.errors import ArgumentError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.geometry import channels_last, check_image_shape
from convolens.layers.layer import Layer, Shape
from convolens.layers.preprocessing.random_layer import RandomLayer

INTERPOLATIONS = {"bilinear": "bilinear", "nearest": "nearest-exact", "bicubic": "bicubic"}


def _on_batch(x: torch.Tensor, work: Any) -> torch.Tensor:
    """Return what `work` gives for NCHW floats, of a batch or of one image (rows, columns, channels)."""
    floats = x if x.is_floating_point() else x.float()
    if x.ndim == 3:
        return in_keras_order(work(in_torch_order(floats.unsqueeze(0))))[0]
    return work(floats)


def resized(
    x: torch.Tensor, height: int, width: int, interpolation: str = "bilinear", antialias: bool = False
) -> torch.Tensor:
    """Return NCHW images of another size.

    Args:
        x: (n, channels, rows, columns), floats.
        height, width: in pixels.
        interpolation: one of `INTERPOLATIONS`.
        antialias: smooth where the images become smaller; not with "nearest".
    """
    if tuple(x.shape[2:]) == (height, width):
        return x
    nearest = interpolation == "nearest"
    return F.interpolate(
        x, (height, width), mode=INTERPOLATIONS[interpolation], align_corners=None if nearest else False,
        antialias=antialias and not nearest,
    )  # fmt: skip


def middle(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return the largest part in the middle of NCHW images whose sides are in the ratio of height to width.

    Args:
        x: (n, channels, rows, columns).
        height, width: of any unit.
    """
    rows, columns = x.shape[2:]
    high = max(min(rows, int(columns * height / width)), 1)
    wide = max(min(columns, int(rows * width / height)), 1)
    top, left = (rows - high) // 2, (columns - wide) // 2
    return x[:, :, top : top + high, left : left + wide]


class _Sized(Layer):
    """What layers that give images of a fixed size share."""

    height: int
    width: int

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 3:
            check_image_shape(self.title, input_shape)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (*input_shape[:-3], self.height, self.width, input_shape[-1])


class Resizing(_Sized):
    """Images of a fixed size, in training and afterwards, as `keras.layers.Resizing`.

    Args:
        height, width: in pixels.
        interpolation: "bilinear", "nearest" or "bicubic".
        crop_to_aspect_ratio: cut the images to the ratio of height to width first, so that nothing is stretched.
        pad_to_aspect_ratio: put a frame around them instead.
        fill_mode: "constant".
        fill_value: of the frame.
        antialias: smooth where the images become smaller.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels), or one image alone. Output shape: (batch, height, width, channels), floats.

    Raises:
        ArgumentError: sizes that are not positive integers, or both ways to keep the ratio. UnknownNameError: another interpolation.

    Example:
        >>> Resizing(2, 4)(np.zeros((1, 8, 8, 3), "float32")).shape
        (1, 2, 4, 3)
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.height = integer(self.title, "height", height)
        self.width = integer(self.title, "width", width)
        self.interpolation = one_of(
            self.title, "interpolation", str(interpolation).lower(), tuple(INTERPOLATIONS)
        )
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = (
            bool(crop_to_aspect_ratio),
            bool(pad_to_aspect_ratio),
        )
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ArgumentError(
                f"{self.title}: crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other; give one."
            )
        self.fill_mode = one_of(self.title, "fill_mode", fill_mode, ("constant",))
        self.fill_value = number_in(self.title, "fill_value", fill_value, float("-inf"), float("inf"))
        self.antialias = bool(antialias)
        self.data_format = channels_last(self.title, data_format)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _on_batch(x, self._resize)

    def _resize(self, x: torch.Tensor) -> torch.Tensor:
        if self.crop_to_aspect_ratio:
            x = middle(x, self.height, self.width)
        if self.pad_to_aspect_ratio:
            rows, columns = x.shape[2:]
            down = max(int(columns * self.height / self.width) - rows, 0) // 2
            across = max(int(rows * self.width / self.height) - columns, 0) // 2
            x = F.pad(x, (across, across, down, down), value=self.fill_value)
        return resized(x, self.height, self.width, self.interpolation, self.antialias)


class CenterCrop(_Sized):
    """The middle of images, in training and afterwards, as `keras.layers.CenterCrop`.

    Args:
        height, width: in pixels; of smaller images the largest part of this ratio is enlarged.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels), or one image alone. Output shape: (batch, height, width, channels), floats.

    Raises:
        ArgumentError: sizes that are not positive integers.

    Example:
        >>> CenterCrop(1, 2)(np.arange(4, dtype="float32").reshape(1, 1, 4, 1)).ravel().tolist()
        [1.0, 2.0]
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.height = integer(self.title, "height", height)
        self.width = integer(self.title, "width", width)
        self.data_format = channels_last(self.title, data_format)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _on_batch(x, self._crop)

    def _crop(self, x: torch.Tensor) -> torch.Tensor:
        top, left = (x.shape[2] - self.height) // 2, (x.shape[3] - self.width) // 2
        if top < 0 or left < 0:
            return resized(middle(x, self.height, self.width), self.height, self.width)
        return x[:, :, top : top + self.height, left : left + self.width]


class RandomCrop(_Sized, RandomLayer):
    """A part of each image at a random place while training, as `keras.layers.RandomCrop`.

    Otherwise, and of images that are smaller, the largest part of this ratio in the middle is resized.

    Args:
        height, width: in pixels.
        seed: see `RandomLayer`.
        data_format: "channels_last" or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels), or one image alone. Output shape: (batch, height, width, channels), floats.

    Raises:
        ArgumentError: sizes that are not positive integers.

    Example:
        >>> layer = RandomCrop(1, 2)
        >>> layer.change(np.arange(4, dtype=np.float32).reshape(1, 1, 4, 1), np.array([[0, 2]])).ravel().tolist()
        [2.0, 3.0]
    """

    numbers = 2

    def __init__(
        self, height: int, width: int, seed: int | None = None, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(seed=seed, **options)
        self.height = integer(self.title, "height", height)
        self.width = integer(self.title, "width", width)
        self.data_format = channels_last(self.title, data_format)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Return (n, 2): the first row and column of each part.

        Args: as of `RandomLayer.draw`.
        """
        return (u * (shape[1] - self.height + 1, shape[2] - self.width + 1)).astype(np.int64)

    def change(self, images: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        out = np.empty((len(images), self.height, self.width, images.shape[3]), np.float32)
        for part, image, (top, left) in zip(out, images, drawn, strict=True):
            part[...] = image[top : top + self.height, left : left + self.width]
        return out

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows, columns = x.shape[2:] if x.ndim == 4 else x.shape[:2]
        if self.training and x.device.type != "meta" and rows >= self.height and columns >= self.width:
            return super().forward(x)
        return _on_batch(x, lambda y: resized(middle(y, self.height, self.width), self.height, self.width))
