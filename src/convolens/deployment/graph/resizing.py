"""Resizing: Pillow's resize in ONNX's operators, to the byte, so that an exported graph takes photos of any size.

Pillow resizes by a weighted mean along each row, and along each column. The weights are whole numbers of 22 binary places, and what is
between the two is rounded to bytes; so is what comes out. The same numbers stand here as two products of matrices.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx_ir as ir

from convolens.data.decoding.preprocessing import Preprocessing

Op = Any  # onnxscript's `OpBuilder`: each call adds a node to a graph
_PLACES = 22  # of the weights, after the binary point
_LOW = 256.0  # weights are split by it, so that sums of either part stay below 2**24, which float32 holds exactly
_GREY = (19595, 38470, 7471)  # of 65,536: what red, green and blue give to a grey
_DOUBLE, _FLOAT = ir.DataType.DOUBLE, ir.DataType.FLOAT


def add_resizing(op: Op, pixels: ir.Value, preprocessing: Preprocessing) -> ir.Value:
    """Add to a graph what makes of photos the bytes that a run's preprocessing makes of them.

    Args:
        op: of the graph.
        pixels: uint8 (n, rows, columns, 3).
        preprocessing: of the run; its `size`, `resize`, `interpolation` and `color_mode` are used.

    Returns:
        uint8 (n, channels, *size).

    Source: Pillow's `Resample.c` and `ImageOps`, whose pixels these are; a test holds that they are equal.
    """
    x = op.Transpose(pixels, perm=[0, 3, 1, 2])  # (n, 3, rows, columns)
    if preprocessing.color_mode == "grayscale":
        shares = constant(op, np.array(_GREY, np.int32).reshape(1, 3, 1, 1))
        grey = op.ReduceSum(op.Mul(op.Cast(x, to=ir.DataType.INT32), shares), [1], keepdims=1)
        x = op.Cast(op.Div(op.Add(grey, 0x8000), 0x10000), to=ir.DataType.UINT8)  # (n, 1, rows, columns)
    rows, columns = op.Shape(x, start=2, end=3), op.Shape(x, start=3, end=4)  # int64 (1,)
    high, wide = preprocessing.size
    is_of_size = op.And(op.Equal(rows, [high]), op.Equal(columns, [wide]))
    return _either(
        op, is_of_size, lambda op: op.Identity(x), lambda op: _resized(op, x, rows, columns, preprocessing)
    )


def constant(op: Op, values: np.ndarray) -> ir.Value:
    """Add numbers to a graph."""
    added: ir.Value = op.Constant(value=ir.tensor(values))
    return added


def _either(
    op: Op, condition: ir.Value, then: Callable[[Op], ir.Value], other: Callable[[Op], ir.Value]
) -> ir.Value:
    """Add a choice that is made as the graph runs; each branch gives uint8."""

    def branch(trace: Callable[[Op], ir.Value], name: str) -> ir.Graph:
        out = ir.Value(name=f"{name}_{id(trace)}", type=ir.TensorType(ir.DataType.UINT8))
        graph: ir.Graph = op.builder.subgraph(trace, [], [out], name=name)
        return graph

    chosen: ir.Value = op.If(
        op.Squeeze(condition), then_branch=branch(then, "then"), else_branch=branch(other, "otherwise")
    )
    return chosen


def _resized(
    op: Op, x: ir.Value, rows: ir.Value, columns: ir.Value, preprocessing: Preprocessing
) -> ir.Value:
    high, wide = op.Cast(rows, to=_DOUBLE), op.Cast(columns, to=_DOUBLE)
    down, across = _windows(op, high, wide, preprocessing)
    length = {2: rows, 3: columns}
    window = {2: down, 3: across}

    def along(op: Op, x: ir.Value, axis: int) -> ir.Value:
        if preprocessing.interpolation == "nearest":
            return _nearest(op, x, window[axis], axis)
        return _mean(op, x, length[axis], window[axis], axis, _FILTERS[preprocessing.interpolation])

    # Pillow 13 resizes a tall photo along its columns first, which rounds differently
    taller, wider = op.Sub(high, down.kept), op.Sub(wide, across.kept)
    tall = op.And(op.Greater(taller, 0.0), op.Greater(taller, op.Mul(wider, 2.0)))
    return _either(
        op, tall, lambda op: along(op, along(op, x, 2), 3), lambda op: along(op, along(op, x, 3), 2)
    )


@dataclass(frozen=True)
class _Window:
    """Which stretch of a side is seen, and which of the places it becomes; each float64 (1,).

    Attributes:
        begin: of the stretch, in pixels.
        scale: pixels a place.
        first, kept: it becomes so many places from the first on; the others are black.
        places: there are.
    """

    begin: ir.Value
    scale: ir.Value
    first: ir.Value
    kept: ir.Value
    places: int


def _window(op: Op, begin: ir.Value, end: ir.Value, first: ir.Value, kept: ir.Value, places: int) -> _Window:
    """Return a stretch whose ends are float32, as Pillow keeps them."""
    begin, end = op.Cast(begin, to=_FLOAT), op.Cast(end, to=_FLOAT)
    scale = op.Div(op.Cast(op.Sub(end, begin), to=_DOUBLE), kept)
    return _Window(op.Cast(begin, to=_DOUBLE), scale, first, kept, places)


def _windows(op: Op, high: ir.Value, wide: ir.Value, preprocessing: Preprocessing) -> tuple[_Window, _Window]:
    """Return what becomes of the rows and of the columns."""
    rows, columns = preprocessing.size
    none, all_rows, all_columns = (constant(op, np.array([n], np.float64)) for n in (0, rows, columns))
    ratio = op.Div(wide, high)
    if preprocessing.resize == "crop":  # as ImageOps.fit
        is_wide = op.GreaterOrEqual(ratio, columns / rows)
        cut_wide = op.Where(is_wide, op.Mul(high, columns / rows), wide)
        cut_high = op.Where(is_wide, high, op.Div(wide, columns / rows))
        top, left = op.Mul(op.Sub(high, cut_high), 0.5), op.Mul(op.Sub(wide, cut_wide), 0.5)
        return (
            _window(op, top, op.Add(top, cut_high), none, all_rows, rows),
            _window(op, left, op.Add(left, cut_wide), none, all_columns, columns),
        )
    kept_rows, kept_columns = all_rows, all_columns
    if preprocessing.resize == "pad":  # as ImageOps.pad
        is_wide = op.Greater(ratio, columns / rows)
        kept_rows = op.Where(is_wide, op.Round(op.Mul(op.Div(high, wide), float(columns))), all_rows)
        kept_columns = op.Where(is_wide, all_columns, op.Round(op.Mul(ratio, float(rows))))
    above = op.Round(op.Mul(op.Sub(all_rows, kept_rows), 0.5))
    before = op.Round(op.Mul(op.Sub(all_columns, kept_columns), 0.5))
    return _window(op, none, high, above, kept_rows, rows), _window(
        op, none, wide, before, kept_columns, columns
    )


def _mean(
    op: Op,
    x: ir.Value,
    length: ir.Value,
    window: _Window,
    axis: int,
    shape: tuple[Callable[[Op, ir.Value], ir.Value], float],
) -> ir.Value:
    """Return x, uint8 (n, c, rows, columns), with the window's places along an axis."""
    weights = _weights(op, length, window, *shape)  # (places, length)
    high = op.Floor(op.Div(op.Add(weights, _LOW / 2), _LOW))
    low = op.Sub(weights, op.Mul(high, _LOW))
    parts = op.Cast(op.Concat(high, low, axis=0), to=_FLOAT)  # (2 * places, length)
    x = op.Cast(x, to=_FLOAT)
    sums = op.MatMul(parts, x) if axis == 2 else op.MatMul(x, op.Transpose(parts, perm=[1, 0]))
    high, low = op.Split(op.Cast(sums, to=ir.DataType.INT32), num_outputs=2, axis=axis, _outputs=2)
    whole = op.Add(op.Add(op.Mul(high, int(_LOW)), low), 2 ** (_PLACES - 1))
    byte = op.Div(whole, 2**_PLACES)  # towards 0, where Pillow rounds down: only what is below 0 differs
    return op.Cast(op.Clip(byte, 0, 255), to=ir.DataType.UINT8)


