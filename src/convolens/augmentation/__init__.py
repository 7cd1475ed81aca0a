"""Augmentation: parameters drawn by (seed, epoch, index), applied by one fused kernel."""

from convolens.augmentation.apply import transform_batch
from convolens.augmentation.augmentation import Augmentation
from convolens.augmentation.batches import AugmentedBatches
from convolens.augmentation.draws import Draws
from convolens.augmentation.matrix import matrices
from convolens.augmentation.philox import permutation, uniforms

__all__ = [
    "Augmentation",
    "AugmentedBatches",
    "Draws",
    "matrices",
    "permutation",
    "transform_batch",
    "uniforms",
]
