"""Standardization: what happens to an image's values after the geometry, in Keras' order."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

_EPSILON = 1e-6  # Keras' own, added to every standard deviation


class Standardization:
    """preprocessing_function, rescale, samplewise, featurewise, ZCA; arguments as in `ImageDataGenerator`."""

    def __init__(
        self,
        preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
        rescale: float | None = None,
        samplewise_center: bool = False,
        samplewise_std_normalization: bool = False,
        featurewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
    ) -> None:
        if zca_whitening and not featurewise_center:
            featurewise_center = _also("zca_whitening", "featurewise_center=True")
        if zca_whitening and featurewise_std_normalization:
            featurewise_std_normalization = not _also("zca_whitening", "featurewise_std_normalization=False")
        if featurewise_std_normalization and not featurewise_center:
            featurewise_center = _also("featurewise_std_normalization", "featurewise_center=True")
        if samplewise_std_normalization and not samplewise_center:
            samplewise_center = _also("samplewise_std_normalization", "samplewise_center=True")
        self.preprocessing_function, self.rescale = preprocessing_function, rescale
        self.samplewise_center = samplewise_center
        self.samplewise_std_normalization = samplewise_std_normalization
        self.featurewise_center = featurewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.mean: np.ndarray | None = None
        self.std: np.ndarray | None = None
        self.zca_whitening_matrix: np.ndarray | None = None

    @property
    def only_rescales(self) -> bool:
        """Whether the kernel's factor is all there is to do."""
        return self.preprocessing_function is None and not (
            self.samplewise_center
            or self.samplewise_std_normalization
            or self.featurewise_center
            or self.featurewise_std_normalization
            or self.zca_whitening
        )

    @property
    def fused_rescale(self) -> float:
        """The factor the kernel may apply; 1 where a function must see the values first."""
        return float(self.rescale) if self.rescale and self.preprocessing_function is None else 1.0

    def __call__(self, x: Any, skip_rescale: bool = False) -> np.ndarray:
        """Return one image standardised; a float array is changed in place, as in Keras."""
        if self.preprocessing_function is not None:
            x = self.preprocessing_function(x)
        if self.rescale and not skip_rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + _EPSILON
        if self.featurewise_center and self._is_fitted(self.mean, "featurewise_center"):
            x -= self.mean
        if (
            self.featurewise_std_normalization
            and self._is_fitted(self.std, "featurewise_std_normalization")
            and self.std is not None
        ):
            x /= self.std + _EPSILON
        if self.zca_whitening and self._is_fitted(self.zca_whitening_matrix, "zca_whitening"):
            flat = x.reshape(-1, math.prod(x.shape[-3:]))  # (1, h * w * c)
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    @staticmethod
    def _is_fitted(value: np.ndarray | None, name: str) -> bool:
        if value is None:
            warnings.warn(
                f"ImageDataGenerator: {name} needs the data set's statistics and has none, so nothing is done; "
                "call generator.fit(images) first.",
                stacklevel=5,
            )
        return value is not None

    def fit(self, x: np.ndarray, channel_axis: int) -> None:
        """Compute mean, standard deviation and whitening matrix of images of rank 4 (already rescaled)."""
        axes = tuple(axis for axis in range(4) if axis != channel_axis)
        shape = [1, 1, 1]
        shape[channel_axis - 1] = x.shape[channel_axis]
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes).reshape(shape)
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes).reshape(shape)
            x = x / (self.std + _EPSILON)
        if self.zca_whitening:
            flat = x.reshape(len(x), -1)
            u, s, _ = np.linalg.svd(flat.T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))).dot(u.T)


def _also(name: str, setting: str) -> bool:
    warnings.warn(f"ImageDataGenerator: {name} sets {setting}.", stacklevel=4)
    return True
