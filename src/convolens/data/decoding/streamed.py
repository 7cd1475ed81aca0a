"""StreamedPixels: images that are decoded when they are asked for, for disks without room."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.decoding.decode import CHANNELS, read_pixels
from convolens.threads import TINY, in_threads


class StreamedPixels:
    """`PixelRows`, uint8, of photos that are decoded at every access; holds nothing.

    Args:
        paths: of the photos.
        color_mode, size, interpolation, shrink_early, resize, data, samples: as `read_pixels`.

    Example:
        >>> StreamedPixels([Path("a.jpg")], "rgb", (8, 9), "bilinear", True, "squash").shape
        (1, 8, 9, 3)
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, paths: Sequence[Path], color_mode: str, size: tuple[int, int], *options: Any) -> None:
        self.paths = list(paths)
        self.options = (color_mode, size, *options)
        self.shape = (len(self.paths), *size, CHANNELS[color_mode])

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: slice | np.ndarray, /) -> np.ndarray:
        places = np.arange(len(self.paths))[rows].tolist()
        images = in_threads(lambda i: read_pixels(self.paths[i], *self.options), places, alone_below=TINY)
        return np.stack(images) if images else np.empty((0, *self.shape[1:]), np.uint8)
