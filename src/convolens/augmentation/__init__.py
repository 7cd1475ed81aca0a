"""Augmentation: parameters drawn by (seed, epoch, index), applied by one fused kernel."""

from convolens.augmentation.philox import permutation, uniforms

__all__ = ["permutation", "uniforms"]
