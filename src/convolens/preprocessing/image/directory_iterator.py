"""DirectoryIterator: varied batches of images in class folders (`ImageDataGenerator.flow_from_directory`)."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean, one_of
from convolens.data.decode import COLOR_MODES
from convolens.data.folder import check_folder, is_hidden, is_image_name, subfolders
from convolens.errors import ArgumentError, DataError
from convolens.preprocessing.image.array_iterator import SUBSETS
from convolens.preprocessing.image.files import check_data_format, check_target_size, img_to_array, load_img
from convolens.preprocessing.image.iterator import ImageSaver, Iterator

CLASS_MODES = ("categorical", "binary", "sparse", "input", None)
CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}


class DirectoryIterator(Iterator):
    """Yields (x, y), or x where `class_mode` is None; arguments as in `flow_from_directory`.

    Attributes:
        samples: how many images.
        num_classes: how many classes.
        class_indices: class name -> number.
        classes: each image's class number, int32 (samples,).
        filenames: each image's path from the folder.
        filepaths: with the folder.

    Raises:
        MissingFileError: no such folder. DataError: no image in it.
    """

    def __init__(
        self,
        directory: Any,
        image_data_generator: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
    ) -> None:
        where = "flow_from_directory"
        self.image_data_generator = image_data_generator
        self.data_format = check_data_format(where, data_format)
        self.target_size = check_target_size(where, target_size)
        self.color_mode = one_of(where, "color_mode", color_mode, list(COLOR_MODES))
        self.class_mode = one_of(where, "class_mode", class_mode, CLASS_MODES)
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        self.subset = None if subset is None else one_of(where, "subset", subset, SUBSETS)
        self.directory = os.fspath(directory)
        root = check_folder(directory)
        found = subfolders(root)
        names = list(classes) if classes else found
        for name in names:
            if name not in found:
                raise DataError(
                    f"{where}: {directory} has no folder for class {name!r}.{did_you_mean(name, found)}"
                )
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            files = self._share(_image_files(self.directory, name, follow_links))
            self.filenames += files
            numbers += [number] * len(files)
        self.samples = len(self.filenames)
        if self.class_mode == "binary" and self.num_classes != 2:
            raise ArgumentError(
                f"{where}: class_mode 'binary' needs two class folders; {directory} has {self.num_classes}: "
                f"{', '.join(names) or 'none'}. Use 'sparse' or 'categorical' for more."
            )
        if self.samples == 0:
            raise DataError(
                f"{where}: no image in the class folders of {directory} ({', '.join(names) or 'it has none'}); "
                "it takes JPEG, PNG, BMP, PPM, TIFF, WebP and GIF files."
            )
        self.classes = np.asarray(numbers, np.int32)
        self.filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)
        self.save = ImageSaver(save_to_dir, save_prefix, save_format, self.data_format, self.seed)

    def _share(self, files: list[str]) -> list[str]:
        """Return the part of a class's files that belongs to the subset: validation is the first, as in Keras."""
        if self.subset is None:
            return files
        cut = int(self.image_data_generator.validation_split * len(files))
        return files[:cut] if self.subset == "validation" else files[cut:]

    @property
    def labels(self) -> np.ndarray:
        """Each image's class number."""
        return self.classes

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image of a batch."""
        shape = (*self.target_size, CHANNELS[self.color_mode])
        return shape if self.data_format == "channels_last" else (shape[2], *shape[:2])

    def _read(self, index: int) -> np.ndarray:
        image = load_img(
            self.filepaths[index],
            self.color_mode,
            self.target_size,
            self.interpolation,
            self.keep_aspect_ratio,
        )
        return img_to_array(image, self.data_format, dtype=np.uint8)

    def _batch(self, which: np.ndarray, epoch: int) -> Any:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            images = np.stack(list(pool.map(self._read, which)))
        x = self.image_data_generator.vary(images, np.arange(len(which)), which, self.seed, epoch)
        self.save(x, which, epoch)
        if self.class_mode is None:
            return x
        if self.class_mode == "input":
            return x, x.copy()
        labels = self.classes[which]
        if self.class_mode == "categorical":
            return x, np.eye(self.num_classes, dtype=np.float32)[labels]
        return x, labels.astype(np.float32)


def _image_files(directory: str, name: str, follow_links: bool) -> list[str]:
    """Return a class's images as paths from `directory`, in Keras' order: by folder, then by name."""
    found = []
    for place, folders, files in os.walk(os.path.join(directory, name), followlinks=follow_links):
        folders[:] = [folder for folder in folders if not is_hidden(folder)]
        found.append((place, sorted(file for file in files if is_image_name(file) and not is_hidden(file))))
    return [
        os.path.relpath(os.path.join(place, file), directory)
        for place, files in sorted(found)
        for file in files
    ]
