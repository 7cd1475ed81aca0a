"""Crop: a few pixels of a photo, at a place that is given, or where most is to be seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.studio.pictures.chosen import Chosen
from convolens.studio.shared import Studio

CHANNELS = ("grey", "red", "green", "blue")


@dataclass(frozen=True)
class Crop:
    """Pixels of a photo that was made smaller.

    Attributes:
        pixels: uint8 (rows, columns).
        top, left: its place in the photo as it was made smaller.
        shape: (rows, columns) of that photo.
    """

    pixels: np.ndarray
    top: int
    left: int
    shape: tuple[int, int]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, without the pixels."""
        rows, columns = self.pixels.shape
        return {
            "top": self.top,
            "left": self.left,
            "rows": rows,
            "columns": columns,
            "of": list(self.shape),
        }


def crop(
    studio: Studio,
    photo: Chosen,
    side: int,
    longest: int,
    channel: str,
    place: tuple[int, int] | None,
) -> Crop:
    """Return a square of a photo.

    Args:
        studio: that keeps the small photo.
        photo: which.
        side: rows and columns of the square; fewer where the photo has fewer.
        longest: pixels of the photo's longer side, as it is made smaller first.
        channel: one of `CHANNELS`.
        place: its top left pixel, brought inside; None takes where the pixels differ most.
    """
    grey = channel == "grey"
    key = photo.id, photo.state, longest, grey
    small: np.ndarray = studio.kept.of("small photos", 8).get(
        key, lambda: photo.scaled(longest, "grayscale" if grey else "rgb")
    )
    values = small[..., 0 if grey else CHANNELS.index(channel) - 1]
    rows, columns = min(side, values.shape[0]), min(side, values.shape[1])
    top, left = busiest(values, rows, columns) if place is None else place
    top = max(0, min(top, values.shape[0] - rows))
    left = max(0, min(left, values.shape[1] - columns))
    return Crop(
        values[top : top + rows, left : left + columns],
        top,
        left,
        (int(values.shape[0]), int(values.shape[1])),
    )


def busiest(values: np.ndarray, rows: int, columns: int) -> tuple[int, int]:
    """Return the top left pixel of the window whose values vary most; the first of several.

    Example:
        >>> busiest(np.array([[0, 0, 0], [0, 0, 9]], np.uint8), 1, 2)
        (1, 1)
    """
    exact = values.astype(np.float64)

    def sums(of: np.ndarray) -> np.ndarray:
        total = np.pad(of, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        found: np.ndarray = (
            total[rows:, columns:]
            - total[:-rows, columns:]
            - total[rows:, :-columns]
            + total[:-rows, :-columns]
        )
        return found

    count = rows * columns
    variance = sums(exact**2) / count - (sums(exact) / count) ** 2
    place = np.unravel_index(np.round(variance, 6).argmax(), variance.shape)
    return int(place[0]), int(place[1])
