"""scipy.misc as it was until SciPy 1.2: photos read, saved and resized by Pillow."""

from typing import Any

import numpy as np
from PIL import Image

from convolens.data.decoding.formats import open_picture

_INTERPOLATIONS = {
    "nearest": Image.Resampling.NEAREST,
    "lanczos": Image.Resampling.LANCZOS,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "cubic": Image.Resampling.BICUBIC,
}


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """Return a photo as an array (rows, columns[, channels]), uint8.

    Args:
        name: a file.
        flatten: grey values, float32 in 0..255.
        mode: of Pillow's ("RGB", "L"), to convert to.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     imsave(f"{folder}/a.png", np.array([[0, 255]], np.uint8))
        ...     imread(f"{folder}/a.png").tolist()
        [[0, 255]]
    """
    photo = open_picture(name)
    if mode is not None:
        photo = photo.convert(mode)
    elif photo.mode == "P":
        photo = photo.convert("RGBA" if "transparency" in photo.info else "RGB")
    return np.array(photo.convert("F" if flatten else "L") if flatten or photo.mode == "1" else photo)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Save an array as a photo; whatever is no uint8 is stretched to 0..255 first.

    Args:
        name: the file; its ending is the format.
        arr: (rows, columns) or (rows, columns, 3 or 4 channels).
        format: another than the ending's.
    """
    toimage(arr).save(name, format)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """Return a photo of another size, uint8; whatever is no uint8 is stretched to 0..255 first.

    Args:
        arr: as of `imsave`.
        size: (rows, columns), a whole number of percent, or a fraction.
        interp: "nearest", "lanczos", "bilinear", "bicubic" or "cubic".
        mode: of Pillow's, to convert to before.

    Example:
        >>> imresize(np.zeros((4, 6, 3), np.uint8), (2, 5)).shape, imresize(np.zeros((4, 6)), 0.5).shape
        ((2, 5, 3), (2, 3))
    """
    photo = toimage(arr) if mode is None else toimage(arr).convert(mode)
    if isinstance(size, (int, float, np.number)):
        share = size / 100 if isinstance(size, (int, np.integer)) else size
        columns, rows = (int(side * share) for side in photo.size)
    else:
        rows, columns = (int(side) for side in size)
    return np.array(photo.resize((columns, rows), _INTERPOLATIONS[interp]))


def toimage(arr: Any, cmin: float | None = None, cmax: float | None = None) -> Image.Image:
    """Return an array as one of Pillow's photos; whatever is no uint8 is stretched to 0..255 first.

    Args:
        arr: as of `imsave`; the channels may be the first axis.
        cmin, cmax: the values that become 0 and 255; None for the least and the largest.

    Example:
        >>> np.array(toimage([[0.0, 0.5, 1.0]])).tolist()
        [[0, 128, 255]]
    """
    values = np.asarray(arr)
    if values.ndim == 3 and values.shape[2] not in (3, 4):
        values = np.moveaxis(values, 0, 2)
    if values.dtype != np.uint8:
        least, largest = values.min() if cmin is None else cmin, values.max() if cmax is None else cmax
        stretched = (values - least) * (255.0 / ((largest - least) or 1))
        values = (stretched.clip(0, 255) + 0.5).astype(np.uint8)
    return Image.fromarray(values)
