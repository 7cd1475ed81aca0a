"""Sliding: where a window lies at each of its places on an image, padding and dilation included."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convolens.arguments import integer, one_of, pair
from convolens.errors import ArgumentError, ShapeError

Padding = tuple[tuple[int, int], tuple[int, int]]  # (top, bottom), (left, right)

MOST_CELLS = 200_000_000  # of a padded image, 1.6 GB as float64


@dataclass(frozen=True)
class Sliding:
    """How a window goes over an image.

    Attributes:
        image: rows and columns of the image, without padding.
        window: rows and columns of the window, in cells that it takes.
        strides: rows and columns from one place to the next.
        padding: rows ((top, bottom), (left, right)) added around the image.
        dilation: rows and columns from one cell of the window to the next; 1 is dense.
        mode: what was asked for: "valid", "same" or "numbers".

    Example:
        >>> sliding = slide("convolve", (6, 6), (3, 3), 2, "same")
        >>> sliding.padding, sliding.places, sliding.corner(1, 2)
        (((0, 1), (0, 1)), (3, 3), (2, 4))
    """

    image: tuple[int, int]
    window: tuple[int, int]
    strides: tuple[int, int]
    padding: Padding
    dilation: tuple[int, int]
    mode: str

    @property
    def padded(self) -> tuple[int, int]:
        """Rows and columns of the padded image."""
        rows, columns = (n + sum(pad) for n, pad in zip(self.image, self.padding, strict=True))
        return rows, columns

    @property
    def span(self) -> tuple[int, int]:
        """Rows and columns that the window reaches over, its gaps included."""
        rows, columns = ((w - 1) * d + 1 for w, d in zip(self.window, self.dilation, strict=True))
        return rows, columns

    @property
    def places(self) -> tuple[int, int]:
        """Rows and columns of the output: floor((image + padding - span) / stride) + 1."""
        rows, columns = (
            (n - span) // stride + 1
            for n, span, stride in zip(self.padded, self.span, self.strides, strict=True)
        )
        return rows, columns

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Return the top left cell, in the padded image, of the window that gives output (row, column).

        Args: as of `Sliding.cut`.
        """
        return row * self.strides[0], column * self.strides[1]

    def cut(self, row: int, column: int) -> tuple[slice, slice]:
        """Return what to cut out of the padded image for output (row, column).

        Args:
            row, column: of the output, counted from 0; not checked (see `check_place`).
        """
        top, left = self.corner(row, column)
        return (
            slice(top, top + self.span[0], self.dilation[0]),
            slice(left, left + self.span[1], self.dilation[1]),
        )

    def shifted(self, row: int, column: int) -> tuple[slice, slice]:
        """Return what to cut out of the padded image for cell (row, column) of the window, at all its places.

        Args:
            row, column: of the window, counted from 0.
        """
        top, left = row * self.dilation[0], column * self.dilation[1]
        return (
            slice(top, top + (self.places[0] - 1) * self.strides[0] + 1, self.strides[0]),
            slice(left, left + (self.places[1] - 1) * self.strides[1] + 1, self.strides[1]),
        )

    def check_place(self, where: str, row: Any, column: Any) -> tuple[int, int]:
        """Return an output cell that is there.

        Args:
            where: what an error begins with.
            row, column: of the output, counted from 0.

        Raises:
            ArgumentError: there is no such cell.
        """
        cell = integer(where, "row", row, minimum=0), integer(where, "column", column, minimum=0)
        if cell[0] >= self.places[0] or cell[1] >= self.places[1]:
            raise ArgumentError(
                f"{where}: the output has {self.places[0]} x {self.places[1]} cells (rows x columns, counted from 0); "
                f"received {cell}."
            )
        return cell


def slide(
    where: str,
    image: tuple[int, int],
    window: tuple[int, int],
    strides: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = "valid",
    dilation: int | Sequence[int] = 1,
    names: tuple[str, str] = ("kernel", "input"),
) -> Sliding:
    """Return how a window goes over an image, every argument checked.

    Args:
        where: what an error begins with.
        image: rows and columns.
        window: rows and columns.
        strides: one integer or (rows, columns), at least 1.
        padding: "valid" (none), "same" (Keras': ceil(image / stride) places, the odd row or column at the
            bottom and right), or how many rows and columns: one, (rows, columns), or (top, bottom, left, right).
        dilation: one integer or (rows, columns), at least 1.
        names: what an error calls the window and the image.

    Raises:
        ArgumentError: an argument out of range. ShapeError: the window is larger than the padded image.

    Example:
        >>> slide("convolve", (5, 5), (3, 3), strides=2, padding=1).places
        (3, 3)
    """
    steps = pair(where, "strides", strides)
    gaps = pair(where, "dilation", dilation)
    mode, pads = _padding(where, padding, image, window, steps, gaps)
    sliding = Sliding(image, window, steps, pads, gaps, mode)
    rows, columns = sliding.padded
    if rows * columns > MOST_CELLS:
        raise ArgumentError(
            f"{where}: the padded {names[1]} would have {rows:,} x {columns:,} cells, more than {MOST_CELLS:,}; "
            "take less padding, or a smaller size."
        )
    if sliding.span[0] > rows or sliding.span[1] > columns:
        reach = "" if gaps == (1, 1) else f" (it reaches over {sliding.span[0]} x {sliding.span[1]})"
        raise ShapeError(
            f"{where}: a {names[0]} of {window[0]} x {window[1]} (rows x columns){reach} is larger than the padded "
            f"{names[1]} of {rows} x {columns}; use a smaller {names[0]}, a larger {names[1]}, or more padding."
        )
    return sliding


def _padding(
    where: str,
    given: Any,
    image: tuple[int, int],
    window: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
) -> tuple[str, Padding]:
    if isinstance(given, str):
        mode = one_of(where, "padding", given.strip().lower(), ("valid", "same"))
        if mode == "valid":
            return mode, ((0, 0), (0, 0))
        from convolens.layers.geometry import same_padding

        rows, columns = (same_padding(image[i], window[i], strides[i], dilation[i]) for i in (0, 1))
        return mode, (rows, columns)
    items = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(items) not in (1, 2, 4):
        raise ArgumentError(
            f"{where}: padding must be 'valid', 'same', one integer, (rows, columns), or (top, bottom, left, right); "
            f"received {given!r}."
        )
    top, *others = (integer(where, "padding", item, minimum=0) for item in items)
    if not others:
        return "numbers", ((top, top), (top, top))
    if len(others) == 1:
        return "numbers", ((top, top), (others[0], others[0]))
    return "numbers", ((top, others[0]), (others[1], others[2]))
