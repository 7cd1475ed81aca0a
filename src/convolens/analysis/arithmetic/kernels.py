"""Kernels by name, as image processing knows them, and kernels typed as numbers."""

from pathlib import Path

import numpy as np

from convolens.analysis.arithmetic.matrices import is_text_file, looks_like_numbers, parse_matrix, read_csv
from convolens.arguments import look_up

Rows = tuple[tuple[float, ...], ...]

_SOBEL: Rows = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
_SCHARR: Rows = ((-3, 0, 3), (-10, 0, 10), (-3, 0, 3))
_PREWITT: Rows = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))
_VERTICAL: Rows = ((1, 0, -1), (1, 0, -1), (1, 0, -1))
_BLUR: Rows = ((1 / 9,) * 3,) * 3
_BINOMIAL = (1, 4, 6, 4, 1)  # 256 = 16 * 16 in sum, nearly a Gaussian

KERNELS: dict[str, Rows] = {
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "sobel": _SOBEL,
    "sobel-x": _SOBEL,  # -x: brighter to the right; -y: brighter below
    "sobel-y": tuple(zip(*_SOBEL, strict=True)),
    "scharr-x": _SCHARR,
    "scharr-y": tuple(zip(*_SCHARR, strict=True)),
    "prewitt-x": _PREWITT,
    "prewitt-y": tuple(zip(*_PREWITT, strict=True)),
    "vertical-edge": _VERTICAL,
    "horizontal-edge": tuple(zip(*_VERTICAL, strict=True)),
    "laplacian": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "edge": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    "blur": _BLUR,
    "box-blur": _BLUR,
    "gaussian-blur": ((1 / 16, 2 / 16, 1 / 16), (2 / 16, 4 / 16, 2 / 16), (1 / 16, 2 / 16, 1 / 16)),
    "gaussian-blur-5": tuple(tuple(a * b / 256 for b in _BINOMIAL) for a in _BINOMIAL),
}


def named_kernel(text: str) -> np.ndarray:
    """Return a kernel from its name, from numbers, or from a text file of them.

    Args:
        text: one of `KERNELS`; or numbers with commas, rows parted by semicolons; or the name of a file of numbers, see `read_csv`.

    Returns:
        float64 (rows, columns).

    Raises:
        UnknownNameError: no such kernel; the nearest is offered. ShapeError, ArgumentError: numbers that are no matrix.

    Example:
        >>> named_kernel("prewitt-x").tolist() == named_kernel("-1,0,1;-1,0,1;-1,0,1").tolist()
        True
    """
    if text not in KERNELS and is_text_file(text):
        return read_csv(Path(text), "kernel")
    if text not in KERNELS and looks_like_numbers(text):
        return parse_matrix(text, "kernel")
    return np.array(look_up("convolve", "kernel", text, KERNELS), dtype=np.float64)
