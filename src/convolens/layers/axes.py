"""Axes: Keras' order outside (images NHWC), torch's inside (NCHW, channels last in memory)."""

import numpy as np
import torch

from convolens.errors import ArgumentError


def surface(x: torch.Tensor) -> np.ndarray:
    """Return a tensor as the array a user sees: NHWC where it has rank 4."""
    x = x.detach()
    return (x.permute(0, 2, 3, 1) if x.ndim == 4 else x).cpu().numpy()


def inside(x: np.ndarray) -> torch.Tensor:
    """Return an array as a network sees it: float32, and NCHW (a channels-last view) where it has rank 4."""
    tensor = torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32))
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor  # (n, h, w, c) -> (n, c, h, w)


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
