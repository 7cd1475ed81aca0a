"""NumpyArrayIterator: varied batches of images that are in memory (`ImageDataGenerator.flow`)."""

import warnings
from typing import Any

import numpy as np

from convolens.arguments import one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.preprocessing.image.files import check_data_format
from convolens.preprocessing.image.iterator import SUBSETS, ImageSaver, Iterator, dtype_of, is_pure


class NumpyArrayIterator(Iterator):
    """Yields x, (x, y) or (x, y, weight).

    Args:
        x, y, batch_size, shuffle, sample_weight, seed: as in `ImageDataGenerator.flow`.
        image_data_generator: varies and standardises the images.
        data_format: "channels_last" or "channels_first"; None is the first.
        save_to_dir, save_prefix, save_format, subset, ignore_class_split: as in `ImageDataGenerator.flow`.
        dtype: of the batches; None is the generator's.

    Raises:
        ShapeError: images that are not of rank 4, arrays of different lengths.
        ArgumentError: a subset without a class that the other part has, or another subset.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: Any = None,
    ) -> None:
        self.image_data_generator = image_data_generator
        self.data_format = check_data_format("flow", data_format)
        more: list[np.ndarray] = []
        if isinstance(x, (tuple, list)) and len(x) == 2 and np.ndim(x[0]) == 4:
            more = [np.asarray(item) for item in (x[1] if isinstance(x[1], list) else [x[1]])]
            x = x[0]
        x = x if isinstance(x, np.ndarray) else np.asarray(x)
        y = None if y is None else np.asarray(y)
        weight = None if sample_weight is None else np.asarray(sample_weight)
        for name, array in (("y", y), ("sample_weight", weight), *(("x[1]", item) for item in more)):
            if array is not None and len(array) != len(x):
                raise ShapeError(
                    f"flow: x and {name} must have the same length; received {len(x)} images and {len(array)}."
                )
        if subset is not None:
            one_of("flow", "subset", subset, SUBSETS)
            cut = int(len(x) * image_data_generator.validation_split)
            if y is not None and not ignore_class_split and not _same_labels(y[:cut], y[cut:]):
                raise ArgumentError(
                    "flow: training and validation part have different classes after the split; "
                    "shuffle the arrays first, they seem to be sorted by label."
                )
            part = slice(None, cut) if subset == "validation" else slice(cut, None)
            x, more = x[part], [item[part] for item in more]
            y, weight = (None if array is None else array[part] for array in (y, weight))
        if x.ndim != 4:
            hint = " The batch dimension is missing: x[np.newaxis]." if x.ndim == 3 else ""
            raise ShapeError(f"flow: x must be images of rank 4; received shape {x.shape}.{hint}")
        if 0 in x.shape[1:]:
            raise ShapeError(f"flow: x holds images of no pixels; received shape {x.shape}.")
        channels = x.shape[3 if self.data_format == "channels_last" else 1]
        if channels not in (1, 3, 4):
            warnings.warn(
                f"flow: expected 1, 3 or 4 channels with data_format {self.data_format!r}; received shape {x.shape}.",
                stacklevel=3,
            )
        if getattr(image_data_generator, "brightness_range", None) is not None:
            _warn_of_values(x)
        self.x, self.y, self.sample_weight, self.x_misc = x, y, weight, more
        super().__init__(len(x), batch_size, shuffle, seed)
        self.dtype = dtype_of(image_data_generator, dtype)
        self.thread_safe = is_pure(image_data_generator)
        self.save = ImageSaver(save_to_dir, save_prefix, save_format, self.data_format, self.seed)

    def images(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places, as they were given."""
        return self.x[which]

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image."""
        return tuple(self.x.shape[1:])

    def _batch(self, which: np.ndarray, epoch: int) -> Any:
        x = self.image_data_generator.vary(self.x, which, which, self.seed, epoch, self.buffers)
        x = x.astype(self.dtype, copy=False)
        self.save(x, which, epoch)
        inputs = [x, *(item[which] for item in self.x_misc)] if self.x_misc else x
        if self.y is None:
            return inputs
        if self.sample_weight is None:
            return inputs, self.y[which]
        return inputs, self.y[which], self.sample_weight[which]


def _same_labels(some: np.ndarray, others: np.ndarray) -> bool:
    """Return whether two parts hold the same labels, each at least once."""
    axis = 0 if some.ndim > 1 else None  # rows are labels
    return np.array_equal(np.unique(some, axis=axis), np.unique(others, axis=axis))


def _warn_of_values(x: np.ndarray) -> None:
    """Warn of values that brightness cannot deal with: it is for those of bytes."""
    if x.dtype == np.uint8 or x.size == 0:
        return
    low, high = float(np.min(x)), float(np.max(x))
    received = f"flow: brightness_range is for values 0 to 255; x holds {low:g} to {high:g}."
    if not (low >= 0 and high <= 255):  # NaN too
        warnings.warn(
            f"{received} An image that goes beyond is stretched to 0 to 255, brightened and brought back, as in "
            "Keras. Give it as 0 to 255, and use rescale for what the network needs.",
            stacklevel=4,
        )
    elif x.dtype.kind == "f" and 0 < high <= 1:
        warnings.warn(
            f"{received} Brightness rounds to whole numbers, as in Keras, so little but black is left. Multiply x by "
            "255, and use rescale=1/255.",
            stacklevel=4,
        )
