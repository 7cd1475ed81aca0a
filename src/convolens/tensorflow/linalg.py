"""`tf.linalg`, and the products of matrices that `tf` itself has."""

from typing import Any

import torch

from convolens import ops
from convolens.missing import answer_for
from convolens.ops.operation import operation
from convolens.tensorflow.top.spelling import all_spelt

_SPELT = ("det", "einsum", "inv", "tensordot")
_OWN = ("band_part", "diag", "diag_part", "matmul", "matrix_transpose", "matvec", "norm", "trace")
globals().update(all_spelt(_SPELT, {"a": "x1", "b": "x2", "input": "x"}))
__all__ = sorted({*_SPELT, *_OWN})


__getattr__ = answer_for(__name__)


@operation(2)
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
) -> Any:
    """Return the product of matrices.

    Args:
        a, b: matrices, or stacks of them.
        transpose_a, transpose_b, adjoint_a, adjoint_b: whether rows and columns of it are exchanged first.
    """
    a = torch.swapaxes(a, -1, -2) if transpose_a or adjoint_a else a
    b = torch.swapaxes(b, -1, -2) if transpose_b or adjoint_b else b
    return ops.matmul(a, b)


@operation(1)
def trace(x: Any) -> Any:
    """Return the sums of the diagonals of matrices, which lie in the last two axes."""
    return ops.trace(x, 0, -2, -1)


@operation(2)
def matvec(a: Any, b: Any) -> Any:
    """Return the products of matrices and rows of numbers.

    Args:
        a: matrices.
        b: as many rows.
    """
    return torch.matmul(a, b[..., None])[..., 0]


@operation(1)
def matrix_transpose(a: Any) -> Any:
    """Return matrices with rows and columns exchanged."""
    return torch.swapaxes(a, -1, -2)


@operation(1)
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False) -> Any:
    """Return the length of vectors, or the norm of matrices.

    Args:
        tensor: numbers.
        ord: "euclidean", 1, 2, `numpy.inf` or another number.
        axis: one axis, or two; None for all.
        keepdims: whether the axes stay, of size 1.
    """
    return ops.norm(
        tensor if ord in ("euclidean", "fro") or axis is not None else tensor.reshape(-1), ord, axis, keepdims
    )


@operation(1)
def diag(diagonal: Any) -> Any:
    """Return matrices with rows of numbers on their diagonals."""
    return torch.diag_embed(diagonal)


@operation(1)
def diag_part(input: Any) -> Any:
    """Return the diagonals of matrices."""
    return torch.diagonal(input, dim1=-2, dim2=-1)


@operation(1)
def band_part(input: Any, num_lower: int, num_upper: int) -> Any:
    """Return matrices with zeros outside a band around the diagonal.

    Args:
        input: matrices.
        num_lower, num_upper: how far the band goes below and above; all of it for a negative number.
    """
    x = torch.tril(input, int(num_upper)) if num_upper >= 0 else input
    return torch.triu(x, -int(num_lower)) if num_lower >= 0 else x
