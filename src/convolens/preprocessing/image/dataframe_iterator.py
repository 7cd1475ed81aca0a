"""DataFrameIterator: varied batches of images that a table names (`ImageDataGenerator.flow_from_dataframe`).

The table is only asked for its columns, so pandas is needed by those alone who have made one with it.
"""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean, one_of
from convolens.data.folders.folder import is_image_name
from convolens.data.folders.names import FileNames, Spellings
from convolens.errors import ArgumentError, ArgumentTypeError, DataError, UnknownNameError
from convolens.preprocessing.image.file_iterator import FileIterator

CLASS_MODES = ("categorical", "binary", "sparse", "input", "multi_output", "raw", None)
_WITH_CLASSES = ("categorical", "binary", "sparse")
_WHERE = "flow_from_dataframe"


class DataFrameIterator(FileIterator):
    """Yields (x, y) or (x, y, weight), or x where `class_mode` is None.

    Args: as of `ImageDataGenerator.flow_from_dataframe`; `image_data_generator` is that generator, `data_format` "channels_last"
        (None too) or "channels_first", `dtype` of the batches (None is the generator's), `keep_aspect_ratio` as in
        `flow_from_directory`.

    Attributes:
        samples: how many images.
        num_classes: how many classes; for class modes with classes only.
        class_indices: class -> number.
        classes: each image's class number, or list of them.
        labels: `classes`; for "raw" an array and for "multi_output" a list of arrays of what the columns hold.
        filenames: as in the table.
        filepaths: with the folder.

    Raises:
        UnknownNameError: no such column. ArgumentTypeError: a column of another type than it must be.
        ArgumentError: "binary" with other than two classes. DataError: no image is left.
    """

    def __init__(
        self,
        dataframe: Any,
        directory: Any = None,
        image_data_generator: Any = None,
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
        data_format: str | None = "channels_last",
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
        validate_filenames: bool = True,
    ) -> None:
        self._prepare(
            _WHERE, image_data_generator, target_size, color_mode, data_format, subset, interpolation,
            keep_aspect_ratio, dtype,
        )  # fmt: skip
        one_of(_WHERE, "class_mode", class_mode, CLASS_MODES)
        if not hasattr(dataframe, "columns"):
            raise ArgumentTypeError(
                f"{_WHERE}: dataframe must be a pandas DataFrame; received {type(dataframe).__name__}."
            )
        if class_mode == "multi_output" and not isinstance(y_col, list):
            raise ArgumentTypeError(
                f"{_WHERE}: y_col must be a list of columns for class_mode 'multi_output'; received {y_col!r}."
            )
        if isinstance(classes, str):
            raise ArgumentTypeError(f"{_WHERE}: classes must be a list of labels; received {classes!r}.")
        chosen = list(dict.fromkeys(classes)) if classes is not None else []
        self.directory = "" if directory is None else os.fspath(directory)
        names = _column(dataframe, x_col)
        _check_type("x_col", x_col, names, (str,), "strings")
        given: list[Any] = []
        if class_mode in _WITH_CLASSES:
            given = _column(dataframe, y_col)
            if class_mode == "categorical":
                _check_type("y_col", y_col, given, (str, list, tuple), "strings, or lists or tuples of them")
            else:
                _check_type("y_col", y_col, given, (str,), f"strings for class_mode {class_mode!r}")
            count = len(chosen or set(given)) if class_mode == "binary" else 2
            if count != 2:
                raise ArgumentError(
                    f"{_WHERE}: class_mode 'binary' needs two classes; there are {count}. "
                    "Use 'sparse' or 'categorical' for more."
                )
        elif chosen:
            warnings.warn(f"{_WHERE}: classes is ignored with class_mode {class_mode!r}.", stacklevel=3)
        weights = None if weight_col is None else _weights(dataframe, weight_col)

        kept, files = np.arange(len(names)), FileNames(self.directory)
        paths = [os.path.join(self.directory, files.find(name) or name) for name in names]
        if validate_filenames:
            kept = self._existing(paths, x_col)
        if class_mode in _WITH_CLASSES:
            given = [given[row] for row in kept]
            filtered = bool(chosen)
            if not chosen:
                every = Spellings(sorted({label for labels in given for label in _several(labels)}))
                chosen = list(every.names())
            self._known = Spellings(chosen)
            self.num_classes = len(chosen)
            self.class_indices = {label: number for number, label in enumerate(chosen)}
            numbers = [self._numbers(labels, filtered) for labels in given]
            known = [place for place, number in enumerate(numbers) if number is not None]
            known = known[self._part(len(known))]
            kept, self.classes = kept[known], [numbers[place] for place in known]
        else:
            kept = kept[self._part(len(kept))]
        if class_mode == "multi_output":
            self._targets: Any = [
                np.array([column[row] for row in kept]) for column in self._columns(dataframe, y_col)
            ]
        elif class_mode == "raw":
            self._targets = self._raw(dataframe, y_col)[kept]
        self.filenames = [names[row] for row in kept]
        self.filepaths = [paths[row] for row in kept]
        self.sample_weight = None if weights is None else weights[kept]
        if not self.filenames:
            raise DataError(self._nothing_left(names, x_col, subset))
        validated = "validated" if validate_filenames else "non-validated"
        belonging = f" belonging to {self.num_classes} classes" if class_mode in _WITH_CLASSES else ""
        print(f"Found {len(self.filenames)} {validated} image filenames{belonging}.")
        self._begin(_WHERE, class_mode, batch_size, shuffle, seed, save_to_dir, save_prefix, save_format)

    @property
    def labels(self) -> Any:
        """Each image's label: its class number or numbers, or what the columns of `y_col` hold."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    def _existing(self, paths: Sequence[str], x_col: str) -> np.ndarray:
        """Return the rows whose file is there and named as an image."""
        found = np.array([is_image_name(path) and os.path.isfile(path) for path in paths], dtype=bool)
        missing = np.flatnonzero(~found)
        if len(missing):
            warnings.warn(
                f"{_WHERE}: {len(missing)} of {len(paths)} file names in x_col {x_col!r} are missing or are no images "
                f"by their names, and are left out; the first is {paths[missing[0]]!r}.",
                stacklevel=4,
            )
        return np.flatnonzero(found)

    def _numbers(self, labels: Any, filtered: bool) -> Any:
        """Return the number of a label, or the numbers of several; None where the filter leaves nothing of it."""
        if isinstance(labels, str):
            known = self._known.find(labels)
            return None if known is None else self.class_indices[known]
        numbers = [
            self.class_indices[known] for label in labels if (known := self._known.find(label)) is not None
        ]
        return numbers if numbers or not filtered else None

    @staticmethod
    def _columns(dataframe: Any, y_col: list[str]) -> list[list[Any]]:
        return [_column(dataframe, name) for name in y_col]

    @staticmethod
    def _raw(dataframe: Any, y_col: Any) -> np.ndarray:
        if isinstance(y_col, list):
            for name in y_col:
                _column(dataframe, name)
        else:
            _column(dataframe, y_col)
        return np.asarray(dataframe[y_col])

    def _nothing_left(self, names: list[str], x_col: str, subset: str | None) -> str:
        if not names:
            return f"{_WHERE}: the dataframe has no rows."
        if subset is not None:
            return f"{_WHERE}: no row is in the {subset} part; see validation_split of the generator."
        path = os.path.join(self.directory, names[0])
        return (
            f"{_WHERE}: none of the {len(names)} rows has an image that is there; the first of x_col {x_col!r} is "
            f"{path!r}. Give the folder of the files as `directory`."
        )


def _column(dataframe: Any, name: Any) -> list[Any]:
    """Return a column's values."""
    known = [str(column) for column in dataframe.columns]
    try:
        found = name in dataframe.columns
    except TypeError:  # a list, where one name was expected
        found = False
    if not found:
        raise UnknownNameError(
            f"{_WHERE}: the dataframe has no column {name!r}.{did_you_mean(name, known)} It has: {', '.join(known)}."
        )
    return list(dataframe[name])


def _several(labels: Any) -> Sequence[str]:
    return [labels] if isinstance(labels, str) else labels


def _check_type(argument: str, name: str, values: list[Any], kinds: tuple[type, ...], expected: str) -> None:
    for row, value in enumerate(values):
        if not isinstance(value, kinds):
            raise ArgumentTypeError(
                f"{_WHERE}: column {name!r} ({argument}) must hold {expected}; row {row} holds {value!r}. "
                f"Convert it with dataframe[{name!r}].astype(str)."
            )


def _weights(dataframe: Any, weight_col: str) -> np.ndarray:
    """Return the column of sample weights."""
    weights = np.asarray(_column(dataframe, weight_col) and dataframe[weight_col])
    if weights.dtype.kind not in "iufc":
        raise ArgumentTypeError(
            f"{_WHERE}: column {weight_col!r} (weight_col) must hold numbers; received {weights.dtype}."
        )
    if not np.isfinite(weights).all():
        row = int(np.flatnonzero(~np.isfinite(weights))[0])
        raise DataError(
            f"{_WHERE}: column {weight_col!r} (weight_col) holds {weights[row]} in row {row}; every image needs a "
            "finite weight."
        )
    return weights
