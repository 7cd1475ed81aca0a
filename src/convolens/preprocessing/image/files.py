"""Images between files, Pillow and arrays, as `keras.preprocessing.image` has it."""

import functools
import io
import numbers
import warnings
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
from PIL import Image

from convolens.arguments import look_up, one_of
from convolens.data.decoding.decode import COLOR_MODES, INTERPOLATIONS, read_image
from convolens.data.decoding.samples import AS_KERAS
from convolens.errors import ArgumentTypeError, ShapeError
from convolens.files.atomic import write_error

DATA_FORMATS = ("channels_last", "channels_first")
_OF_KERAS_1 = {"tf": "channels_last", "th": "channels_first"}

P = ParamSpec("P")
T = TypeVar("T")


def takes_dim_ordering(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that takes Keras 1's `dim_ordering` ("tf" or "th") for its `data_format`, and says so."""

    @functools.wraps(function)
    def taking(*arguments: P.args, **keywords: P.kwargs) -> T:
        if "dim_ordering" in keywords:
            told = str(keywords.pop("dim_ordering"))
            where = function.__qualname__.removesuffix(".__init__")
            warnings.warn(f"{where}: Keras 1's dim_ordering is data_format now.", UserWarning, stacklevel=2)
            keywords["data_format"] = _OF_KERAS_1.get(told, told)
        return function(*arguments, **keywords)

    return taking


def check_data_format(where: str, data_format: str | None) -> str:
    """Return "channels_last" or "channels_first"; None is the former."""
    if data_format is None:
        return "channels_last"
    return one_of(where, "data_format", data_format, DATA_FORMATS)


def check_target_size(where: str, size: Any) -> tuple[int, int]:
    """Return (rows, columns) as two ints.

    Raises:
        ArgumentTypeError: not a pair at all. ShapeError: not two whole numbers above 0.
    """
    expected = f"{where}: target_size must be (height, width) in pixels; received {size!r}."
    if not isinstance(size, (tuple, list, np.ndarray)):
        is_number = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
        raise ArgumentTypeError(expected + (f" For a square give ({size}, {size})." if is_number else ""))
    if len(size) == 3:
        raise ShapeError(f"{expected} Leave the channels out: color_mode says how many there are.")
    whole = all(isinstance(side, numbers.Real) and not isinstance(side, bool) for side in size) and all(
        float(side).is_integer() and side > 0 for side in size
    )
    if len(size) != 2 or not whole:
        raise ShapeError(f"{expected} Both must be whole numbers above 0.")
    return int(size[0]), int(size[1])


def load_img(
    path: str | PathLike[str] | bytes | io.BytesIO,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image.Image:
    """Return an image file as a Pillow image, as `keras.utils.load_img`; photos that lie on their side are turned.

    As in Keras a grey picture of 16 or 32 bits keeps its values where `color_mode` is "grayscale". In colours Keras makes all above 255
    white; here the upper eight bits are taken.

    Args:
        path: a file name, or a `BytesIO` with its content.
        color_mode: "rgb", "grayscale" or "rgba".
        target_size: (height, width) in pixels, or None for the image's own.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: True crops the middle to the target's proportions first.

    Raises:
        MissingFileError: no such file. ImageError: it cannot be read. UnknownNameError: color_mode, interpolation.

    Example:
        >>> file = io.BytesIO()
        >>> Image.new("RGB", (4, 2)).save(file, "png")
        >>> load_img(file, target_size=(6, 3)).size
        (3, 6)
    """
    if isinstance(path, bytes):
        path = path.decode()
    if not isinstance(path, (str, PathLike, io.BytesIO)):
        raise ArgumentTypeError(
            f"load_img: path must be a file name or io.BytesIO; received {type(path).__name__}."
        )
    one_of("load_img", "color_mode", color_mode, list(COLOR_MODES))
    resampling = look_up("load_img", "interpolation", interpolation, INTERPOLATIONS)
    if target_size is None:
        return read_image(path, color_mode, samples=AS_KERAS)
    rows, columns = check_target_size("load_img", target_size)
    if not keep_aspect_ratio:
        return read_image(path, color_mode, (rows, columns), interpolation, samples=AS_KERAS)
    image = read_image(path, color_mode, samples=AS_KERAS)
    if image.size == (columns, rows):
        return image
    width, height = image.size
    kept_height, kept_width = min(height, width * rows // columns), min(width, height * columns // rows)
    top, left = (height - kept_height) // 2, (width - kept_width) // 2
    return image.resize((columns, rows), resampling, box=(left, top, left + kept_width, top + kept_height))


@takes_dim_ordering
def img_to_array(img: Any, data_format: str | None = None, dtype: Any = "float32") -> np.ndarray:
    """Return a Pillow image as an array (height, width, channels) of values 0 to 255.

    Args:
        img: a Pillow image (anything NumPy can read).
        data_format: "channels_first" for (channels, height, width).
        dtype: of the array; None is float32.

    Raises:
        ShapeError: an array that is not of rank 2 or 3.

    Example:
        >>> img_to_array(Image.new("L", (4, 2))).shape
        (2, 4, 1)
    """
    channels_first = check_data_format("img_to_array", data_format) == "channels_first"
    x = np.asarray(img, dtype=dtype or "float32")
    if x.ndim == 2:
        x = x[..., np.newaxis]
    if x.ndim != 3:
        raise ShapeError(f"img_to_array: expected an image of rank 2 or 3; received shape {x.shape}.")
    return x.transpose(2, 0, 1) if channels_first else x


@takes_dim_ordering
def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Image.Image:
    """Return an array (height, width, channels) as a Pillow image.

    Args:
        x: 1, 3 or 4 channels.
        data_format: "channels_first" where the channels come first.
        scale: True stretches the values to 0 to 255; False takes them as bytes.
        dtype: to compute in; None is float32.

    Raises:
        ShapeError: another rank, or number of channels.

    Example:
        >>> array_to_img(np.zeros((2, 4, 3))).size
        (4, 2)
    """
    channels_first = check_data_format("array_to_img", data_format) == "channels_first"
    x = np.asarray(x, dtype=dtype or "float32")
    if x.ndim != 3:
        raise ShapeError(f"array_to_img: expected one image of rank 3; received shape {x.shape}.")
    x = x.transpose(1, 2, 0) if channels_first else x
    if scale:
        x = x - x.min()
        highest = x.max()
        x = x / highest * 255 if highest != 0 else x * 255
    if x.shape[2] == 1:
        if x.max() > 255:
            return Image.fromarray(x[:, :, 0].astype(np.int32))
        return Image.fromarray(x[:, :, 0].astype(np.uint8))
    if x.shape[2] not in (3, 4):
        raise ShapeError(f"array_to_img: expected 1, 3 or 4 channels; received shape {x.shape}.")
    return Image.fromarray(np.ascontiguousarray(x).astype(np.uint8))


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **options: Any,
) -> None:
    """Write an array as an image file; the ending chooses the form unless `file_format` does.

    Args:
        path: a file name or an open file.
        x: (height, width, channels).
        data_format, scale: as in `array_to_img`.
        file_format: "png", "jpeg" ...
        options: for Pillow, `quality=95` for example.

    Raises:
        WriteError: the file cannot be written.

    Example:
        >>> save_img(io.BytesIO(), np.zeros((2, 2, 3)), file_format="png")
    """
    if file_format is None and isinstance(path, (str, PathLike)):
        file_format = Path(path).suffix[1:].casefold()
    if file_format and file_format.casefold() == "jpg":
        file_format = "jpeg"
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn(
            "save_img: JPEG knows no transparency; it is dropped. Use PNG to keep it.", stacklevel=2
        )
        image = image.convert("RGB")
    try:
        image.save(path, format=file_format, **options)
    except OSError as error:
        raise write_error(error, Path(str(path))) from error
