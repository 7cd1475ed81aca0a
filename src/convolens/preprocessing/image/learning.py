"""Learning: the `fit` method of ImageDataGenerator, which computes the statistics of a data set, however large."""

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.augmentation import Augmentation, Draws
from convolens.augmentation.draw.philox import STREAM_GEOMETRY, words
from convolens.errors import ArgumentError, ShapeError
from convolens.preprocessing.image import iterator
from convolens.preprocessing.image.iterator import own_seed
from convolens.preprocessing.image.standardization import Standardization

_VALUES_AT_ONCE = 1 << 21  # of the images that are looked at together


class Learning:
    """The part of `ImageDataGenerator` that learns from images."""

    data_format: str
    channel_axis: int
    dtype: np.dtype[Any]
    augmentation: Augmentation
    standardization: Standardization
    random_transform: Callable[..., np.ndarray]
    _overrides: Callable[[], bool]
    draw: Callable[[tuple[int, ...], int, int, np.ndarray], Draws]
    _apply: Callable[[np.ndarray, np.ndarray, Draws], np.ndarray]

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Compute what featurewise normalisation and ZCA whitening need.

        Args:
            x: images of rank 4; or what `flow`, `flow_from_directory` or `flow_from_dataframe` gives, whose images are
                taken as they are in their files, a few at a time, so that a folder of any size fits.
            augment: compute it on varied images, `rounds` times each.
            seed: of the variations.

        Raises:
            ShapeError: another rank. ArgumentError: the matrix of ZCA is larger than the memory.

        Example:
            >>> from convolens.preprocessing.image import ImageDataGenerator
            >>> generator = ImageDataGenerator(featurewise_center=True)
            >>> generator.fit(ImageDataGenerator().flow(np.full((4, 2, 2, 1), 7.0)))
            >>> generator.mean.tolist()
            [[[7.0]]]
        """
        images: Callable[[np.ndarray], np.ndarray]
        if isinstance(x, iterator.Iterator):
            images, shape = x.images, (x.n, *x.image_shape)
            if x.data_format != self.data_format:
                raise ArgumentError(
                    f"ImageDataGenerator.fit: x has data_format {x.data_format!r}, and this generator "
                    f"{self.data_format!r}; make both alike."
                )
        else:
            array = np.asarray(x)
            images, shape = array.__getitem__, array.shape
        if len(shape) != 4:
            raise ShapeError(f"ImageDataGenerator.fit: x must be images of rank 4; received shape {shape}.")
        if 0 in shape:
            raise ShapeError(
                f"ImageDataGenerator.fit: x must hold images with pixels; received shape {shape}."
            )
        if shape[self.channel_axis] not in (1, 3, 4):
            warnings.warn(
                f"ImageDataGenerator.fit: expected 1, 3 or 4 channels with data_format {self.data_format!r}; "
                f"received shape {shape}.",
                stacklevel=2,
            )
        rounds = integer("ImageDataGenerator.fit", "rounds", rounds) if augment else 1
        seed = own_seed(seed) if augment else 0
        n = max(1, _VALUES_AT_ONCE // math.prod(shape[1:]))

        def batches() -> Iterator[np.ndarray]:
            for epoch in range(rounds):
                for start in range(0, shape[0], n):
                    which = np.arange(start, min(start + n, shape[0]))
                    batch = images(which).astype(self.dtype, copy=False)  # a copy already
                    if self.standardization.rescale:
                        batch *= self.standardization.rescale
                    yield self._varied_to_fit(batch, which, seed, epoch) if augment else batch

        self.standardization.fit(batches, rounds * shape[0], shape[1:], self.channel_axis, self.dtype)

    def _varied_to_fit(self, batch: np.ndarray, indices: np.ndarray, seed: int, epoch: int) -> np.ndarray:
        """Return images varied and nothing else, by way of a subclass' methods where it has some."""
        if self._overrides():
            seeds = words(seed, epoch, indices, 1, STREAM_GEOMETRY)[:, 0]
            return np.stack(
                [self.random_transform(image, int(own)) for image, own in zip(batch, seeds, strict=True)]
            )
        return self._apply(batch, np.arange(len(batch)), self.draw(batch.shape[1:], seed, epoch, indices))
