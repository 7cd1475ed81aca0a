"""Standardization: what happens to an image's values after the geometry, in Keras' order."""

import math
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation.cpu.slices import in_slices
from convolens.errors import ArgumentTypeError
from convolens.preprocessing.image.statistics import Moments, check_whitening, whitening_matrix

_EPSILON = 1e-6  # Keras' own, added to every standard deviation
_LARGEST = float(np.finfo(np.float32).max)


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
        if preprocessing_function is not None and not callable(preprocessing_function):
            raise ArgumentTypeError(
                "ImageDataGenerator: preprocessing_function must be a function that takes and returns an image; "
                f"received {preprocessing_function!r}."
            )
        if rescale is not None and rescale is not False:
            number_in("ImageDataGenerator", "rescale", rescale, -_LARGEST, _LARGEST)
        number_in("ImageDataGenerator", "zca_epsilon", zca_epsilon, 0, _LARGEST)
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

    @property
    def goes_by_channels(self) -> bool:
        """Whether `normalise_batch` does all that is left after the kernel: a number a channel is enough."""
        if self.preprocessing_function is not None or self.zca_whitening:
            return False
        return all(
            value is None or np.shape(value) in ((), (np.size(value),), (1, 1, np.size(value)))
            for value in (self.mean, self.std)
        )

    def normalise_batch(self, batch: np.ndarray) -> None:
        """Normalise rescaled images all at once, in place, as a call does one by one.

        Args:
            batch: (n, rows, columns, channels) float32, C-contiguous.
        """
        if self.only_rescales:
            return
        from convolens.augmentation.cpu import normalising  # Numba takes half a second to import

        channels = batch.shape[3]
        mean, divisor = np.zeros(channels, np.float32), np.ones(channels, np.float32)
        if self.featurewise_center and self._is_fitted(self.mean, "featurewise_center"):
            mean[:] = np.ravel(self.mean)  # type: ignore[arg-type]
        if self.featurewise_std_normalization and self._is_fitted(self.std, "featurewise_std_normalization"):
            divisor[:] = np.ravel(self.std) + _EPSILON  # type: ignore[arg-type]
        own = self.samplewise_center, self.samplewise_std_normalization
        in_slices(
            lambda start, stop: normalising.normalise(batch, *own, mean, divisor, _EPSILON, start, stop),
            len(batch), batch.size, None,
        )  # fmt: skip

    @staticmethod
    def _is_fitted(value: np.ndarray | None, name: str) -> bool:
        if value is None:
            warnings.warn(
                f"ImageDataGenerator: {name} needs the data set's statistics and has none, so nothing is done; "
                "call generator.fit(images) first.",
                stacklevel=5,
            )
        return value is not None

    def fit(
        self,
        batches: Callable[[], Iterable[np.ndarray]],
        count: int,
        shape: tuple[int, ...],
        channel_axis: int,
        dtype: np.dtype[Any],
    ) -> None:
        """Compute mean, standard deviation and whitening matrix of images.

        Args:
            batches: gives the images from the first one on, at each call: float (n, ...), already rescaled.
            count: images in all of them.
            shape: of one.
            channel_axis: of the batches, 1 or 3.
            dtype: of mean and deviation, where it is one of floats; else they are float32. The matrix is float64.

        Raises:
            ArgumentError: the whitening matrix is larger than the memory.
        """
        if self.zca_whitening:
            check_whitening(shape)
        kept = dtype if dtype.kind == "f" else np.dtype(np.float32)
        if self.featurewise_center or self.featurewise_std_normalization:
            moments = Moments(channel_axis)
            for batch in batches():
                moments.add(batch)
            broadcast = [1, 1, 1]
            broadcast[channel_axis - 1] = -1
            if self.featurewise_center:
                self.mean = moments.mean.reshape(broadcast).astype(kept)
            if self.featurewise_std_normalization:
                self.std = moments.std.reshape(broadcast).astype(kept)
        if self.zca_whitening:
            centred = (self._by_features(batch) for batch in batches())
            self.zca_whitening_matrix = whitening_matrix(centred, count, math.prod(shape), self.zca_epsilon)

    def _by_features(self, x: np.ndarray) -> np.ndarray:
        """Return images less the mean, by the standard deviation, where these are asked for."""
        if self.featurewise_center and self.mean is not None:
            x = x - self.mean
        if self.featurewise_std_normalization and self.std is not None:
            x = x / (self.std + _EPSILON)
        return x


def _also(name: str, setting: str) -> bool:
    warnings.warn(f"ImageDataGenerator: {name} sets {setting}.", stacklevel=4)
    return True
