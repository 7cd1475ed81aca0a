"""Flows: the `flow*` methods of ImageDataGenerator, which give batches of arrays, folders and tables."""

import warnings
from typing import Any

from convolens.arguments import refuse_unknown
from convolens.augmentation import Augmentation
from convolens.preprocessing.image.array_iterator import NumpyArrayIterator
from convolens.preprocessing.image.dataframe_iterator import DataFrameIterator
from convolens.preprocessing.image.directory_iterator import DirectoryIterator

# Arguments of older Kerases, which ask for nothing any more.
_DEPRECATED = {
    "has_ext": "file names have to be complete, ending included",
    "sort": "with shuffle=False the rows stay in their order",
    "drop_duplicates": "call dataframe.drop_duplicates() first",
}


class Flows:
    """The part of `ImageDataGenerator` that makes iterators."""

    data_format: str
    augmentation: Augmentation

    def _warn_of_varied_validation(self, where: str, subset: str | None) -> None:
        """Warn where what measures a network would be varied at random, as Keras does without a word."""
        if subset == "validation" and not self.augmentation.changes_nothing:
            warnings.warn(
                f"{where}: subset='validation' is varied too ({self.augmentation.describe()[0]} ...), as in Keras. To "
                "measure on the images as they are, take it from a second ImageDataGenerator with the same "
                "validation_split and no ranges.",
                stacklevel=3,
            )

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Return endless varied batches of images in memory.

        Args:
            x: images of rank 4, or a pair (images, other inputs).
            y, sample_weight: of the same length, yielded along.
            batch_size, shuffle, seed: as in `Iterator`.
            save_to_dir: a folder for every image that is yielded, with `save_prefix` and `save_format`.
            subset: "training" or "validation", with `validation_split`.
            ignore_class_split: do not ask that both parts hold the same classes.
        """
        self._warn_of_varied_validation("flow", subset)
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format,
            save_to_dir, save_prefix, save_format, subset, ignore_class_split,
        )  # fmt: skip

    def flow_from_directory(
        self,
        directory: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Return endless varied batches of the images in class folders.

        Args:
            directory: holds a folder for each class.
            target_size: (height, width) of every image.
            color_mode: "rgb", "grayscale" or "rgba".
            classes: names of the folders in the order of their numbers; None sorts them.
            class_mode: y is one-hot ("categorical"), 0 or 1 ("binary"), class numbers ("sparse"), the images
                themselves ("input"), or not there (None).
            batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset: as in `flow`.
            follow_links: look into linked folders.
            interpolation: how images are scaled.
            keep_aspect_ratio: crop to the target's proportions instead of squashing.
        """
        self._warn_of_varied_validation("flow_from_directory", subset)
        return DirectoryIterator(
            directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed,
            self.data_format, save_to_dir, save_prefix, save_format, follow_links, subset, interpolation,
            keep_aspect_ratio,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: Any = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **options: Any,
    ) -> DataFrameIterator:
        """Return endless varied batches of the images that a table names.

        Args:
            dataframe: a pandas DataFrame, a row an image.
            directory: where the files lie; None where the table holds whole paths.
            x_col: the column of file names.
            y_col: the column of labels; a list of columns for "multi_output", and where wanted for "raw".
            weight_col: the column of sample weights, yielded as a third item.
            target_size, color_mode, batch_size, shuffle, seed, interpolation: as in `flow_from_directory`.
            classes: labels in the order of their numbers, rows of others are left out; None takes and sorts all.
            class_mode: as in `flow_from_directory`, from labels that are strings ("categorical": also lists of
                strings, several ones a row); or the columns as they are: "raw" in one array, "multi_output" an array
                a column.
            save_to_dir, save_prefix, save_format, subset: as in `flow`; the subset is a part of the rows.
            validate_filenames: leave rows out whose file is missing or no image by its name, with a warning.
            options: Keras' deprecated `has_ext`, `sort` and `drop_duplicates`, which do nothing.
        """
        refuse_unknown(
            "flow_from_dataframe", options, [*Flows.flow_from_dataframe.__annotations__, *_DEPRECATED]
        )
        for name in options:
            warnings.warn(
                f"flow_from_dataframe: {name} is deprecated and does nothing; {_DEPRECATED[name]}.",
                DeprecationWarning,
                stacklevel=2,
            )
        if class_mode == "other":
            warnings.warn(
                "flow_from_dataframe: class_mode 'other' is deprecated; it is called 'raw' now.",
                DeprecationWarning,
                stacklevel=2,
            )
            class_mode = "raw"
        self._warn_of_varied_validation("flow_from_dataframe", subset)
        return DataFrameIterator(
            dataframe, directory, self, x_col, y_col, weight_col, target_size, color_mode, classes, class_mode,
            batch_size, shuffle, seed, self.data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, False, None, validate_filenames,
        )  # fmt: skip