def _weights(
    op: Op, length: ir.Value, window: _Window, shape: Callable[[Op, ir.Value], ir.Value], reach: float
) -> ir.Value:
    """Return how much each pixel gives to each place: whole numbers, float64 (places, length)."""
    place = op.Sub(
        constant(op, np.arange(window.places, dtype=np.float64)[:, np.newaxis]), window.first
    )  # (places, 1)
    pixel = op.Cast(op.Range(0, op.Squeeze(length), 1), to=_DOUBLE)  # (length,)
    centre = op.Add(window.begin, op.Mul(op.Add(place, 0.5), window.scale))
    stretch = op.Max(window.scale, 1.0)
    far = op.Mul(stretch, reach)
    given = shape(op, op.Mul(op.Add(op.Sub(pixel, centre), 0.5), op.Div(1.0, stretch)))
    seen = op.And(
        op.GreaterOrEqual(pixel, op.Floor(op.Add(op.Sub(centre, far), 0.5))),
        op.Less(pixel, op.Floor(op.Add(op.Add(centre, far), 0.5))),
    )
    given = op.Where(op.And(seen, _is_kept(op, place, window)), given, 0.0)
    total = op.ReduceSum(given, [1], keepdims=1)
    share = op.Mul(op.Div(given, op.Where(op.Equal(total, 0.0), 1.0, total)), float(2**_PLACES))
    return op.Where(op.Less(share, 0.0), op.Ceil(op.Sub(share, 0.5)), op.Floor(op.Add(share, 0.5)))


