"""ImageDataGenerator: Keras' class, its arguments and its geometry, over one fused kernel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation import Augmentation, BatchBuffers, Draws, transform_batch
from convolens.augmentation.draw import keras_shifts
from convolens.augmentation.draw.philox import STREAM_GEOMETRY, words
from convolens.errors import ShapeError
from convolens.preprocessing.image.files import check_data_format, takes_dim_ordering
from convolens.preprocessing.image.flows import Flows
from convolens.preprocessing.image.iterator import dtype_of, own_seed
from convolens.preprocessing.image.learning import Learning
from convolens.preprocessing.image.standardization import Standardization

_EXCHANGED = {"width_shift_range": "height_shift_range", "height_shift_range": "width_shift_range"}
_OVERRIDABLE = ("get_random_transform", "apply_transform", "standardize")


def keras_centre(height_width: tuple[int, ...]) -> tuple[float, float]:
    """Return the (row, column) about which Keras turns images: exchanged where an image is not square."""
    height, width = height_width
    return width / 2 - 0.5, height / 2 - 0.5


class ImageDataGenerator(Flows, Learning):
    """Varies images at random, batch by batch, as Keras' class of this name.

    Args:
        featurewise_center, featurewise_std_normalization, zca_whitening, zca_epsilon: by the data set's statistics,
            which `fit` computes.
        samplewise_center, samplewise_std_normalization: by each image's own.
        rotation_range: degrees, 0 to 180.
        width_shift_range, height_shift_range: a share below 1, pixels, or a list to choose from.
        brightness_range: a pair (low, high) of factors.
        shear_range: degrees.
        zoom_range: z for [1 - z, 1 + z], or a pair (low, high).
        channel_shift_range: up to so much is added to all values.
        fill_mode: "nearest", "constant" (with `cval`), "reflect" or "wrap".
        horizontal_flip, vertical_flip: half of the images.
        rescale: factor on the values, after the variations.
        preprocessing_function: called with each image after the variations, before `rescale`.
        data_format: "channels_last" or "channels_first".
        validation_split: the share that `subset="validation"` takes: the first of each class.
        interpolation_order: of the spline; 0 and 1 are fast.
        dtype: of the batches; None is float32.

    Raises:
        ArgumentError: a range that is none.

    Source:
        `keras.src.legacy.preprocessing.image.ImageDataGenerator` of Keras 3.15. For given parameters the pixels are
        the same; only the random numbers differ: they are a function of (seed, epoch, index).

    Example:
        >>> generator = ImageDataGenerator(rotation_range=20, rescale=1 / 255)
        >>> batches = generator.flow(np.full((3, 8, 8, 3), 255.0), batch_size=2, seed=1)
        >>> [next(batches).shape for _ in range(2)]
        [(2, 8, 8, 3), (1, 8, 8, 3)]
    """

    @takes_dim_ordering
    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Any = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ) -> None:
        self.data_format = check_data_format("ImageDataGenerator", data_format)
        last = self.data_format == "channels_last"
        self.channel_axis, self.row_axis, self.col_axis = (3, 1, 2) if last else (1, 2, 3)  # of a batch
        rotation_range, shear_range, width_shift_range, height_shift_range = (
            0.0 if given is None else given  # as in Keras
            for given in (rotation_range, shear_range, width_shift_range, height_shift_range)
        )
        for name, shift in (
            ("width_shift_range", width_shift_range),
            ("height_shift_range", height_shift_range),
        ):
            keras_shifts.check("ImageDataGenerator", name, shift)  # before they change names
        # Keras' matrix moves columns by what it draws from height_shift_range, and rows by width_shift_range.
        # `Augmentation` means what the names say; exchanged here, this class does what Keras' does.
        self.augmentation = Augmentation(
            rotation_range=rotation_range,
            width_shift_range=height_shift_range,
            height_shift_range=width_shift_range,
            shear_range=shear_range,
            zoom_range=zoom_range,
            channel_shift_range=channel_shift_range,
            brightness_range=brightness_range,
            horizontal_flip=bool(horizontal_flip),
            vertical_flip=bool(vertical_flip),
            fill_mode=fill_mode,
            cval=cval,
            interpolation_order=interpolation_order,
        )
        self.standardization = Standardization(
            preprocessing_function=preprocessing_function,
            rescale=rescale,
            samplewise_center=samplewise_center,
            samplewise_std_normalization=samplewise_std_normalization,
            featurewise_center=featurewise_center,
            featurewise_std_normalization=featurewise_std_normalization,
            zca_whitening=zca_whitening,
            zca_epsilon=zca_epsilon,
        )
        if validation_split:
            number_in("ImageDataGenerator", "validation_split", validation_split, 0, 1, open_high=True)
        self.validation_split = float(validation_split)
        self.dtype = dtype_of(None, dtype)

    # -- Keras keeps every argument as an attribute ------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        parts = vars(self)
        if "standardization" in parts and name in vars(self.standardization):
            setattr(self.standardization, name, value)
        elif "augmentation" in parts and name in vars(self.augmentation):
            if name in _EXCHANGED:
                keras_shifts.check("ImageDataGenerator", name, value)
            self.augmentation = replace(self.augmentation, **{_EXCHANGED.get(name, name): value})
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in ("augmentation", "standardization"):  # not set yet: an argument was refused
            raise AttributeError(name)
        for owner in (self.standardization, self.augmentation):
            if name in vars(owner):
                return getattr(owner, name)
        raise AttributeError(f"ImageDataGenerator has no attribute {name!r}.")

    @property
    def width_shift_range(self) -> Any:
        """As given."""
        return self.augmentation.height_shift_range

    @property
    def height_shift_range(self) -> Any:
        """As given."""
        return self.augmentation.width_shift_range

    @property
    def zoom_range(self) -> list[float]:
        """[low, high] of the factors."""
        return list(self.augmentation.zoom_bounds)

    # -- batches ----------------------------------------------------------------------------------

    def vary(
        self,
        images: np.ndarray,
        rows: np.ndarray,
        indices: np.ndarray,
        seed: int,
        epoch: int,
        buffers: BatchBuffers | None = None,
    ) -> np.ndarray:
        """Return some images varied and standardised: a pure function of (images, seed, epoch, indices).

        Args:
            images: in the generator's data format.
            rows: which of them, int64 (n,).
            indices: their places in the data set.
            seed, epoch: of the random numbers.
            buffers: where the batch's memory comes from; None is new memory.
        """
        if self._overrides():
            return self._one_by_one(images, rows, indices, seed, epoch)
        draws = self.draw(images.shape[1:], seed, epoch, indices)
        fused = self.standardization.fused_rescale
        batch = self._apply(images, rows, draws, fused, buffers)
        if self.data_format == "channels_last" and self.standardization.goes_by_channels:
            self.standardization.normalise_batch(batch)
        elif not self.standardization.only_rescales:
            for i in range(len(batch)):
                batch[i] = self.standardization(batch[i], skip_rescale=fused != 1.0)
        return batch.astype(self.dtype, copy=False)

    @property
    def is_pure(self) -> bool:
        """Whether no code of the user's takes part in `vary`: no preprocessing_function, no method of a subclass."""
        return self.standardization.preprocessing_function is None and not self._overrides()

    def _overrides(self) -> bool:
        """Return whether a subclass, or the instance, has a method of its own for a step of `vary`."""
        return any(
            getattr(getattr(self, name), "__func__", None) is not getattr(ImageDataGenerator, name)
            for name in _OVERRIDABLE
        )

    def _one_by_one(
        self, images: np.ndarray, rows: np.ndarray, indices: np.ndarray, seed: int, epoch: int
    ) -> np.ndarray:
        """Return what `vary` does by way of the public methods, as Keras does, for those who override them."""
        seeds = words(seed, epoch, indices, 1, STREAM_GEOMETRY)[:, 0]
        varied = []
        for row, own in zip(rows, seeds, strict=True):
            image = images[row].astype(self.dtype)
            image = self.apply_transform(image, self.get_random_transform(image.shape, seed=int(own)))
            varied.append(self.standardize(image))
        return np.stack(varied).astype(self.dtype, copy=False)

    def draw(
        self, image_shape: tuple[int, ...], seed: int, epoch: int, indices: Sequence[int] | np.ndarray
    ) -> Draws:
        """Return the parameters of some images, shares of width and height exchanged as Keras has them.

        Args:
            image_shape: of one image, in the generator's data format.
            seed, epoch, indices: what the parameters are a pure function of.
        """
        height, width = self._height_width(image_shape)
        return self.augmentation.draw(seed, epoch, indices, (width, height))

    def _height_width(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return (shape[0], shape[1]) if self.data_format == "channels_last" else (shape[1], shape[2])

    def _apply(
        self,
        images: np.ndarray,
        rows: np.ndarray,
        draws: Draws,
        rescale: float = 1.0,
        buffers: BatchBuffers | None = None,
    ) -> np.ndarray:
        first = self.data_format == "channels_first"
        if first:  # (n, c, h, w) -> (n, h, w, c)
            images, rows = np.ascontiguousarray(images[rows].transpose(0, 2, 3, 1)), np.arange(len(rows))
        out = None if buffers is None else buffers.take((len(rows), *images.shape[1:]), np.float32)
        batch = transform_batch(
            images, rows, draws, self.augmentation, rescale, keras_centre(images.shape[1:3]), out
        )
        return np.ascontiguousarray(batch.transpose(0, 3, 1, 2)) if first else batch

    # -- single images -----------------------------------------------------------------------------

    def get_random_transform(self, img_shape: tuple[int, ...], seed: int | None = None) -> dict[str, Any]:
        """Return random parameters for an image of a shape, under Keras' names.

        Args:
            img_shape: of one image, rank 3, in the order of `data_format`.
            seed: of the parameters; None takes one from NumPy's global stream.
        """
        return self.draw(tuple(img_shape), own_seed(seed), 0, [0]).parameters(0)

    def apply_transform(self, x: Any, transform_parameters: Mapping[str, Any]) -> np.ndarray:
        """Return an image (height, width, channels) transformed by given parameters, float32.

        Args:
            x: one image, rank 3, values 0 to 255.
            transform_parameters: as `get_random_transform` returns them; those left out change nothing.

        Raises:
            ShapeError: an array of another rank.
        """
        image = np.asarray(x)
        if image.ndim != 3:
            raise ShapeError(f"apply_transform: x must be one image of rank 3; received shape {image.shape}.")
        if image.dtype != np.uint8:
            image = image.astype(np.float32)
        return self._apply(image[np.newaxis], np.array([0]), Draws.of(transform_parameters))[0]

    def random_transform(self, x: Any, seed: int | None = None) -> np.ndarray:
        """Return an image transformed at random.

        Args:
            x: one image (height, width, channels), values 0 to 255.
            seed: of the parameters; None takes one from NumPy's global stream.

        Raises:
            ShapeError: an array of another rank.
        """
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def standardize(self, x: Any) -> np.ndarray:
        """Return an image after preprocessing_function, rescale and the normalisations; float arrays in place."""
        if self.standardization.preprocessing_function is None and not np.issubdtype(
            np.asarray(x).dtype, np.floating
        ):
            x = np.asarray(x, self.dtype)
        return self.standardization(x)
