"""Photos: image files as a stage of a data set, read as they are asked for, float32 of 0 to 255."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from convolens.data.decoding.decode import CHANNELS, read_image
from convolens.data.decoding.samples import AS_KERAS
from convolens.tensorflow.data.stage import Stage
from convolens.tensorflow.tensor_spec import TensorSpec
from convolens.threads import in_threads

INTERPOLATIONS = {"bilinear": "bilinear", "nearest": "nearest-exact", "bicubic": "bicubic"}  # torch's words


class Photos(Stage):
    """Image files and their labels; an item is a file's number.

    Args:
        paths: of the files.
        labels: one for each, or None for photos alone.
        size: (rows, columns) of each photo.
        color_mode: "rgb", "grayscale" or "rgba".
        interpolation: one of `INTERPOLATIONS`.
        fit: "squash" to the size, "crop" the middle in its proportions first, or "pad" to them with black.
        channels_first: (channels, rows, columns) instead of (rows, columns, channels).
    """

    def __init__(
        self,
        paths: Sequence[str],
        labels: np.ndarray | None,
        size: tuple[int, int],
        color_mode: str,
        interpolation: str,
        fit: str,
        channels_first: bool,
    ) -> None:
        super().__init__()
        self.paths, self.labels, self.size, self.color_mode = paths, labels, size, color_mode
        self.interpolation, self.fit, self.channels_first = interpolation, fit, channels_first

    @property
    def cardinality(self) -> int:
        return len(self.paths)

    def items(self, epoch: int) -> Iterator[int]:
        return iter(range(len(self.paths)))

    def element(self, item: int) -> Any:
        photo = self._read(item)
        return photo if self.labels is None else (photo, self.labels[item])

    def batch(self, items: Sequence[int]) -> Any:
        photos = np.stack(in_threads(self._read, items))
        return photos if self.labels is None else (photos, self.labels[np.asarray(items)])

    def spec(self) -> Any:
        channels = CHANNELS[self.color_mode]
        photo = TensorSpec((channels, *self.size) if self.channels_first else (*self.size, channels))
        return photo if self.labels is None else (photo, TensorSpec(self.labels.shape[1:], self.labels.dtype))

    def _read(self, number: int) -> np.ndarray:
        pixels = np.asarray(read_image(self.paths[number], self.color_mode, samples=AS_KERAS), np.float32)
        photo = torch.from_numpy(np.atleast_3d(pixels).transpose(2, 0, 1)[np.newaxis].copy())  # (1, c, h, w)
        found = resized(photo, self.size, self.interpolation, self.fit)[0]
        return (found if self.channels_first else found.permute(1, 2, 0)).contiguous().numpy()


def resized(photos: torch.Tensor, size: tuple[int, int], interpolation: str, fit: str) -> torch.Tensor:
    """Return photos of another size, without smoothing, as `keras.ops.image.resize`.

    Args:
        photos: (n, channels, rows, columns).
        size: (rows, columns).
        interpolation: one of `INTERPOLATIONS`.
        fit: "squash", "crop" or "pad".
    """
    (height, width), (rows, columns) = photos.shape[2:], size
    if fit == "crop":
        kept_height = max(min(height, int(width * rows / columns)), 1)
        kept_width = max(min(width, int(height * columns / rows)), 1)
        top, left = (height - kept_height) // 2, (width - kept_width) // 2
        photos = photos[:, :, top : top + kept_height, left : left + kept_width]
    if fit == "pad":
        above = (max(height, int(width * rows / columns)) - height) // 2
        beside = (max(width, int(height * columns / rows)) - width) // 2
        photos = functional.pad(photos, (beside, beside, above, above))
    align = None if interpolation == "nearest" else False
    return functional.interpolate(photos, size, mode=INTERPOLATIONS[interpolation], align_corners=align)
