"""Pixels that lie on a device as a whole: copied there once, a part at a time."""

import math
from collections.abc import Callable

import numpy as np
import torch

BYTES_AT_ONCE = 64 * 2**20


def resident(
    images: Callable[[np.ndarray], np.ndarray],
    n: int,
    shape: tuple[int, ...],
    device: torch.device,
    *,
    bytes_at_once: int = BYTES_AT_ONCE,
) -> torch.Tensor:
    """Return all images of a data set as one tensor on a device.

    Args:
        images: gives images by their places, uint8 (m, *shape).
        n: how many there are.
        shape: of one.
        device: where they are to lie.
        bytes_at_once: of the copies on the host, about.

    Example:
        >>> pixels = np.arange(12, dtype=np.uint8).reshape(3, 2, 2, 1)
        >>> resident(lambda which: pixels[which], 3, (2, 2, 1), torch.device("cpu")).flatten().tolist()[-3:]
        [9, 10, 11]
    """
    there = torch.empty((n, *shape), dtype=torch.uint8, device=device)
    step = max(1, bytes_at_once // max(1, math.prod(shape)))
    for start in range(0, n, step):
        which = np.arange(start, min(start + step, n))
        part = torch.from_numpy(np.ascontiguousarray(images(which)))
        there[start : start + len(which)].copy_(part)
    return there