def _is_kept(op: Op, place: ir.Value, window: _Window) -> ir.Value:
    return op.And(op.GreaterOrEqual(place, 0.0), op.Less(place, window.kept))


def _nearest(op: Op, x: ir.Value, window: _Window, axis: int) -> ir.Value:
    """Return x, uint8 (n, c, rows, columns), with the window's places along an axis."""
    place = op.Sub(constant(op, np.arange(window.places, dtype=np.float64)), window.first)
    begin = op.Add(window.begin, op.Mul(window.scale, 0.5))
    steps = op.Where(op.Equal(place, 0.0), begin, op.Where(op.Greater(place, 0.0), window.scale, 0.0))
    seen = _is_kept(op, place, window)
    pixel = op.Where(seen, op.Floor(op.CumSum(steps, 0)), 0.0)  # as Pillow adds the steps up, one by one
    found = op.Gather(x, op.Cast(pixel, to=ir.DataType.INT64), axis=axis)
    ones = [-1 if i == axis else 1 for i in range(4)]
    return op.Where(op.Reshape(seen, ones), found, constant(op, np.zeros((), np.uint8)))


def _box(op: Op, x: ir.Value) -> ir.Value:
    return op.Cast(op.And(op.Greater(x, -0.5), op.LessOrEqual(x, 0.5)), to=_DOUBLE)


def _bilinear(op: Op, x: ir.Value) -> ir.Value:
    return op.Max(op.Sub(1.0, op.Abs(x)), 0.0)


def _hamming(op: Op, x: ir.Value) -> ir.Value:
    waved = op.Mul(op.Cos(op.Mul(x, math.pi)), float(np.float32(0.46)))
    return op.Where(
        op.Less(op.Abs(x), 1.0), op.Mul(_sinc(op, x), op.Add(waved, float(np.float32(0.54)))), 0.0
    )


def _bicubic(op: Op, x: ir.Value) -> ir.Value:
    x = op.Abs(x)  # a = -0.5
    near = op.Add(op.Mul(op.Mul(op.Sub(op.Mul(x, 1.5), 2.5), x), x), 1.0)
    far = op.Mul(op.Sub(op.Mul(op.Add(op.Mul(op.Sub(x, 5.0), x), 8.0), x), 4.0), -0.5)
    return op.Where(op.Less(x, 1.0), near, op.Where(op.Less(x, 2.0), far, 0.0))


def _lanczos(op: Op, x: ir.Value) -> ir.Value:
    is_near = op.And(op.GreaterOrEqual(x, -3.0), op.Less(x, 3.0))
    return op.Where(is_near, op.Mul(_sinc(op, x), _sinc(op, op.Div(x, 3.0))), 0.0)


def _sinc(op: Op, x: ir.Value) -> ir.Value:
    is_zero = op.Equal(x, 0.0)
    angle = op.Mul(op.Where(is_zero, 1.0, x), math.pi)
    return op.Where(is_zero, 1.0, op.Div(op.Sin(angle), angle))


_FILTERS: dict[str, tuple[Callable[[Op, ir.Value], ir.Value], float]] = {  # and how far each reaches
    "box": (_box, 0.5),
    "bilinear": (_bilinear, 1.0),
    "hamming": (_hamming, 1.0),
    "bicubic": (_bicubic, 2.0),
    "lanczos": (_lanczos, 3.0),
}
