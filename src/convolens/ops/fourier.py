"""Discrete Fourier transforms, of real and imaginary parts."""

from collections.abc import Callable
from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.ops.operation import composed, operation

__all__ = ["fft", "fft2", "ifft2"]


def _transform(transform: Callable[[torch.Tensor], torch.Tensor], x: Any) -> tuple[Any, Any]:
    real, imaginary = x
    return _of_parts(real, imaginary, transform)


@operation(2)
def _of_parts(
    real: Any, imaginary: Any, transform: Callable[[torch.Tensor], torch.Tensor]
) -> tuple[Any, Any]:
    if real.shape != imaginary.shape:
        raise ShapeError(
            f"fft: x is (real, imaginary) of one shape; received {tuple(real.shape)} and {tuple(imaginary.shape)}."
        )
    values = transform(torch.complex(real, imaginary))
    return values.real, values.imag


@composed
def fft(x: Any) -> tuple[Any, Any]:
    """Return the Fourier transform along the last axis: real and imaginary parts.

    Args:
        x: (real, imaginary), of one shape.

    Raises:
        ShapeError: they have different shapes.
    """
    return _transform(torch.fft.fft, x)


@composed
def fft2(x: Any) -> tuple[Any, Any]:
    """Return the Fourier transform along the last two axes: real and imaginary parts.

    Args, Raises: as of `fft`.
    """
    return _transform(torch.fft.fft2, x)


@composed
def ifft2(x: Any) -> tuple[Any, Any]:
    """Return what `fft2` makes x of.

    Args, Raises: as of `fft`.
    """
    return _transform(torch.fft.ifft2, x)
