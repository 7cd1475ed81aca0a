"""image_dataset_from_directory: photos in class folders as a data set of batches."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean, integer, number_in, one_of, pair
from convolens.data.decoding.decode import CHANNELS
from convolens.data.folders.folder import check_folder, subfolders
from convolens.errors import ArgumentError, DataError
from convolens.preprocessing.image.directory_iterator import image_files
from convolens.preprocessing.image.files import check_data_format
from convolens.tensorflow.data import AUTOTUNE, Dataset
from convolens.utils.photos import INTERPOLATIONS, Photos

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")  # Keras'; others of the folder are not taken
_WHERE = "image_dataset_from_directory"


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
    smart_resize: bool = False,
) -> Any:
    """Return the photos of class folders as batches, float32 of 0 to 255; with `class_names` and `file_paths`.

    Which files are of which subset, and their order where shuffle=False, are Keras' for the same seed.

    Args:
        directory: holds a folder for each class; JPEG, PNG, BMP and GIF files (the first frame).
        labels: "inferred" from the folders, a list of class numbers in the order of the sorted paths, or None.
        label_mode: "int" for int32 (n,), "binary" for float32 (n, 1), "categorical" for one-hot rows, None for photos alone.
        class_names: the folders in the order of their numbers; None sorts them.
        color_mode: "rgb", "grayscale" or "rgba".
        batch_size: photos a batch; None gives them one by one.
        image_size: (rows, columns), or one number for both.
        shuffle: mix the files, and anew in each pass; False sorts them.
        seed: of the orders; None takes one from NumPy's global stream.
        validation_split: the share of the validation subset, the last of the (mixed) files.
        subset: "training", "validation", or "both" for a list of the two.
        interpolation: "bilinear", "nearest" or "bicubic", without smoothing.
        follow_links: look into linked folders.
        crop_to_aspect_ratio: crop the middle instead of squashing.
        pad_to_aspect_ratio: add black at both ends instead of squashing.
        data_format: "channels_last" (None too) or "channels_first".
        format: "tf".
        verbose: print how many files there are.
        smart_resize: `crop_to_aspect_ratio`, as TensorFlow 2.4 calls it.

    Returns:
        a `Dataset`, or a list of two.

    Raises:
        MissingFileError: no such folder. DataError: no photo in it, or other class folders.
        ArgumentError: a value that is none; a split of shuffled files without a seed.

    Source:
        `keras.utils.image_dataset_from_directory` of Keras 3.15. Photos that lie on their side by their EXIF data are turned upright.
    """
    one_of(_WHERE, "label_mode", label_mode, ("int", "categorical", "binary", None))
    one_of(_WHERE, "color_mode", color_mode, list(CHANNELS))
    one_of(_WHERE, "interpolation", str(interpolation).lower(), list(INTERPOLATIONS))
    one_of(_WHERE, "format", format, ("tf",))
    channels_first = check_data_format(_WHERE, data_format) == "channels_first"
    size = pair(_WHERE, "image_size", image_size)
    if batch_size is not None:
        batch_size = integer(_WHERE, "batch_size", batch_size)
    crop_to_aspect_ratio = crop_to_aspect_ratio or smart_resize
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError(f"{_WHERE}: give crop_to_aspect_ratio or pad_to_aspect_ratio, not both.")
    _check_split(validation_split, subset, shuffle, seed)
    seed = int(np.random.randint(10**6)) if seed is None else int(seed)
    if labels is None or label_mode is None:
        labels = label_mode = None
    paths, numbers, names = _list(os.fspath(directory), labels, class_names, follow_links)
    if label_mode == "binary" and len(names or ()) != 2:
        raise ArgumentError(
            f"{_WHERE}: label_mode 'binary' needs two classes; received {len(names or ())}: {', '.join(names or ())}. Use 'int' or "
            "'categorical' for more."
        )
    if verbose:
        print(f"Found {len(paths)} files{'' if names is None else f' belonging to {len(names)} classes'}.")
    if shuffle:
        for column in (paths, numbers):  # each in the same order, as Keras mixes them
            if column is not None:
                np.random.RandomState(seed).shuffle(column)

    def part(which: str | None, mixed: bool) -> Dataset:
        rows = _part(len(paths), validation_split, which)
        chosen = paths[rows]
        if not chosen:
            raise DataError(
                f"{_WHERE}: no photo {f'for {which} ' if which else ''}in {directory}; it takes {', '.join(FORMATS)} files in a folder "
                "for each class."
            )
        y = None if numbers is None else _labels(numbers[rows], label_mode, len(names or ()))
        fit = "crop" if crop_to_aspect_ratio else "pad" if pad_to_aspect_ratio else "squash"
        photos = Dataset(Photos(chosen, y, size, color_mode, interpolation.lower(), fit, channels_first))
        photos = photos.shuffle(len(chosen), seed) if mixed else photos
        found: Any = photos if batch_size is None else photos.batch(batch_size).prefetch(AUTOTUNE)
        found.class_names, found.file_paths = names, chosen
        return found

    if subset == "both":
        return [part("training", shuffle), part("validation", False)]
    return part(subset, shuffle)


def _check_split(validation_split: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    """Raise an `ArgumentError` where the parts of a split would not be what is meant."""
    one_of(_WHERE, "subset", subset, ("training", "validation", "both", None))
    if validation_split:
        number_in(_WHERE, "validation_split", validation_split, 0, 1, open_high=True)
    if bool(validation_split) != (subset is not None):
        raise ArgumentError(
            f"{_WHERE}: validation_split and subset belong together; received {validation_split!r} and {subset!r}."
        )
    if validation_split and shuffle and seed is None:
        raise ArgumentError(
            f"{_WHERE}: with validation_split and shuffle give a seed, the same for both subsets, so that they share no photo."
        )


def _list(
    directory: str, labels: Any, class_names: Sequence[str] | None, follow_links: bool
) -> tuple[list[str], np.ndarray | None, list[str] | None]:
    """Return paths, class numbers and class names, in Keras' order."""
    root = check_folder(directory)
    inferred = isinstance(labels, str) and labels == "inferred"
    if class_names is not None and not inferred:
        raise ArgumentError(f"{_WHERE}: class_names goes with labels='inferred' alone; leave it out.")
    names = subfolders(root) if inferred else [""]
    if class_names is not None:
        for name in class_names:
            if name not in names:
                raise DataError(
                    f"{_WHERE}: {directory} has no folder for class {name!r}.{did_you_mean(name, names)}"
                )
        names = list(class_names)
    files = [
        [path for path in image_files(directory, name, follow_links) if path.lower().endswith(FORMATS)]
        for name in names
    ]
    paths = [os.path.join(directory, path) for of_class in files for path in of_class]
    if labels is None:
        return paths, None, None
    if inferred:
        return paths, np.repeat(np.arange(len(names), dtype=np.int32), [len(f) for f in files]), names
    if not isinstance(labels, (list, tuple, np.ndarray)) or len(labels) != len(paths):
        received = len(labels) if isinstance(labels, (list, tuple, np.ndarray)) else repr(labels)
        raise ArgumentError(
            f"{_WHERE}: labels must be 'inferred', None, or a class number for each of the {len(paths)} files; received {received}."
        )
    return paths, np.asarray(labels, np.int32), [str(label) for label in sorted(set(labels))]


def _part(count: int, validation_split: float | None, subset: str | None) -> slice:
    """Return which files are of a subset: validation is the last, as in Keras."""
    if subset is None:
        return slice(None)
    cut = count - int((validation_split or 0) * count)
    number = cut if subset == "training" else count - cut
    print(f"Using {number} files for {subset}.")
    return slice(None, cut) if subset == "training" else slice(cut, None)


def _labels(numbers: np.ndarray, label_mode: str | None, classes: int) -> np.ndarray:
    if label_mode == "categorical":
        return np.eye(classes, dtype=np.float32)[numbers]
    return numbers.astype(np.float32)[:, np.newaxis] if label_mode == "binary" else numbers
