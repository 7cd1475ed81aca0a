"""FileIterator: what iterators over image files share: reading, varying, and labels in each class mode."""

import os
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import look_up, one_of
from convolens.data.caching.store import PixelStore
from convolens.data.decoding.decode import CHANNELS, COLOR_MODES, INTERPOLATIONS, image_size, read_pixels
from convolens.data.decoding.sample_range import is_deep_grey
from convolens.data.decoding.samples import AS_KERAS
from convolens.errors import ImageError, MissingFileError
from convolens.preprocessing.image.files import check_data_format, check_target_size, img_to_array, load_img
from convolens.preprocessing.image.iterator import SUBSETS, ImageSaver, Iterator, dtype_of, is_pure
from convolens.threads import TINY, in_threads


class FileIterator(Iterator):
    """The base of `DirectoryIterator` and `DataFrameIterator`, which find the files and their labels.

    A subclass calls `_prepare` first, sets `filenames`, `filepaths`, `classes` or `_targets`, and calls `_begin`.

    Attributes:
        samples: how many images.
        filenames: each image's path from the folder.
        filepaths: with the folder.
        target_size: (height, width) of every image.
        image_shape: the shape of one image of a batch.
        sample_weight: each image's weight, or None.
    """

    filenames: list[str]
    filepaths: list[str]
    classes: Any
    class_indices: dict[Any, int]
    sample_weight: np.ndarray | None = None
    _store: PixelStore | None = None

    def _prepare(
        self,
        where: str,
        image_data_generator: Any,
        target_size: Any,
        color_mode: str,
        data_format: str | None,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool,
        dtype: Any,
    ) -> None:
        """Check and keep what reading needs."""
        self.image_data_generator = image_data_generator
        self.data_format = check_data_format(where, data_format)
        self.target_size = check_target_size(where, target_size)
        self.color_mode = one_of(where, "color_mode", color_mode, list(COLOR_MODES))
        look_up(where, "interpolation", interpolation, INTERPOLATIONS)
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        self.subset = None if subset is None else one_of(where, "subset", subset, SUBSETS)
        self.dtype = dtype_of(image_data_generator, dtype)

    def _part(self, count: int) -> slice:
        """Return which of `count` files belong to the subset: validation is the first, as in Keras."""
        if self.subset is None:
            return slice(None)
        cut = int(self.image_data_generator.validation_split * count)
        return slice(None, cut) if self.subset == "validation" else slice(cut, None)

    def _begin(
        self,
        where: str,
        class_mode: str | None,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        save_to_dir: Any,
        save_prefix: str,
        save_format: str,
    ) -> None:
        """Get ready to give batches."""
        self.class_mode = class_mode
        self.samples = len(self.filenames)
        super().__init__(self.samples, batch_size, shuffle, seed)
        self.thread_safe = is_pure(self.image_data_generator)
        self.save = ImageSaver(save_to_dir, save_prefix, save_format, self.data_format, self.seed)
        self._warn_of_exchanged_sides(where)

    @property
    def labels(self) -> Any:
        """Each image's label: its class number, or what the columns of `y_col` hold."""
        return self.classes

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image of a batch."""
        shape = (*self.target_size, CHANNELS[self.color_mode])
        return shape if self.data_format == "channels_last" else (shape[2], *shape[:2])

    def _warn_of_exchanged_sides(self, where: str) -> None:
        """Warn where the first image has just the proportions of `target_size` read as (width, height)."""
        rows, columns = self.target_size
        if rows == columns:
            return
        shape = image_size(self.filepaths[0])
        if shape is None:
            return  # said when it is read
        width, height = shape
        if abs(rows * height - columns * width) <= 0.01 * rows * height:
            warnings.warn(
                f"{where}: target_size is (height, width), here {rows} high and {columns} wide, but "
                f"{_shown(self.filepaths[0])} is {height} high and {width} wide; is ({columns}, {rows}) meant?",
                stacklevel=5,
            )

    def _decode(self, index: int, data: bytes | None) -> np.ndarray:
        path = self.filepaths[index]
        try:
            if not self.keep_aspect_ratio and not self.has_deep_greys:
                return read_pixels(
                    path, self.color_mode, self.target_size, self.interpolation, data=data, samples=AS_KERAS
                )
            image = load_img(
                path, self.color_mode, self.target_size, self.interpolation, self.keep_aspect_ratio
            )
            return img_to_array(image, dtype=np.float32 if self.has_deep_greys else np.uint8)
        except MissingFileError as error:
            raise MissingFileError(
                f"{_shown(path)}: no such image file; it was on the list, so it has been moved or removed since, or "
                "was never checked. Put it back, or make the iterator anew."
            ) from error
        except ImageError as error:
            if path.isprintable():
                raise
            raise ImageError(str(error).replace(path, _shown(path))) from error

    def _make_store(self) -> PixelStore:
        split = [os.path.split(path) for path in self.filepaths]
        places = {place: os.path.abspath(place) for place in {place for place, _ in split}}
        root = os.path.commonpath(list(places.values()))
        # From the root, with "/", or nothing where the files lie in the root itself.
        within = {
            place: Path(os.path.relpath(full, root), "_").as_posix()[:-1] for place, full in places.items()
        }
        names = [within[place] + name for place, name in split]
        resize = "as Keras crops" if self.keep_aspect_ratio else "as Keras squashes"
        shape = (*self.target_size, CHANNELS[self.color_mode])
        return PixelStore(root, names, shape, (self.color_mode, self.interpolation, resize), self._decode)

    @cached_property
    def has_deep_greys(self) -> bool:
        """Whether greys are asked for and a file holds such of 16 or 32 bits: their values are kept, as in Keras."""
        return self.color_mode == "grayscale" and any(
            in_threads(is_deep_grey, self.filepaths, alone_below=TINY)
        )

    def images(self, which: np.ndarray) -> np.ndarray:
        """Return images by their places, as they are in their files: uint8, or float32 where there are deep greys."""
        images, rows = self._find(which)
        return images[rows]

    def _find(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return an array with images at some places, in the iterator's data format, and where in it they are."""
        if self.has_deep_greys:  # read at every use: what is kept is bytes
            read = in_threads(lambda i: self._decode(i, None), which.tolist(), alone_below=TINY)
            images = np.stack(read) if read else np.empty((0, *self.target_size, 1), np.float32)
            return images if self.data_format == "channels_last" else images.transpose(0, 3, 1, 2), np.arange(
                len(which)
            )
        if self._store is None:  # made on first use: an iterator that is only looked at reads nothing
            self._store = self._make_store()
        images, rows = self._store.find(which)
        if self.data_format == "channels_first":  # (n, h, w, c) -> (n, c, h, w)
            return images[rows].transpose(0, 3, 1, 2), np.arange(len(rows))
        return images, rows

    def _batch(self, which: np.ndarray, epoch: int) -> Any:
        x, rows = self._find(which)
        if self.image_data_generator is None:
            x = x[rows]
        else:
            x = self.image_data_generator.vary(x, rows, which, self.seed, epoch, self.buffers)
        x = x.astype(self.dtype, copy=False)
        self.save(x, which, epoch)
        if self.class_mode is None:
            return x
        y = x.copy() if self.class_mode == "input" else self._labels(which)
        return (x, y) if self.sample_weight is None else (x, y, self.sample_weight[which])

    def _labels(self, which: np.ndarray) -> Any:
        """Return y of a batch."""
        if self.class_mode == "multi_output":
            return [column[which] for column in self.labels]
        if self.class_mode == "raw":
            return self.labels[which]
        if self.class_mode != "categorical":
            return np.array([self.classes[i] for i in which], self.dtype)
        y = np.zeros((len(which), len(self.class_indices)), self.dtype)
        for row, i in enumerate(which):  # a class number, or several
            y[row, self.classes[i]] = 1
        return y


def _shown(path: str) -> str:
    """Return a path for a message of one line: line breaks and what cannot be printed are escaped."""
    return path if path.isprintable() else repr(path)[1:-1]
