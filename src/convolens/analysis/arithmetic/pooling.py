"""pool: max or average pooling with every step kept."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.arithmetic.convolution import as_image
from convolens.analysis.arithmetic.sliding import Sliding, slide
from convolens.arguments import one_of, pair
from convolens.errors import ArgumentError

KINDS = ("max", "average")


@dataclass(frozen=True, eq=False)
class PoolingCell:
    """How one cell of a pooled map came about.

    Attributes:
        row, column, channel: its place in the pooled map.
        top, left: where its window begins in the padded map.
        values: what lies below the window (rows, columns); NaN where nothing is, which does not count.
        value: their largest, or their mean.
    """

    row: int
    column: int
    channel: int
    top: int
    left: int
    values: np.ndarray
    value: float


@dataclass(frozen=True, eq=False)
class Pooling:
    """A pooling and its steps; all arrays are float64 (rows, columns, channels).

    Attributes:
        image: what is pooled.
        padded: with its padding: NaN, which does not count; or the edge again (`repeats_edge`).
        kind: "max" or "average".
        repeats_edge: True for "average" with a "same" padding that is not equal on both sides.
        sliding: where the windows lie.
        result: the pooled map.
    """

    image: np.ndarray
    padded: np.ndarray
    kind: str
    repeats_edge: bool
    sliding: Sliding
    result: np.ndarray

    def cell(self, row: int, column: int, channel: int = 0) -> PoolingCell:
        """Return the steps of one cell of the pooled map.

        Args:
            row, column, channel: of the pooled map, counted from 0.

        Raises:
            ArgumentError: there is no such cell.

        Example:
            >>> cell = pool([[5, 1], [3, 4]]).cell(0, 0)
            >>> cell.values.tolist(), cell.value
            ([[5.0, 1.0], [3.0, 4.0]], 5.0)
        """
        row, column = self.sliding.check_place("Pooling.cell", row, column)
        if not 0 <= channel < self.result.shape[2]:
            raise ArgumentError(
                f"Pooling.cell: channel must be in 0..{self.result.shape[2] - 1}; received {channel}."
            )
        values = self.padded[self.sliding.cut(row, column)][..., channel]  # (window rows, window columns)
        return PoolingCell(
            row,
            column,
            channel,
            *self.sliding.corner(row, column),
            values,
            float(self.result[row, column, channel]),
        )


def pool(
    image: Any,
    kind: str = "max",
    pool_size: int | Sequence[int] = 2,
    strides: int | Sequence[int] | None = None,
    padding: str | int | Sequence[int] = "valid",
) -> Pooling:
    """Return the largest value, or the mean, of each window, with the steps.

    Padding does not count: it is never the largest, and is no part of a mean (torch: `count_include_pad=False`).
    With "same" padding that is not equal on both sides, "average" repeats the last row or column, as
    `AveragePooling2D` and Keras on torch do.

    Args:
        image: (rows, columns) or (rows, columns, channels); each channel by itself.
        kind: "max" or "average".
        pool_size: the window w, one integer or (rows, columns).
        strides: the step s; None is `pool_size`.
        padding: "valid", "same", or numbers smaller than the window: one, (rows, columns), or (top, bottom, left,
            right).

    Raises:
        ArgumentError: an argument out of range. ShapeError: a window larger than the padded map.

    Source: Keras' MaxPooling2D and AveragePooling2D.

    Example:
        >>> pool([[5, 1, 3, 5], [3, 4, 4, 0]]).result[..., 0].tolist()
        [[5.0, 5.0]]
    """
    values = as_image("pool", image)
    kind = one_of("pool", "kind", kind, KINDS)
    window = pair("pool", "pool_size", pool_size)
    steps = window if strides is None else strides
    names = ("pooling window", "feature map")
    sliding = slide("pool", (values.shape[0], values.shape[1]), window, steps, padding, names=names)
    if any(max(pad) >= size for pad, size in zip(sliding.padding, window, strict=True)):
        raise ArgumentError(
            f"pool: padding must be smaller than the window of {window[0]} x {window[1]}, or a window would hold "
            f"nothing; received {padding!r}."
        )
    uneven = any(before != after for before, after in sliding.padding)
    repeats_edge = kind == "average" and sliding.mode == "same" and uneven
    widths = (*sliding.padding, (0, 0))
    padded = (
        np.pad(values, widths, mode="edge")
        if repeats_edge
        else np.pad(values, widths, constant_values=math.nan)
    )
    result = _largest(padded, sliding) if kind == "max" else _mean(padded, sliding)
    return Pooling(values, padded, kind, repeats_edge, sliding, result)


def _largest(padded: np.ndarray, sliding: Sliding) -> np.ndarray:
    result = np.full((*sliding.places, padded.shape[2]), -math.inf)
    for row, column in np.ndindex(*sliding.window):
        result = np.fmax(result, padded[sliding.shifted(row, column)])  # fmax takes the number beside a NaN
    return result


def _mean(padded: np.ndarray, sliding: Sliding) -> np.ndarray:
    total = np.zeros((*sliding.places, padded.shape[2]))
    count = np.zeros_like(total)
    for row, column in np.ndindex(*sliding.window):
        below = padded[sliding.shifted(row, column)]
        there = ~np.isnan(below)
        total += np.where(there, below, 0.0)
        count += there
    return total / count
