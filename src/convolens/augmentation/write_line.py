"""write_line: a row of float values into a batch of floats, of bytes, or of bfloat16 as its 16 bits."""

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload


def write_line(line: np.ndarray, target: np.ndarray) -> None:
    """Write the first values of a row, as many as `target` holds, in its type; for compiled functions only.

    Args:
        line: float32, plain.
        target: plain; float32, uint8 (rounded to even, below 0 and above 255 cut off), or uint16 for bfloat16 (rounded
            to even).
    """
    raise NotImplementedError


@overload(write_line)
def _write_line(line: Any, target: Any) -> Any:
    if target.dtype == types.float32:

        def write(line: Any, target: Any) -> Any:
            for v in range(target.size):
                target[v] = line[v]

    elif target.dtype == types.uint8:

        def write(line: Any, target: Any) -> Any:
            for v in range(target.size):
                target[v] = np.uint8(min(max(np.rint(line[v]), np.float32(0.0)), np.float32(255.0)))

    else:

        def write(line: Any, target: Any) -> Any:
            bits = line.view(np.uint32)
            for v in range(target.size):
                even = (bits[v] >> np.uint32(16)) & np.uint32(1)
                target[v] = np.uint16((bits[v] + np.uint32(0x7FFF) + even) >> np.uint32(16))

    return write
