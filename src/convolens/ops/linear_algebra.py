"""Products of matrices and tensors."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.ops import also_in
from convolens.ops.operation import computable, computation, operation
from convolens.ops.reductions import fractions, summed
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


@computation(2)
def matmul(x1: Any, x2: Any) -> Any:
    """Return the product of matrices; of two of int8 int32.

    Args:
        x1, x2: matrices, or stacks of them; a row of numbers counts as one.
    """
    return _product(torch.matmul, *_wide([x1, x2]))


@computation(2)
def dot(x1: Any, x2: Any) -> Any:
    """Return the sums of products along the last axis of x1 and the last but one of x2.

    Args:
        x1, x2: tensors.
    """
    if x1.ndim == 0 or x2.ndim == 0:
        return x1 * x2
    return _product(torch.tensordot, x1, x2, ([-1], [-2 if x2.ndim > 1 else 0]))


def _product(torchs: Callable[..., Any], x1: Any, x2: Any, *options: Any) -> Any:
    """Return sums of products of two tensors in the type that holds both; truths, which torch does not multiply so, as truths."""
    kind = torch.promote_types(x1.dtype.torch, x2.dtype.torch)
    inside = torch.int32 if kind == torch.bool else kind
    return torchs(x1.to(inside), x2.to(inside), *options).to(kind)


def _wide(operands: list[Any]) -> list[Any]:
    """Return tensors that are all of int8 as int32: sums of their products would leave it."""
    return [x.int() for x in operands] if all(x.dtype == "int8" for x in operands) else operands


@computation(2)
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the sums of products along axes.

    Args:
        x1, x2: tensors.
        axes: how many of the last of x1 and the first of x2; or two lists of axes.
    """
    pair = axes if isinstance(axes, int) else [[one] if isinstance(one, int) else list(one) for one in axes]
    return _product(torch.tensordot, x1, x2, pair)


@operation(0)
def einsum(subscripts: str, *operands: Any) -> Any:
    """Return sums of products in Einstein's notation; of tensors of int8 int32.

    Args:
        subscripts: "ij,jk->ik".
        operands: the tensors.
    """
    return torch.einsum(subscripts, *_wide([computable(as_tensor(operand)) for operand in operands]))


@computation(2)
def outer(x1: Any, x2: Any) -> Any:
    """Return the products of each value of x1 with each of x2.

    Args:
        x1, x2: rows of numbers.
    """
    return torch.outer(x1.reshape(-1), x2.reshape(-1))


@computation(2)
def inner(x1: Any, x2: Any) -> Any:
    """Return the sums of products along the last axes.

    Args:
        x1, x2: tensors.
    """
    return _product(torch.inner, x1, x2)


@computation(2)
def vdot(x1: Any, x2: Any) -> Any:
    """Return the sum of products of all values.

    Args:
        x1, x2: tensors of as many values.
    """
    return _product(torch.vdot, x1.reshape(-1), x2.reshape(-1))


@computation(1)
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """Return x divided by its length along an axis.

    Args:
        x: numbers.
        axis: along which.
        order: of the norm.
        epsilon: the least length that is divided by; None for 1e-12 in the square.
    """
    x = fractions(x)
    length = torch.linalg.vector_norm(x, order, axis, keepdim=True)
    return x / torch.clamp(length, min=1e-6 if epsilon is None else epsilon)


@computation(1)
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sums of diagonals, of the type of `ops.sum`.

    Args:
        x: a matrix, or more axes.
        offset: which diagonal: 0 the main one, above it 1.
        axis1, axis2: the axes of the matrices.
    """
    return torch.sum(torch.diagonal(x, offset, axis1, axis2), -1, dtype=summed(x))


@computation(1)
def det(x: Any) -> Any:
    """Return the determinants of matrices."""
    return torch.linalg.det(x)


@computation(1)
def inv(x: Any) -> Any:
    """Return the inverses of matrices."""
    return torch.linalg.inv(x)


@computation(1)
def cholesky(x: Any) -> Any:
    """Return lower triangles whose product with their transposes is x."""
    return torch.linalg.cholesky(x)


@computation(2)
def solve(a: Any, b: Any) -> Any:
    """Return x with a x = b.

    Args:
        a: square matrices.
        b: a row of numbers, or matrices.
    """
    return torch.linalg.solve(a, b)


@computation(1)
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return (u, s, v) with x = u s v.

    Args:
        x: matrices.
        full_matrices: whether u and v are square.
        compute_uv: False returns s alone.
    """
    return tuple(torch.linalg.svd(x, full_matrices)) if compute_uv else torch.linalg.svdvals(x)


__getattr__ = also_in("linalg")
