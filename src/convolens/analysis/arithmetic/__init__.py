"""The arithmetic of a convolution and a pooling, step by step: what is multiplied with what, and where it goes.

Example:
    >>> convolution = convolve([[5, 1, 3], [3, 4, 4], [6, 1, 8]], "prewitt-x")
    >>> convolution.cell(0, 0).products[..., 0].tolist(), convolution.result.item()
    ([[-5.0, 0.0, 3.0], [-3.0, 0.0, 4.0], [-6.0, 0.0, 8.0]], 1.0)
"""

from convolens.analysis.arithmetic.convolution import Convolution, ConvolutionCell, convolve
from convolens.analysis.arithmetic.kernels import KERNELS, named_kernel
from convolens.analysis.arithmetic.matrices import is_text_file, looks_like_numbers, parse_matrix, read_csv
from convolens.analysis.arithmetic.plain import as_dict, count_numbers
from convolens.analysis.arithmetic.pooling import Pooling, PoolingCell, pool
from convolens.analysis.arithmetic.sliding import Sliding

__all__ = [
    "KERNELS",
    "Convolution",
    "ConvolutionCell",
    "Pooling",
    "PoolingCell",
    "Sliding",
    "as_dict",
    "convolve",
    "count_numbers",
    "is_text_file",
    "looks_like_numbers",
    "named_kernel",
    "parse_matrix",
    "pool",
    "read_csv",
]
