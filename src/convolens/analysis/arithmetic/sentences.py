"""Sentences: matrices and cells as text, for people."""

import math

import numpy as np

from convolens.analysis.arithmetic.convolution import Convolution, ConvolutionCell
from convolens.analysis.arithmetic.pooling import Pooling, PoolingCell
from convolens.analysis.arithmetic.sliding import Sliding


def number(value: float) -> str:
    """Return a number as people write it: whole ones in full, others with five digits; "." for NaN (nothing there).

    Example:
        >>> number(-3.0), number(1 / 3), number(float("nan"))
        ('-3', '0.33333', '.')
    """
    if math.isnan(value):
        return "."
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.5g}"


def matrix_lines(values: np.ndarray) -> list[str]:
    """Return a matrix (rows, columns) as lines with aligned columns.

    Example:
        >>> matrix_lines(np.array([[5, -1.5], [10, 0]]))
        [' 5  -1.5', '10     0']
    """
    cells = [[number(float(value)) for value in row] for row in values]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in cells]


def summary(values: np.ndarray) -> str:
    """Return the range of some values in words; NaN does not count.

    Example:
        >>> summary(np.array([[1.0, 2.0, 6.0]]))
        'minimum 1, maximum 6, mean 3'
    """
    return (
        f"minimum {number(float(np.nanmin(values)))}, maximum {number(float(np.nanmax(values)))}, "
        f"mean {number(float(np.nanmean(values)))}"
    )


def products_text(cell: ConvolutionCell) -> str:
    """Return "5*-1 + 1*0 + ...", row by row, the channels one after the other.

    Example:
        >>> from convolens.analysis.arithmetic import convolve
        >>> products_text(convolve([[5, 1], [3, 4]], [[-1, 0], [2, 1]]).cell(0, 0))
        '5*-1 + 1*0 + 3*2 + 4*1'
    """
    channels = cell.values.shape[2]
    parts = [
        " + ".join(
            f"{number(float(value))}*{number(float(weight))}"
            for value, weight in zip(
                cell.values[..., channel].flat, cell.weights[..., channel].flat, strict=True
            )
        )
        for channel in range(channels)
    ]
    if channels == 1:
        return parts[0]
    return " + ".join(f"[channel {channel}: {part}]" for channel, part in enumerate(parts))


def cell_text(convolution: Convolution, cell: ConvolutionCell) -> str:
    """Return all the steps of one cell of a feature map.

    Example:
        >>> from convolens.analysis.arithmetic import convolve
        >>> steps = convolve([[5, 1]], [[-1, 1]], bias=1, activation="relu")
        >>> cell_text(steps, steps.cell(0, 0))
        '(0,0): 5*-1 + 1*1 = -4; + bias 1 = -3; relu: 0'
    """
    return f"{place_text(cell, convolution.result.shape[2])}: {products_text(cell)} {ending_text(convolution, cell)}"


def ending_text(convolution: Convolution, cell: ConvolutionCell) -> str:
    """Return what follows the products of a cell: sum, bias and activation, where there are some."""
    text = f"= {number(cell.sum)}"
    if convolution.bias.any():
        text += f"; + bias {number(cell.bias)} = {number(cell.sum + cell.bias)}"
    if convolution.activation != "linear":
        text += f"; {convolution.activation}: {number(cell.value)}"
    return text


def pooling_text(pooling: Pooling, cell: PoolingCell) -> str:
    """Return the steps of one cell of a pooled map.

    Example:
        >>> from convolens.analysis.arithmetic import pool
        >>> pooling = pool([[5, 1], [3, 4]], "average")
        >>> pooling_text(pooling, pooling.cell(0, 0))
        '(0,0): average(5, 1, 3, 4) = 3.25'
    """
    counted = [number(float(value)) for value in cell.values.flat if not math.isnan(value)]
    where = place_text(cell, pooling.result.shape[2])
    return f"{where}: {pooling.kind}({', '.join(counted)}) = {number(cell.value)}"


def place_text(cell: ConvolutionCell | PoolingCell, channels: int) -> str:
    """Return "(row,column)", with the channel where there are several."""
    where = f"({cell.row},{cell.column})"
    return f"{where} channel {cell.channel}" if channels > 1 else where


def sliding_text(sliding: Sliding) -> str:
    """Return stride, padding and dilation in words.

    Example:
        >>> from convolens.analysis.arithmetic import pool
        >>> sliding_text(pool([[5, 1], [3, 4]], padding="same", strides=1).sliding)
        'stride 1, padding same (1 below, 1 right)'
    """
    words = [f"stride {_one_or_two(sliding.strides)}", f"padding {_padding_text(sliding)}"]
    if sliding.dilation != (1, 1):
        words.append(f"dilation {_one_or_two(sliding.dilation)}")
    return ", ".join(words)


def _one_or_two(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} x {pair[1]}"


def _padding_text(sliding: Sliding) -> str:
    (top, bottom), (left, right) = sliding.padding
    sides = {"above": top, "below": bottom, "left": left, "right": right}
    there = [f"{count} {side}" for side, count in sides.items() if count]
    if top == bottom == left == right:
        around = f"{top} on each side"
    else:
        around = ", ".join(there)
    if sliding.mode == "numbers":
        return around if there else "0"
    return f"{sliding.mode} ({around})" if there else sliding.mode
