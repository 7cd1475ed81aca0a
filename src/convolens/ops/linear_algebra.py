"""Products of matrices and tensors."""

from typing import Any

import torch

from convolens.ops import also_in
from convolens.ops.operation import operation
from convolens.tensor import as_tensor

__all__ = [
    "cholesky",
    "det",
    "dot",
    "einsum",
    "inner",
    "inv",
    "matmul",
    "normalize",
    "outer",
    "solve",
    "svd",
    "tensordot",
    "trace",
    "vdot",
]


@operation(2)
def matmul(x1: Any, x2: Any) -> Any:
    """Return the product of matrices.

    Args:
        x1, x2: matrices, or stacks of them; a row of numbers counts as one.
    """
    return torch.matmul(*_alike(x1, x2))


@operation(2)
def dot(x1: Any, x2: Any) -> Any:
    """Return the sums of products along the last axis of x1 and the last but one of x2.

    Args:
        x1, x2: tensors.
    """
    x1, x2 = _alike(x1, x2)
    if x1.ndim == 0 or x2.ndim == 0:
        return x1 * x2
    return torch.tensordot(x1, x2, ([-1], [-2 if x2.ndim > 1 else 0]))


def _alike(x1: Any, x2: Any) -> tuple[Any, Any]:
    kind = torch.promote_types(x1.dtype.torch, x2.dtype.torch)
    return x1.to(kind), x2.to(kind)


@operation(2)
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the sums of products along axes.

    Args:
        x1, x2: tensors.
        axes: how many of the last of x1 and the first of x2; or two lists of axes.
    """
    pair = axes if isinstance(axes, int) else [[one] if isinstance(one, int) else list(one) for one in axes]
    return torch.tensordot(*_alike(x1, x2), pair)


@operation(0)
def einsum(subscripts: str, *operands: Any) -> Any:
    """Return sums of products in Einstein's notation.

    Args:
        subscripts: "ij,jk->ik".
        operands: the tensors.
    """
    return torch.einsum(subscripts, *[as_tensor(operand) for operand in operands])


@operation(2)
def outer(x1: Any, x2: Any) -> Any:
    """Return the products of each value of x1 with each of x2.

    Args:
        x1, x2: rows of numbers.
    """
    return torch.outer(x1.reshape(-1), x2.reshape(-1))


@operation(2)
def inner(x1: Any, x2: Any) -> Any:
    """Return the sums of products along the last axes.

    Args:
        x1, x2: tensors.
    """
    return torch.inner(x1, x2)


@operation(2)
def vdot(x1: Any, x2: Any) -> Any:
    """Return the sum of products of all values.

    Args:
        x1, x2: tensors of as many values.
    """
    return torch.vdot(x1.reshape(-1), x2.reshape(-1))


@operation(1)
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """Return x divided by its length along an axis.

    Args:
        x: numbers.
        axis: along which.
        order: of the norm.
        epsilon: the least length that is divided by; None for 1e-12 in the square.
    """
    length = torch.linalg.vector_norm(x, order, axis, keepdim=True)
    return x / torch.clamp(length, min=1e-6 if epsilon is None else epsilon)


@operation(1)
def trace(x: Any) -> Any:
    """Return the sums of the diagonals of matrices."""
    return torch.diagonal(x, dim1=-2, dim2=-1).sum(-1)


@operation(1)
def det(x: Any) -> Any:
    """Return the determinants of matrices."""
    return torch.linalg.det(x)


@operation(1)
def inv(x: Any) -> Any:
    """Return the inverses of matrices."""
    return torch.linalg.inv(x)


@operation(1)
def cholesky(x: Any) -> Any:
    """Return lower triangles whose product with their transposes is x."""
    return torch.linalg.cholesky(x)


@operation(2)
def solve(a: Any, b: Any) -> Any:
    """Return x with a x = b.

    Args:
        a: square matrices.
        b: a row of numbers, or matrices.
    """
    return torch.linalg.solve(a, b)


@operation(1)
def svd(x: Any, full_matrices: bool = True) -> Any:
    """Return (u, s, v) with x = u s v.

    Args:
        x: matrices.
        full_matrices: whether u and v are square.
    """
    return tuple(torch.linalg.svd(x, full_matrices))


__getattr__ = also_in("linalg")
