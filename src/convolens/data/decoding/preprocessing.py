"""Preprocessing: how a photo becomes a network's input; it travels with the weights."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import integer, number_in, one_of
from convolens.data.decoding.decode import CHANNELS, INTERPOLATIONS, MAX_PIXELS, RESIZES, read_pixels
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.errors import ArgumentError

_RESIZED = {
    "squash": "squashed whatever the proportions",
    "crop": "proportions kept, cut at both ends where they differ",
    "pad": "proportions kept, black added at both ends where they differ",
}


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the network's input: decoded, brought to the size and times `rescale`.

    Attributes:
        size: (rows, columns) in pixels.
        resize: "squash" (both sides scaled, whatever the proportions), "crop" or "pad".
        interpolation: the filter of the resize.
        color_mode: "rgb", "grayscale" or "rgba".
        rescale: factor on the bytes 0 to 255.
        samples: how the values of a file become bytes, and what lies behind transparency.
    """

    size: tuple[int, int]
    color_mode: str = "rgb"
    interpolation: str = "bilinear"
    resize: str = "squash"
    rescale: float = 1 / 255
    samples: Samples = STANDARD

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(rows, columns, channels) of the network's input."""
        return (*self.size, CHANNELS[self.color_mode])

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """Return uint8 (n, h, w, c) as the float32 of the same shape that the network sees.

        Example:
            >>> Preprocessing(size=(1, 1))(np.full((1, 1, 1, 3), 255, np.uint8)).max()
            np.float32(1.0)
        """
        return pixels.astype(np.float32) * np.float32(self.rescale)

    def read(self, path: Path, data: bytes | None = None) -> np.ndarray:
        """Return a photo's file as uint8 (rows, columns, channels) of the size that the network takes.

        Args:
            path: of the file.
            data: its bytes, where they were read already; `path` then only names it.

        Raises:
            MissingFileError, ImageError: it is not there, or cannot be read.
        """
        return read_pixels(
            path,
            self.color_mode,
            self.size,
            self.interpolation,
            shrink_early=True,
            resize=self.resize,
            data=data,
            samples=self.samples,
        )

    def as_table(self) -> dict[str, Any]:
        """Return plain values for model.json, as `of` reads them; runs that stated no rule for samples still state none."""
        table = asdict(self)
        del table["samples"]
        return table if self.samples.by_file else {**table, "samples": self.samples.as_table()}

    def describe(self) -> list[str]:
        """Return lines for people."""
        rows, columns = self.size
        return [
            f"colours: {self.color_mode}, EXIF orientation applied",
            f"size: {rows} x {columns} pixels, {_RESIZED[self.resize]} ({self.interpolation})",
            *self.samples.describe(),
            f"values: bytes x {self.rescale:.6g}, so 0 to {255 * self.rescale:.3g}",
        ]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Preprocessing":
        """Return it from the values in model.json."""
        rows, columns = (integer("model.json", "size", side) for side in given["size"])
        if rows * columns > MAX_PIXELS:
            raise ArgumentError(f"model.json: size {rows} x {columns} is more than {MAX_PIXELS:,} pixels.")
        return cls(
            size=(rows, columns),
            color_mode=one_of("model.json", "color_mode", str(given["color_mode"]), list(CHANNELS)),
            interpolation=one_of(
                "model.json", "interpolation", str(given["interpolation"]), list(INTERPOLATIONS)
            ),
            resize=one_of("model.json", "resize", str(given["resize"]), RESIZES),
            rescale=number_in("model.json", "rescale", given["rescale"], 0.0, math.inf, open_high=True),
            samples=Samples.of(given.get("samples")),
        )
