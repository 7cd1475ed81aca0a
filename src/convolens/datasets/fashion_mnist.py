"""Fashion-MNIST: 70,000 pictures of clothes of 28 x 28 pixels in ten classes (Xiao, Rasul and Vollgraf, 2017), under Keras' name."""

import gzip
from pathlib import Path

import numpy as np

from convolens.datasets.places import find
from convolens.errors import DataError
from convolens.files.download import RemoteFile
from convolens.missing import answer_for

CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_FOLDER = "fashion-mnist"
_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
FILES = tuple(
    RemoteFile(_ADDRESS + name, digits, name)
    for name, digits in (
        ("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        ("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        ("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        ("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    )
)
_UINT8 = 8  # the idx format's code of unsigned bytes

Part = tuple[np.ndarray, np.ndarray]


def load_data(files: tuple[RemoteFile, ...] = FILES) -> tuple[Part, Part]:
    """Return Fashion-MNIST as `keras.datasets.fashion_mnist.load_data()` does: ((x_train, y_train), (x_test, y_test)).

    Local copies are taken where they are: the four files in a folder `fashion-mnist` of `$CONVOLENS_DATASETS`, of the cache
    (`$CONVOLENS_CACHE`/datasets, or the user's cache of the system) or of `~/.keras/datasets`. Otherwise they (29 MiB) are
    downloaded into the cache.

    Args:
        files: where the four files are and what they must be: images and labels for training, images and labels for testing.

    Returns:
        x uint8 (n, 28, 28) in 0..255, white on black; y uint8 (n,), the places of names in `CLASS_NAMES`. 60,000 and 10,000.

    Raises:
        MissingFileError: no local copy, and the download failed; the message says how to do it by hand.
        DataError: a copy is damaged.

    Example:
        >>> CLASS_NAMES[9]
        'Ankle boot'
    """
    x_train, y_train, x_test, y_test = (_array(find(file, _FOLDER)) for file in files)
    return (x_train, y_train), (x_test, y_test)


def _array(path: Path) -> np.ndarray:
    """Read a file of the idx format: two zeros, the type, the number of axes, each axis' size, then the values."""
    try:
        with gzip.open(path, "rb") as file:
            data = file.read()
        if data[:3] != bytes([0, 0, _UINT8]):
            raise ValueError("it is no idx file of bytes")
        axes = data[3]
        shape = np.frombuffer(data, ">u4", axes, offset=4)
        return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise DataError(f"{path}: cannot be read ({error}); remove it, and it is downloaded anew.") from error


__getattr__ = answer_for(__name__)  # what Keras has and is not here
