"""Handwritten digits that come with scikit-learn: small, no download, for demonstrations and tests."""

from os import PathLike
from pathlib import Path

import numpy as np
from PIL import Image

from convolens.arguments import integer
from convolens.data.decoding.decode import read_pixels
from convolens.data.folders.folder import files_below
from convolens.errors import DataError, ImageError
from convolens.files.atomic import write_error

_DEEPEST = 16  # scikit-learn's pixels are counts 0..16


def load_data() -> tuple[np.ndarray, np.ndarray]:
    """Return 1,797 handwritten digits (UCI ML, Alpaydin & Kaynak, 1998) and what they are.

    Returns:
        Images, uint8 (1797, 8, 8) in 0..255, white on black; labels 0 to 9, uint8 (1797,).

    Example:
        >>> images, labels = load_data()
        >>> images.shape, int(images.max()), labels[:3].tolist()
        ((1797, 8, 8), 255, [0, 1, 2])
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.rint(digits.images * (255 / _DEEPEST)).astype(np.uint8)  # (n, 8, 8)
    return images, digits.target.astype(np.uint8)


def write_folder(path: str | PathLike[str], size: int = 32) -> int:
    """Write the digits as greyscale PNG files PATH/DIGIT/NNNN.png and return how many there are.

    What was begun is completed: files that are there already must be the same pictures.

    Args:
        path: the folder; made where it is not there.
        size: rows and columns of each picture in pixels, scaled up bilinearly from 8 x 8.

    Raises:
        DataError: the folder holds something else; nothing is written then.
        WriteError: it cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     count, files = write_folder(place, size=8), len(list(Path(place).glob("7/*.png")))
        >>> count, files
        (1797, 179)
    """
    size = integer("write_folder", "size", size)
    folder = Path(path)
    pictures = _pictures(folder, size)
    present = _check_present(folder, pictures, size)
    try:
        for digit in range(10):
            (folder / str(digit)).mkdir(parents=True, exist_ok=True)
        for file, picture in pictures.items():
            if file not in present:
                temporary = file.with_name(f".{file.name}")  # hidden until it is whole
                picture.save(temporary, "png")
                temporary.replace(file)
    except OSError as error:
        raise write_error(error, folder) from error
    return len(pictures)


def _pictures(folder: Path, size: int) -> dict[Path, Image.Image]:
    """Return each file's picture, numbered within its digit."""
    pictures = {}
    counts = [0] * 10
    for image, digit in zip(*load_data(), strict=True):
        file = folder / str(digit) / f"{counts[digit]:04d}.png"
        counts[digit] += 1
        pictures[file] = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)
    return pictures


def _check_present(folder: Path, pictures: dict[Path, Image.Image], size: int) -> set[Path]:
    """Return the files that are there already; raise DataError where one is not what would be written."""
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is a file; name a new or empty folder for the digits.")
    present = set(files_below(folder)) if folder.is_dir() else set()
    for file in sorted(present):
        if file not in pictures or not _same(file, pictures[file]):
            raise DataError(
                f"{folder}: holds {file.relative_to(folder)}, which is not one of the digits at {size} x {size} "
                "pixels; name a new or empty folder."
            )
    return present


def _same(file: Path, picture: Image.Image) -> bool:
    try:
        return np.array_equal(read_pixels(file, "grayscale")[..., 0], np.asarray(picture))
    except ImageError:
        return False
