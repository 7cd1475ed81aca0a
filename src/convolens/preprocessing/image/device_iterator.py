"""DeviceIterator: the batches of an image iterator, varied on a device where its pixels lie."""

from typing import Any

import numpy as np
import torch

from convolens.augmentation.draw.balance import labels_of
from convolens.augmentation.gpu.device_batches import why_not_on_device
from convolens.augmentation.gpu.finishing_on_device import augment_on_device
from convolens.augmentation.gpu.resident import resident
from convolens.errors import ArgumentError
from convolens.preprocessing.image.array_iterator import NumpyArrayIterator
from convolens.preprocessing.image.dataframe_iterator import DataFrameIterator
from convolens.preprocessing.image.directory_iterator import DirectoryIterator
from convolens.preprocessing.image.generator import ImageDataGenerator, keras_centre
from convolens.preprocessing.image.iterator import Iterator

_KNOWN = (NumpyArrayIterator, DirectoryIterator, DataFrameIterator)


class DeviceIterator:
    """Batches by number of what `flow`, `flow_from_directory` or `flow_from_dataframe` gave, x on a device.

    All pixels are read and copied to the device at the beginning. Labels and weights stay on the host, as they are.

    Args:
        iterator: `set_epoch` reaches it too.
        device: where pixels and x lie.

    Raises:
        ArgumentError: an iterator that only the CPU can serve; `why_not` says why.

    Example:
        >>> flow = ImageDataGenerator(rescale=1 / 255).flow(np.full((3, 2, 2, 3), 255, np.uint8), batch_size=2, seed=0)
        >>> DeviceIterator(flow, "cpu")[0].max()
        tensor(1.)
    """

    def __init__(self, iterator: Iterator, device: torch.device | str) -> None:
        reason = self.why_not(iterator)
        if reason is not None:
            raise ArgumentError(f"DeviceIterator: {reason}; use the iterator itself.")
        self.iterator, self.device = iterator, torch.device(device)
        self.pixels = resident(iterator.images, iterator.n, iterator.image_shape, self.device)

    @staticmethod
    def why_not(iterator: Any) -> str | None:
        """Return why the batches of an iterator are made on the CPU only, or None."""
        generator = getattr(iterator, "image_data_generator", None)
        if type(iterator) not in _KNOWN or not isinstance(generator, ImageDataGenerator):
            return f"{type(iterator).__name__} makes its batches there"
        if generator.standardization.preprocessing_function is not None:
            return "preprocessing_function runs there only"
        if not generator.is_pure or type(generator).vary is not ImageDataGenerator.vary:
            return f"{type(generator).__name__} has methods of its own, which run there only"
        if not generator.standardization.only_rescales:
            return "centring, dividing by a standard deviation and ZCA run there only"
        if iterator.save.folder is not None:
            return "save_to_dir writes from there"
        if iterator.data_format != "channels_last" or generator.data_format != "channels_last":
            return "channels_first runs there only"
        if not iterator.dtype == generator.dtype == np.float32:
            return f"batches of {iterator.dtype} are made there only"
        if isinstance(iterator, NumpyArrayIterator):
            if iterator.x.dtype != np.uint8:
                return f"the pixels are {iterator.x.dtype}, not uint8"
            if iterator.x_misc:
                return "there are inputs beside the images"
        elif iterator.class_mode in ("input", "multi_output"):
            return f"class_mode {iterator.class_mode!r} runs there only"
        elif iterator.has_deep_greys:
            return "greys of more than 8 bits are read there only"
        return why_not_on_device(generator.augmentation)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(rows, columns, channels)."""
        return self.iterator.image_shape

    @property
    def labels(self) -> Any:
        """Each image's label where there is one a sample, else None."""
        return labels_of(self.iterator)

    def __len__(self) -> int:
        return len(self.iterator)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the following batches belong to."""
        self.iterator.set_epoch(epoch)

    def __getitem__(self, number: int) -> Any:
        """Return a batch of the epoch: x, (x, y) or (x, y, weight)."""
        of: Any = self.iterator
        if not 0 <= number < len(self):
            raise IndexError(f"batch {number} of {len(self)}")
        which = of.index_array[number * of.batch_size : (number + 1) * of.batch_size]
        x = self._images(which)
        if isinstance(of, NumpyArrayIterator):
            y = None if of.y is None else of.y[which]
        else:
            y = None if of.class_mode is None else of._labels(which)
        if y is None:
            return x
        return (x, y) if of.sample_weight is None else (x, y, of.sample_weight[which])

    def _images(self, which: np.ndarray) -> torch.Tensor:
        """Return images varied and rescaled, as `ImageDataGenerator.vary` does."""
        of: Any = self.iterator
        generator: ImageDataGenerator = of.image_data_generator
        draws = generator.draw(self.image_shape, of.seed, of.epoch, which)
        rescale, centre = generator.standardization.fused_rescale, keras_centre(self.image_shape[:2])
        return augment_on_device(self.pixels, which, draws, generator.augmentation, rescale, centre)
