"""Axes: Keras' order outside (images NHWC), torch's inside (NCHW, channels last in memory); other ranks lie in Keras' order."""

import numpy as np
import torch

from convolens.errors import ArgumentError


def in_keras_order(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor from inside a network with its channels last: (n, c, h, w) -> (n, h, w, c).

    Example:
        >>> in_keras_order(torch.zeros(1, 3, 4, 5)).shape
        torch.Size([1, 4, 5, 3])
    """
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def in_torch_order(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor in Keras' order as a network sees it: (n, h, w, c) -> (n, c, h, w).

    Example:
        >>> in_torch_order(torch.zeros(1, 4, 5, 3)).shape
        torch.Size([1, 3, 4, 5])
    """
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def channels_second(x: torch.Tensor) -> torch.Tensor:
    """Return a view of a tensor from inside a network whose channels are axis 1, as torch's functions want them in every rank.

    Example:
        >>> channels_second(torch.zeros(1, 9, 3)).shape  # (n, steps, channels)
        torch.Size([1, 3, 9])
    """
    return x if x.ndim == 4 else x.movedim(-1, 1)


def channels_back(x: torch.Tensor) -> torch.Tensor:
    """Undo `channels_second`."""
    return x if x.ndim == 4 else x.movedim(1, -1)


def surface(x: torch.Tensor) -> np.ndarray:
    """Return a tensor as the array a user sees: NHWC where it has rank 4."""
    return in_keras_order(x.detach()).cpu().numpy()


def inside(x: np.ndarray) -> torch.Tensor:
    """Return an array as a network sees it: float32, and NCHW (a channels-last view) where it has rank 4."""
    return in_torch_order(torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)))


def dimension_of(axis: int, rank: int, where: str) -> int:
    """Return the torch dimension of an axis in Keras' order (rank 4 lies NCHW inside).

    Example:
        >>> dimension_of(-1, 4, "Softmax"), dimension_of(-1, 2, "Softmax")
        (1, 1)
    """
    if not -rank <= axis < rank:
        raise ArgumentError(f"{where}: axis={axis} does not exist in a tensor of rank {rank}.")
    axis %= rank
    return (0, 2, 3, 1)[axis] if rank == 4 else axis
