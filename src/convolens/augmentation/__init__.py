"""Augmentation: parameters drawn by (seed, epoch, index), applied by one fused kernel."""

from convolens.augmentation.apply import transform_batch
from convolens.augmentation.augmentation import Augmentation
from convolens.augmentation.batches import AugmentedBatches
from convolens.augmentation.buffers import BatchBuffers
from convolens.augmentation.captions import caption
from convolens.augmentation.draws import Draws
from convolens.augmentation.extras import Extras
from convolens.augmentation.finishing import augment_batch
from convolens.augmentation.matrix import matrices
from convolens.augmentation.mixing import Mixing, mix_images, mix_labels
from convolens.augmentation.philox import permutation, uniforms

__all__ = [
    "Augmentation",
    "AugmentedBatches",
    "BatchBuffers",
    "Draws",
    "Extras",
    "Mixing",
    "augment_batch",
    "caption",
    "matrices",
    "mix_images",
    "mix_labels",
    "permutation",
    "transform_batch",
    "uniforms",
]
