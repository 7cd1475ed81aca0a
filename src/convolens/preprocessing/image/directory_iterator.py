"""DirectoryIterator: varied batches of images in class folders (`ImageDataGenerator.flow_from_directory`)."""

import os
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean, one_of
from convolens.data.folders.folder import check_folder, is_hidden, is_image_name, subfolders
from convolens.data.folders.names import Spellings
from convolens.errors import ArgumentError, DataError
from convolens.preprocessing.image.file_iterator import FileIterator

CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class DirectoryIterator(FileIterator):
    """Yields (x, y), or x where `class_mode` is None.

    Args: as of `ImageDataGenerator.flow_from_directory`; `image_data_generator` is that generator, `data_format` "channels_last"
        (None too) or "channels_first", `dtype` of the batches (None is the generator's).

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
        self._prepare(
            where, image_data_generator, target_size, color_mode, data_format, subset, interpolation,
            keep_aspect_ratio, dtype,
        )  # fmt: skip
        one_of(where, "class_mode", class_mode, CLASS_MODES)
        self.directory = os.fspath(directory)
        root = check_folder(directory)
        found = subfolders(root)
        names = list(classes) if classes else found
        there = Spellings(found)
        for name in names:
            if there.find(name) is None:
                raise DataError(
                    f"{where}: {directory} has no folder for class {name!r}.{did_you_mean(name, found)}"
                )
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            files = image_files(self.directory, there.find(name) or name, follow_links)
            files = files[self._part(len(files))]
            self.filenames += files
            numbers += [number] * len(files)
        if class_mode == "binary" and self.num_classes != 2:
            raise ArgumentError(
                f"{where}: class_mode 'binary' needs two class folders; {directory} has {self.num_classes}: "
                f"{', '.join(names) or 'none'}. Use 'sparse' or 'categorical' for more."
            )
        if not self.filenames:
            part = f"the {subset} part of " if subset else ""
            raise DataError(
                f"{where}: no image in {part}the class folders of {directory} "
                f"({', '.join(names) or 'it has none'}); "
                "it takes JPEG, PNG, BMP, PPM, TIFF, WebP and GIF files."
            )
        self.classes = np.asarray(numbers, np.int32)
        self.filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        print(f"Found {len(self.filenames)} images belonging to {self.num_classes} classes.")
        self._begin(where, class_mode, batch_size, shuffle, seed, save_to_dir, save_prefix, save_format)


def image_files(directory: str, name: str, follow_links: bool) -> list[str]:
    """Return a class's images as paths from `directory`, in Keras' order: by folder, then by name.

    A link that leads back to a folder that it lies in is not followed again.
    """
    found = []
    for place, folders, files in os.walk(os.path.join(directory, name), followlinks=follow_links):
        above = os.path.join(os.path.realpath(place), "") if follow_links else ""
        folders[:] = [
            folder
            for folder in folders
            if not is_hidden(folder)
            and not above.startswith(os.path.join(os.path.realpath(os.path.join(place, folder)), ""))
        ]
        found.append((place, sorted(file for file in files if is_image_name(file) and not is_hidden(file))))
    return [
        os.path.relpath(os.path.join(place, file), directory)
        for place, files in sorted(found)
        for file in files
    ]
