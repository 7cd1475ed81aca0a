"""CIFAR-100: 60,000 photos of 32 x 32 pixels in a hundred classes, which lie in twenty (Krizhevsky, 2009), under Keras' name."""

import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import one_of
from convolens.datasets.places import find, local_folders
from convolens.errors import DataError
from convolens.files.download import RemoteFile
from convolens.missing import answer_for

ARCHIVE = RemoteFile(
    url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
    sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    name="cifar-100-python.tar.gz",
)
_FOLDER = "cifar-100-python"
_KERAS_FOLDER = "cifar-100-python-target"  # Keras 3's; Keras 2 has none around it
_PARTS = ("train", "test")
_SIDE = 32  # rows and columns
# All that the published files name: an array of NumPy's of bytes.
_NAMED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}

Part = tuple[np.ndarray, np.ndarray]


def load_data(label_mode: str = "fine", archive: RemoteFile = ARCHIVE) -> tuple[Part, Part]:
    """Return CIFAR-100 as `keras.datasets.cifar100.load_data()` does: ((x_train, y_train), (x_test, y_test)).

    A local copy is taken where there is one: the folder `cifar-100-python` or `cifar-100-python.tar.gz`, in `$CONVOLENS_DATASETS`, in the
    cache (`$CONVOLENS_CACHE`/datasets, or the user's cache of the system) or in `~/.keras/datasets`. Otherwise the archive
    (161 MiB) is downloaded into the cache.

    Args:
        label_mode: "fine" for the hundred classes, "coarse" for the twenty.
        archive: where the archive is and what it must be.

    Returns:
        x uint8 (n, 32, 32, 3) in 0..255, RGB; y int64 (n, 1). 50,000 and 10,000 from the archive.

    Raises:
        UnknownNameError: another label_mode.
        MissingFileError: no local copy, and the download failed; the message says how to do it by hand.
        DataError: a copy is damaged.

    Example:
        >>> load_data("exact")
        Traceback (most recent call last):
        convolens.errors.UnknownNameError: cifar100: label_mode must be one of 'fine', 'coarse'; received 'exact'.
    """
    one_of("cifar100", "label_mode", label_mode, ("fine", "coarse"))
    for place in local_folders():
        for folder in (place / _FOLDER, place / _KERAS_FOLDER / _FOLDER):
            if folder.is_dir():
                train, test = (_part(folder / name, _read_file(folder / name), label_mode) for name in _PARTS)
                return train, test
    path = find(archive)
    train, test = (_part(path / name, data, label_mode) for name, data in _members(path).items())
    return train, test


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); unpack {ARCHIVE.name} anew, it holds train and test."
        ) from error


def _members(path: Path) -> dict[str, bytes]:
    """Return what the two files in the archive hold; nothing is unpacked to disk."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            files = {name: archive.extractfile(f"{_FOLDER}/{name}") for name in _PARTS}
            return {name: file.read() for name, file in files.items() if file is not None}
    except (tarfile.TarError, EOFError, OSError, KeyError) as error:
        raise DataError(
            f"{path}: cannot be read as CIFAR-100's python version ({error}); remove it, and it is downloaded anew."
        ) from error


class _ArraysOnly(pickle.Unpickler):
    """Reads the published form, which is a pickle; nothing but an array of numbers can be made by one."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def _part(path: Path, data: bytes, label_mode: str) -> Part:
    try:
        found = _ArraysOnly(io.BytesIO(data), encoding="bytes").load()
        planes = np.asarray(found[b"data"], np.uint8).reshape(-1, 3, _SIDE, _SIDE)  # (n, c, h, w)
        y = np.asarray(found[f"{label_mode}_labels".encode()]).reshape(len(planes), 1)
    except Exception as error:  # a damaged pickle raises nearly anything
        raise DataError(
            f"{path}: cannot be read as CIFAR-100's python version ({error}); remove it, and it is downloaded anew."
        ) from error
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), y  # (n, h, w, c), (n, 1)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
