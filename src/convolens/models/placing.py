"""Placing: where the batches of a training are augmented, on the GPU or on the CPU, and why."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from convolens.augmentation.cpu.batches import AugmentedBatches
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.preprocessing.image.device_iterator import DeviceIterator
from convolens.preprocessing.image.iterator import Iterator

SHARE = 0.5  # of a device's free memory that pixels may take; the rest is the network's


@dataclass(frozen=True)
class Placed:
    """Batches, and where they are augmented.

    Attributes:
        batches: what `fit` takes: the given ones, or the same samples made on the device.
        line: says where, and why not on the GPU.
    """

    batches: Any
    line: str


def is_cuda(device: torch.device) -> bool:
    """Return whether augmentation may run on a device."""
    return device.type == "cuda"


def free_memory(device: torch.device) -> int:
    """Return the free bytes of a CUDA device."""
    return torch.cuda.mem_get_info(device)[0]


def batches_for(
    batches: Any,
    device: torch.device | str,
    *,
    can_augment: Callable[[torch.device], bool] = is_cuda,
    free_bytes: Callable[[torch.device], int] = free_memory,
    share: float = SHARE,
) -> Placed:
    """Return the batches that a network on a device should be trained with: the same samples either way.

    Where the device is a GPU, does all that is asked for, and has room for all pixels as bytes, they are copied to
    it once and varied there. Else the batches are the given ones; what is neither `AugmentedBatches` nor an iterator of
    `ImageDataGenerator` always is.

    Args:
        batches: what `fit` takes.
        device: of the network.
        can_augment: whether a device augments; the test of CUDA.
        free_bytes: of a device.
        share: of these that the pixels may take, 0 to 1.

    Example:
        >>> import numpy as np
        >>> from convolens.augmentation import Augmentation
        >>> batches = AugmentedBatches(np.zeros((4, 2, 2, 3), np.uint8), np.arange(4), 2, Augmentation(), seed=0)
        >>> batches_for(batches, "cpu").line
        'augmentation: on the CPU, as the network'
        >>> batches_for(batches, "cpu", can_augment=lambda _: True, free_bytes=lambda _: 100).line
        'augmentation: on the GPU, where 48 bytes of pixels lie'
    """
    device = torch.device(device)
    if isinstance(batches, (DeviceBatches, DeviceIterator)):
        return Placed(batches, "augmentation: on the GPU")
    if not isinstance(batches, (AugmentedBatches, Iterator)):
        return Placed(batches, "augmentation: on the CPU")
    if not can_augment(device):
        why = ", as the network" if device.type == "cpu" else f": {device.type} has no float64 numbers"
        return Placed(batches, f"augmentation: on the CPU{why}")
    kind: Any = DeviceBatches if isinstance(batches, AugmentedBatches) else DeviceIterator
    reason = kind.why_not(batches)
    if reason is not None:
        return Placed(batches, f"augmentation: on the CPU: {reason}")
    count = len(batches.pixels) if isinstance(batches, AugmentedBatches) else batches.n
    needed, room = count * math.prod(batches.image_shape), share * free_bytes(device)
    if needed > room:
        return Placed(
            batches,
            f"augmentation: on the CPU: the pixels take {_bytes(needed)}, {share:.0%} of the GPU's free memory is {_bytes(room)}",
        )
    return Placed(kind(batches, device), f"augmentation: on the GPU, where {_bytes(needed)} of pixels lie")


def _bytes(count: float) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:,.0f} bytes"
