"""blend: the bilinear value of up to four channels at once, in vector instructions.

Numba writes one value at a time, and LLVM does not find the four that belong together; so this one step is written in
LLVM's own words. They are the same on every processor: four 32-bit floats fit the smallest vector unit there is.
Products and sums are not fused, so that every machine rounds alike. Where another version of llvmlite does not know these
words any more, Numba's own take over: the same bits, slower.
"""

import warnings
from collections.abc import Iterable
from typing import Any

import llvmlite
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 4
# Values behind the last that are read, where a pixel and the one beside it are read at once.
BEYOND = 2 * LANES
_FLOAT, _BYTE, _INDEX = ir.FloatType(), ir.IntType(8), ir.IntType(32)


@intrinsic(prefer_literal=True)  # calls in compiled code go without the typing context
def blend(
    typing_context: Any,
    source: Any,
    corner: Any,
    below: Any,
    beside: Any,
    down: Any,
    right: Any,
    factor: Any,
    line: Any,
    position: Any,
) -> Any:
    """Write four bilinear values, times a factor.

    Four values are written whatever the number of channels, so `line` must go on for `LANES` behind the last, and
    `source` for `BEYOND`.

    Args:
        source: a plain array, uint8 or float32.
        corner: int64, where in `source` the values of the pixel above and left begin.
        below, beside: int64, how far behind it the pixels below and to the right are. Where the program has a plain
            number of at most `LANES` for `beside`, both pixels of a row are read at once.
        down, right: float32 in [0, 1], how far the place lies from the corner.
        factor: float32.
        line: a plain float32 array, written.
        position: int64, where in `line` the first value goes.
    """
    signature = types.void(source, corner, below, beside, down, right, factor, line, position)
    return signature, _generate


def _generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    """Write the instructions of one call; what was begun in words that are not known is never read."""
    try:
        return _vectors(context, builder, signature, arguments)
    except (AttributeError, NotImplementedError, TypeError) as error:  # what a changed interface raises
        warnings.warn(
            f"llvmlite {llvmlite.__version__}: augmentation is slower than it could be ({error})",
            stacklevel=2,
        )
        return context.compile_internal(builder, plain_blend, signature, arguments)


def plain_blend(
    source: Any,
    corner: Any,
    below: Any,
    beside: Any,
    down: Any,
    right: Any,
    factor: Any,
    line: Any,
    position: Any,
) -> None:
    """Do what `blend` does, value by value; arguments as there."""
    for lane in range(LANES):
        place = corner + lane
        one, other = np.float32(source[place]), np.float32(source[place + beside])
        under, beyond = np.float32(source[place + below]), np.float32(source[place + below + beside])
        one += (under - one) * down
        other += (beyond - other) * down
        line[position + lane] = (one + (other - one) * right) * factor


def _vectors(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    """Write the instructions of one call on vectors."""
    source, corner, below, beside, down, right, factor, line, position = arguments
    of_bytes = signature.args[0].dtype == types.uint8
    source = context.make_array(signature.args[0])(context, builder, source).data
    line = context.make_array(signature.args[7])(context, builder, line).data

    def all_lanes(value: ir.Value, lanes: int) -> ir.Value:
        one = builder.insert_element(_undefined(lanes), value, ir.Constant(_INDEX, 0))
        return builder.shuffle_vector(one, _undefined(lanes), _indices([0] * lanes))

    def values(offset: ir.Value, lanes: int) -> ir.Value:
        kind = ir.VectorType(_BYTE if of_bytes else _FLOAT, lanes)
        read = builder.load(builder.bitcast(builder.gep(source, [offset]), kind.as_pointer()))
        read.align = 1 if of_bytes else 4
        return builder.uitofp(read, ir.VectorType(_FLOAT, lanes)) if of_bytes else read

    def between(one: ir.Value, other: ir.Value, share: ir.Value) -> ir.Value:
        return builder.fadd(one, builder.fmul(builder.fsub(other, one), share))

    under = builder.add(corner, below)
    step = getattr(signature.args[3], "literal_value", None)
    if step is not None and step <= LANES:
        lanes = 2 * LANES
        pair = between(values(corner, lanes), values(under, lanes), all_lanes(down, lanes))
        first, second = (
            builder.shuffle_vector(pair, _undefined(lanes), _indices(range(start, start + LANES)))
            for start in (0, step)
        )
    else:
        first, second = (
            between(values(upper, LANES), values(lower, LANES), all_lanes(down, LANES))
            for upper, lower in ((corner, under), (builder.add(corner, beside), builder.add(under, beside)))
        )
    blended = builder.fmul(between(first, second, all_lanes(right, LANES)), all_lanes(factor, LANES))
    place = builder.bitcast(builder.gep(line, [position]), ir.VectorType(_FLOAT, LANES).as_pointer())
    builder.store(blended, place).align = 4
    return context.get_dummy_value()


def _undefined(lanes: int) -> ir.Constant:
    return ir.Constant(ir.VectorType(_FLOAT, lanes), ir.Undefined)


def _indices(numbers: Iterable[int]) -> ir.Constant:
    chosen = list(numbers)
    return ir.Constant(ir.VectorType(_INDEX, len(chosen)), chosen)
