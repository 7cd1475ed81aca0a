"""CIFAR-10: 60,000 photos of 32 x 32 pixels in ten classes (Krizhevsky, 2009), under Keras' name."""

import tarfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from convolens.augmentation import permutation
from convolens.data.decoding.decode import read_pixels
from convolens.data.folders.folder import ImageFolder, list_images
from convolens.datasets.places import download_folder, local_folders
from convolens.errors import DataError
from convolens.files.download import RemoteFile, check, download
from convolens.missing import answer_for

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ARCHIVE = RemoteFile(
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    name="cifar-10-binary.tar.gz",
)
_BINARY_FOLDER = "cifar-10-batches-bin"
_TRAIN_FILES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
_TEST_FILES = ("test_batch.bin",)
_SIDE = 32  # rows and columns
_RECORD = 1 + 3 * _SIDE * _SIDE  # a label, then red, green and blue, each row by row

Part = tuple[np.ndarray, np.ndarray]


def load_data(archive: RemoteFile = ARCHIVE) -> tuple[Part, Part]:
    """Return CIFAR-10 as `keras.datasets.cifar10.load_data()` does: ((x_train, y_train), (x_test, y_test)).

    A local copy is taken where there is one, from `$CONVOLENS_DATASETS` or else from the cache
    (`$CONVOLENS_CACHE`/datasets, or the user's cache of the system): the folders `cifar10/train/CLASS/*` and
    `cifar10/test/CLASS/*` of JPEG or PNG files (classes numbered by sorted name, images in
    one fixed mixed order), the folder `cifar-10-batches-bin`, or `cifar-10-binary.tar.gz`. Otherwise that archive (163 MiB)
    is downloaded into the cache; an archive is used only if its SHA-256 is right.

    Args:
        archive: where the archive is and what it must be.

    Returns:
        x uint8 (n, 32, 32, 3) in 0..255, RGB; y uint8 (n, 1). 50,000 and 10,000 from the archive.

    Raises:
        MissingFileError: no local copy, and the download failed; the message says how to do it by hand.
        DataError: a copy is damaged, or its folders do not hold the same classes. ImageError: a broken photo.

    Example:
        >>> import os, tempfile
        >>> from PIL import Image
        >>> with tempfile.TemporaryDirectory() as place:
        ...     for name in ("train/cat", "train/dog", "test/cat", "test/dog"):
        ...         os.makedirs(f"{place}/cifar10/{name}")
        ...         Image.new("RGB", (32, 32)).save(f"{place}/cifar10/{name}/0.png")
        ...     os.environ["CONVOLENS_DATASETS"] = place
        ...     (x, y), _ = load_data()
        ...     del os.environ["CONVOLENS_DATASETS"]
        >>> x.shape, sorted(y.tolist())
        ((2, 32, 32, 3), [[0], [1]])
    """
    for place in local_folders():
        if (place / "cifar10" / "train").is_dir():
            return _from_images(place / "cifar10")
        if (place / _BINARY_FOLDER).is_dir():
            folder = place / _BINARY_FOLDER
            return _from_binary(folder, partial(_read_file, folder))
        if (place / archive.name).is_file():
            return _from_archive(check(archive, place / archive.name))
    return _from_archive(download(archive, download_folder()))


def _from_images(folder: Path) -> tuple[Part, Part]:
    train = list_images(folder / "train")
    test = list_images(folder / "test", class_names=train.class_names)
    # The published order is mixed, and programs rely on it: `validation_split` takes the last tenth.
    train, test = (part.subset(permutation(0, 0, len(part))) for part in (train, test))
    return _decode(train), _decode(test)


def _decode(photos: ImageFolder) -> Part:
    x = np.empty((len(photos), _SIDE, _SIDE, 3), np.uint8)

    def put(place: int, path: Path) -> None:
        pixels = read_pixels(path)
        if pixels.shape != x.shape[1:]:
            raise DataError(
                f"{path}: is of {pixels.shape[0]} x {pixels.shape[1]} pixels; CIFAR-10's photos are of "
                f"{_SIDE} x {_SIDE}. Is this another data set? Read it with flow_from_directory."
            )
        x[place] = pixels

    with ThreadPoolExecutor() as pool:
        for _ in pool.map(put, range(len(photos)), photos.paths):
            pass  # raises what a photo raised
    return x, photos.labels.astype(np.uint8)[:, np.newaxis]


def _from_archive(path: Path) -> tuple[Part, Part]:
    """Read the members that are wanted, in the archive's own order; nothing is unpacked to disk."""
    wanted = {f"{_BINARY_FOLDER}/{name}": name for name in (*_TRAIN_FILES, *_TEST_FILES)}
    held: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.name in wanted else None
                if file is not None:
                    held[wanted[member.name]] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(
            f"{path}: cannot be read as a tar.gz archive ({error}); remove it, and it is downloaded anew."
        ) from error
    return _from_binary(path, partial(_read_member, path, held))


def _read_member(path: Path, held: Mapping[str, bytes], name: str) -> bytes:
    if name not in held:
        raise DataError(f"{path}: holds no {_BINARY_FOLDER}/{name}; expected CIFAR-10's binary version.")
    return held[name]


def _read_file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise DataError(
            f"{folder / name}: cannot be read ({error.strerror}); expected CIFAR-10's binary version, "
            f"{_TRAIN_FILES[0]} to {_TRAIN_FILES[-1]} and {_TEST_FILES[0]}. Unpack {ARCHIVE.name} anew."
        ) from error


def _from_binary(place: Path, read: Callable[[str], bytes]) -> tuple[Part, Part]:
    train = [_records(place / name, read(name)) for name in _TRAIN_FILES]
    test = [_records(place / name, read(name)) for name in _TEST_FILES]
    return _split(train), _split(test)


def _records(path: Path, data: bytes) -> np.ndarray:
    if not data or len(data) % _RECORD:
        raise DataError(
            f"{path}: {len(data)} bytes are no whole number of records of {_RECORD} bytes; the file is "
            "damaged or of another data set. Get it anew."
        )
    records = np.frombuffer(data, np.uint8).reshape(-1, _RECORD)
    if records[:, 0].max() >= len(CLASS_NAMES):
        raise DataError(f"{path}: has label {records[:, 0].max()}; CIFAR-10's are 0 to 9. Is it CIFAR-100's?")
    return records


def _split(records: list[np.ndarray]) -> Part:
    whole = np.concatenate(records)
    planes = whole[:, 1:].reshape(-1, 3, _SIDE, _SIDE)  # (n, c, h, w)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), whole[:, :1].copy()  # (n, h, w, c), (n, 1)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
