"""Augmentation: parameters drawn by (seed, epoch, index), applied by one fused kernel."""

from convolens.augmentation.cpu.apply import transform_batch
from convolens.augmentation.cpu.batches import AugmentedBatches
from convolens.augmentation.cpu.buffers import BatchBuffers
from convolens.augmentation.cpu.finishing import augment_batch
from convolens.augmentation.cpu.mix import mix_images
from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.draw.captions import caption
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.extras import Extras
from convolens.augmentation.draw.matrix import matrices
from convolens.augmentation.draw.mixing import Mixing, mix_labels
from convolens.augmentation.draw.philox import permutation, uniforms

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
