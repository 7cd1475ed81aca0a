"""Rows of float values into a batch of floats, of bytes, or of bfloat16 as its 16 bits: what differs by the batch's type.

For compiled functions only: Numba chooses by the type of `target`.
"""

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload


def line_of(line: np.ndarray, target: np.ndarray, in_place: bool) -> np.ndarray:
    """Return where a row of float32 is best written: in a batch of floats its own place, else `line`.

    Args:
        line: float32, plain.
        target: plain, begins with the row; float32, uint8 or uint16.
        in_place: whether more than the row may be written.
    """
    raise NotImplementedError


@overload(line_of)
def _line_of(line: Any, target: Any, in_place: Any) -> Any:
    if target.dtype == types.float32:

        def choose(line: Any, target: Any, in_place: Any) -> Any:
            return target if in_place else line

    else:

        def choose(line: Any, target: Any, in_place: Any) -> Any:
            return line

    return choose


def write_line(line: np.ndarray, target: np.ndarray, in_place: bool) -> None:
    """Write the first values of a row, as many as `target` holds, in its type, unless `line_of` gave their place.

    Args:
        line: float32, plain.
        target: plain; float32, uint8 (rounded to even, below 0 and above 255 cut off), or uint16 for bfloat16 (rounded
            to even).
        in_place: as for `line_of`.
    """
    raise NotImplementedError


@overload(write_line)
def _write_line(line: Any, target: Any, in_place: Any) -> Any:
    if target.dtype == types.float32:

        def write(line: Any, target: Any, in_place: Any) -> Any:
            if not in_place:
                for v in range(target.size):
                    target[v] = line[v]

    elif target.dtype == types.uint8:

        def write(line: Any, target: Any, in_place: Any) -> Any:
            for v in range(target.size):
                target[v] = np.uint8(min(max(np.rint(line[v]), np.float32(0.0)), np.float32(255.0)))

    else:

        def write(line: Any, target: Any, in_place: Any) -> Any:
            bits = line.view(np.uint32)
            for v in range(target.size):
                even = (bits[v] >> np.uint32(16)) & np.uint32(1)
                target[v] = np.uint16((bits[v] + np.uint32(0x7FFF) + even) >> np.uint32(16))

    return write
