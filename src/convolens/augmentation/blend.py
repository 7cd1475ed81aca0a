"""blend: the bilinear value of up to four channels at once, in vector instructions.

Numba writes one value at a time, and LLVM does not find the four that belong together; so this one step is written in
LLVM's own words. They are the same on every processor: four 32-bit floats fit the smallest vector unit there is.
Products and sums are not fused, so that every machine rounds alike.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 4
_FLOAT, _BYTE, _INDEX = ir.FloatType(), ir.IntType(8), ir.IntType(32)
_FLOATS = ir.VectorType(_FLOAT, LANES)


@intrinsic  # calls in compiled code go without the typing context
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

    Four values are read and written whatever the number of channels, so both arrays must go on for `LANES` beyond.

    Args:
        source: a plain array, uint8 or float32.
        corner: int64, where in `source` the values of the pixel above and left begin.
        below, beside: int64, how far behind it the pixels below and to the right are.
        down, right: float32 in [0, 1], how far the place lies from the corner.
        factor: float32.
        line: a plain float32 array, written.
        position: int64, where in `line` the first value goes.
    """
    signature = types.void(source, corner, below, beside, down, right, factor, line, position)
    return signature, _generate


def _generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
    """Write the instructions of one call."""
    source, corner, below, beside, down, right, factor, line, position = arguments
    of_bytes = signature.args[0].dtype == types.uint8
    source = context.make_array(signature.args[0])(context, builder, source).data
    line = context.make_array(signature.args[7])(context, builder, line).data

    def all_lanes(value: ir.Value) -> ir.Value:
        undefined = ir.Constant(_FLOATS, ir.Undefined)
        one = builder.insert_element(undefined, value, ir.Constant(_INDEX, 0))
        return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES))

    def pixel(offset: ir.Value) -> ir.Value:
        vector = ir.VectorType(_BYTE if of_bytes else _FLOAT, LANES).as_pointer()
        values = builder.load(builder.bitcast(builder.gep(source, [offset]), vector))
        values.align = 1 if of_bytes else 4
        return builder.uitofp(values, _FLOATS) if of_bytes else values

    def between(one: ir.Value, other: ir.Value, share: ir.Value) -> ir.Value:
        return builder.fadd(one, builder.fmul(builder.fsub(other, one), share))

    downwards, under = all_lanes(down), builder.add(corner, below)
    left = between(pixel(corner), pixel(under), downwards)
    beyond = between(pixel(builder.add(corner, beside)), pixel(builder.add(under, beside)), downwards)
    blended = builder.fmul(between(left, beyond, all_lanes(right)), all_lanes(factor))
    place = builder.bitcast(builder.gep(line, [position]), _FLOATS.as_pointer())
    builder.store(blended, place).align = 4
    return context.get_dummy_value()
