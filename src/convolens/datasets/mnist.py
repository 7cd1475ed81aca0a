"""MNIST: 70,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes and Burges, 1998), under Keras' name."""

import os
import zipfile
from pathlib import Path

import numpy as np

from convolens.datasets.places import find
from convolens.errors import DataError
from convolens.files.download import RemoteFile, check
from convolens.missing import answer_for

FILE = RemoteFile(
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    name="mnist.npz",
)

Part = tuple[np.ndarray, np.ndarray]


def load_data(path: str | os.PathLike[str] = "mnist.npz", file: RemoteFile = FILE) -> tuple[Part, Part]:
    """Return MNIST as `keras.datasets.mnist.load_data()` does: ((x_train, y_train), (x_test, y_test)).

    A local copy is taken where there is one: `mnist.npz` in `$CONVOLENS_DATASETS`, in the cache (`$CONVOLENS_CACHE`/datasets, or the
    user's cache of the system) or in `~/.keras/datasets`. Otherwise it (11 MiB) is downloaded into the cache.

    Args:
        path: a file that lies elsewhere; where there is none, the name is of no importance.
        file: where the file is and what it must be.

    Returns:
        x uint8 (n, 28, 28) in 0..255, white on black; y uint8 (n,). 60,000 and 10,000.

    Raises:
        MissingFileError: no local copy, and the download failed; the message says how to do it by hand.
        DataError: a copy is damaged.

    Example:
        >>> import hashlib, tempfile
        >>> x, y = np.zeros((2, 28, 28), np.uint8), np.array([3, 1], np.uint8)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = Path(folder, "mnist.npz")
        ...     np.savez(own, x_train=x, y_train=y, x_test=x, y_test=y)
        ...     known = RemoteFile(FILE.url, hashlib.sha256(own.read_bytes()).hexdigest(), "mnist.npz")
        ...     (x_train, y_train), _ = load_data(own, known)
        >>> x_train.shape, y_train.tolist()
        ((2, 28, 28), [3, 1])
    """
    place = Path(path)
    place = check(file, place) if place.is_file() else find(file)
    try:
        with np.load(place, allow_pickle=False) as arrays:
            train, test = ((arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{place}: cannot be read as MNIST ({error}); remove it, and it is downloaded anew."
        ) from error
    return train, test


__getattr__ = answer_for(__name__)  # what Keras has and is not here
