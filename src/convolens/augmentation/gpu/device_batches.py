"""DeviceBatches: what AugmentedBatches gives, made on a device where pixels and labels lie."""

import numpy as np
import torch

from convolens.augmentation.cpu.batches import AugmentedBatches
from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.gpu.finishing_on_device import (
    augment_on_device,
    mix_labels_on_device,
    mix_on_device,
)
from convolens.augmentation.gpu.resident import resident
from convolens.errors import ArgumentError


def why_not_on_device(augmentation: Augmentation) -> str | None:
    """Return what of an augmentation runs on the CPU only, or None.

    Example:
        >>> why_not_on_device(Augmentation(rotation_range=20, mixup=0.2)) is None
        True
        >>> why_not_on_device(Augmentation(interpolation_order=3))
        'interpolation_order 3 runs there only'
    """
    order = augmentation.interpolation_order
    return f"interpolation_order {order} runs there only" if order > 1 else None


class DeviceBatches:
    """Batches by number, for `Model.fit` of a model on a GPU: pixels and labels are copied to the device once.

    Args:
        batches: what is to be given; labels that are numbers. `set_epoch` reaches it too.
        device: where pixels, labels and batches lie.

    Raises:
        ArgumentError: pixels, labels or changes that only the CPU can do; `why_not` says which.

    Example:
        >>> here = AugmentedBatches(np.zeros((5, 2, 2, 3), np.uint8), np.arange(5), 2, Augmentation(), seed=1)
        >>> batches = DeviceBatches(here, "cpu")
        >>> len(batches), batches[2][0].shape
        (3, torch.Size([1, 2, 2, 3]))
    """

    def __init__(self, batches: AugmentedBatches, device: torch.device | str) -> None:
        reason = self.why_not(batches)
        if reason is not None:
            raise ArgumentError(f"DeviceBatches: {reason}; use the AugmentedBatches themselves.")
        self.batches, self.device = batches, torch.device(device)
        pixels = batches.pixels
        self.pixels = resident(lambda which: pixels[which], len(pixels), batches.image_shape, self.device)
        labels = np.asarray(batches.labels)
        if labels.dtype.kind in "iu":
            labels = labels.astype(np.int64)  # torch selects no rows of unsigned numbers
        self.labels = torch.tensor(labels, device=self.device)
        self.set_epoch(batches.epoch)

    @staticmethod
    def why_not(batches: AugmentedBatches) -> str | None:
        """Return why such batches are made on the CPU only, or None."""
        if batches.pixels.dtype != np.uint8:
            return f"the pixels are {batches.pixels.dtype}, not uint8"
        if batches.dtype != "float32":
            return f"batches of {batches.dtype} are made there only"
        if np.asarray(batches.labels).dtype.kind not in "biuf":
            return "the labels are not numbers"
        return why_not_on_device(batches.augmentation)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(rows, columns, channels)."""
        return self.batches.image_shape

    def __len__(self) -> int:
        return len(self.batches)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the following batches belong to."""
        self.batches.set_epoch(epoch)
        self._order_there = torch.from_numpy(self.batches.order).to(self.device)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (x, y) of a batch: float32 (n, rows, columns, channels) and the labels, both on the device."""
        of = self.batches
        places, which, samples = of.chosen(number)
        x = self._images(which, samples)
        if not of.augmentation.mixes:
            return x, self.labels.index_select(0, self._order_there[places])
        mixed = of.draw_mixing(samples)
        x = mix_on_device(x, self._images(mixed.partner, mixed.partner), mixed)
        return x, mix_labels_on_device(self.labels, which, mixed)

    def _images(self, which: np.ndarray, samples: np.ndarray) -> torch.Tensor:
        of = self.batches
        return augment_on_device(self.pixels, which, of.draw(samples), of.augmentation, of.rescale)
