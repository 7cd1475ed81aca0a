"""One image file as pixels: checked before it is decoded, turned upright, in the colours and size asked for."""

import errno
import io
import os
import struct
from collections.abc import Callable
from os import PathLike
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from convolens.arguments import look_up, one_of
from convolens.data.decoding.formats import FOREIGN, beginning_of, kind_of, open_picture
from convolens.data.decoding.heic import is_heic, teach_pillow
from convolens.data.decoding.jpeg import read_plain_jpeg, why_not_decoded
from convolens.data.decoding.png import without_comments
from convolens.data.decoding.samples import DEEP, STANDARD, Samples
from convolens.errors import ImageError, MissingFileError

MAX_PIXELS = 150_000_000  # 450 MB as RGB; a small file can claim far more
MAX_JPEG_PIXELS = 1_000_000_000  # of one that is made smaller while it is decoded
COLOR_MODES = {"rgb": "RGB", "grayscale": "L", "rgba": "RGBA"}
CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}
INTERPOLATIONS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
_NO_FAULT_OF_THE_FILE = (errno.EMFILE, errno.ENFILE)  # too many files are open: no photo is left out for that
RESIZES = ("squash", "crop", "pad")
_ORIENTATION = 0x0112  # EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_image(
    path: Any,
    color_mode: str = "rgb",
    size: tuple[int, int] | None = None,
    interpolation: str = "bilinear",
    shrink_early: bool = False,
    resize: str = "squash",
    samples: Samples = STANDARD,
) -> Image.Image:
    """Return an image file as a Pillow image: the first frame, upright by its EXIF orientation.

    Args:
        path: a file name, or an open binary file.
        color_mode: "rgb", "grayscale" or "rgba"; CMYK and palettes are converted.
        size: (rows, columns) to scale to; None keeps the size.
        interpolation: one of `INTERPOLATIONS`.
        shrink_early: True lets the JPEG decoder halve big photos while it decodes (never below twice `size`):
            several times faster, and within a few grey levels of the slow way.
        resize: "squash" scales both sides, whatever the proportions; "crop" keeps the proportions and cuts what
            is too much at both ends; "pad" keeps them and adds black at both ends.
        samples: which values become 0 and 255, and what lies behind transparency: white, unless it says otherwise.

    Raises:
        MissingFileError: no such file.
        ImageError: not an image, truncated, or of more than `MAX_PIXELS` pixels (a JPEG for which a size is given:
            `MAX_JPEG_PIXELS`), or of fractions that are no numbers.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> Image.new("L", (4, 2)).save(file, "png")
        >>> read_image(file, size=(5, 6)).size
        (6, 5)
    """
    mode, finish = _finisher(color_mode, size, interpolation, resize)
    return _read(path, mode, size, shrink_early, samples, finish)


def _read(
    path: Any,
    mode: str,
    size: tuple[int, int] | None,
    shrink_early: bool,
    samples: Samples,
    finish: Callable[[Image.Image], Image.Image],
) -> Image.Image:
    plain = read_plain_jpeg(path, MAX_PIXELS, _smallest(size, shrink_early))
    if plain is not None:
        return finish(Image.fromarray(plain))
    return _read_by_pillow(path, mode, size, shrink_early, samples, finish)


def _finisher(
    color_mode: str, size: tuple[int, int] | None, interpolation: str, resize: str
) -> tuple[str, Callable[[Image.Image], Image.Image]]:
    """Return Pillow's mode, and what turns an upright image into one of that mode and size; checks the arguments."""
    mode = COLOR_MODES[one_of("read_image", "color_mode", color_mode, list(COLOR_MODES))]
    one_of("read_image", "resize", resize, RESIZES)
    resampling = look_up("read_image", "interpolation", interpolation, INTERPOLATIONS)

    def finish(image: Image.Image) -> Image.Image:
        image = image if image.mode in (mode, *DEEP) else image.convert(mode)  # `samples` may keep deep greys
        if size is None or image.size == (size[1], size[0]):
            return image
        return _scale(image, (size[1], size[0]), resampling, resize)

    return mode, finish


def _smallest(size: tuple[int, int] | None, shrink_early: bool) -> int | None:
    """Return to how many pixels a JPEG decoder may shrink both sides."""
    return 2 * max(size) if shrink_early and size is not None else None


def _read_by_pillow(
    path: Any,
    mode: str,
    size: tuple[int, int] | None,
    shrink_early: bool,
    samples: Samples,
    finish: Callable[[Image.Image], Image.Image],
    data: bytes | None = None,
) -> Image.Image:
    name = os.fspath(path) if isinstance(path, (str, PathLike)) else getattr(path, "name", "the image")
    if is_heic(name):
        teach_pillow(name)
    source = path if data is None else io.BytesIO(data)
    try:
        with open_picture(source) as opened:
            _check_pixels(opened, mode, size)
            large = opened.width * opened.height > MAX_PIXELS
            shrinks_to = _smallest(size, shrink_early or large)
            if shrinks_to is not None and mode != "RGBA":
                opened.draft(mode, (shrinks_to, shrinks_to))
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageError("too many pixels even where the JPEG decoder makes fewer; shrink it.")
            opened.load()
            image, turn = samples.in_bytes(opened, mode), _UPRIGHT.get(_orientation(opened))
            image = finish(image if turn is None else image.transpose(turn))
            return image.copy() if image is opened else image
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from error
    except FileNotFoundError as error:
        raise MissingFileError(f"{name}: no such image file.") from error
    except (PermissionError, IsADirectoryError) as error:
        raise ImageError(f"{name}: cannot be read ({error.strerror}).") from error
    except Image.DecompressionBombError as error:
        raise ImageError(f"{name}: {error} Shrink it if it is a real photo.") from error
    except MemoryError as error:
        raise ImageError(f"{name}: there is not enough memory to decode it.") from error
    except UnidentifiedImageError as error:
        kind = kind_of(beginning_of(source))
        if kind == "HEIC" and "HEIF" not in Image.OPEN:
            teach_pillow(name)
            return _read_by_pillow(path, mode, size, shrink_early, samples, finish, data)
        raise ImageError(f"{name}: {why_not_decoded(_all_of(source)) or _why_unidentified(kind)}") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        ArithmeticError,
        struct.error,
    ) as error:
        if isinstance(error, OSError) and error.errno in _NO_FAULT_OF_THE_FILE:
            raise
        # Pillow's decoders raise many kinds for damaged files, and for a comment or colour profile above a limit of its own
        whole = _all_of(source)
        shorter = without_comments(whole) if isinstance(error, ValueError) else whole
        if len(shorter) < len(whole):
            return _read_by_pillow(path, mode, size, shrink_early, samples, finish, shorter)
        raise ImageError(
            f"{name}: {why_not_decoded(whole) or f'damaged or truncated image ({error}).'}"
        ) from error


def _check_pixels(opened: Image.Image, mode: str, size: tuple[int, int] | None) -> None:
    """Raise `ImageError` where an image claims more pixels than are decoded."""
    shrinks = opened.format in ("JPEG", "MPO") and size is not None and mode != "RGBA"
    most = MAX_JPEG_PIXELS if shrinks else MAX_PIXELS
    width, height = opened.size
    if width * height > most:
        raise ImageError(
            f"claims {width} x {height} pixels, more than {most:,}; "
            "it may be a decompression bomb. Shrink it if it is a real photo."
        )


def _all_of(source: Any) -> bytes:
    """Return the bytes of a file or of an open one; b"" where they cannot be read."""
    try:
        if isinstance(source, (str, PathLike)):
            with open(source, "rb") as file:
                return file.read()
        source.seek(0)
        return bytes(source.read())
    except (OSError, ValueError, AttributeError):
        return b""


def _why_unidentified(kind: str | None) -> str:
    if kind is None:
        return "not an image that can be read, whatever its name says."
    form = "which is not decoded" if kind in FOREIGN else "damaged, or of a form that is not decoded"
    return f"not an image that can be read: a {kind} file, {form}; save it as PNG or JPEG."


def _scale(
    image: Image.Image, size: tuple[int, int], resampling: Image.Resampling, resize: str
) -> Image.Image:
    """Return an image of `size` (width, height)."""
    if resize == "crop":
        return ImageOps.fit(image, size, resampling)
    if resize == "pad":
        return ImageOps.pad(image, size, resampling)
    return image.resize(size, resampling)


def read_pixels(
    path: Any,
    color_mode: str = "rgb",
    size: tuple[int, int] | None = None,
    interpolation: str = "bilinear",
    shrink_early: bool = False,
    resize: str = "squash",
    data: bytes | None = None,
    samples: Samples = STANDARD,
) -> np.ndarray:
    """Return an image file as uint8 (rows, columns, channels).

    Args:
        path, color_mode, size, interpolation, shrink_early, resize, samples: as in `read_image`.
        data: the bytes of the file, where it was read already; `path` then only names it.

    Raises: as of `read_image`.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> Image.new("L", (4, 2)).save(file, "png")
        >>> read_pixels(file, "grayscale").shape
        (2, 4, 1)
    """
    mode, finish = _finisher(color_mode, size, interpolation, resize)
    shrinks_to = _smallest(size, shrink_early)
    plain = read_plain_jpeg(path, MAX_PIXELS, shrinks_to, data)
    if plain is not None and mode == "RGB" and (size is None or plain.shape[:2] == tuple(size)):
        return plain
    image = (
        finish(Image.fromarray(plain))
        if plain is not None
        else _read_by_pillow(path, mode, size, shrink_early, samples, finish, data)
    )
    return _as_array(image)


def read_unresized(
    path: Any, color_mode: str, size: tuple[int, int], samples: Samples = STANDARD
) -> np.ndarray:
    """Return the pixels that `read_pixels` would resize to `size`, shrinking early; uint8 (rows, columns, channels).

    Args:
        path, color_mode, samples: as in `read_image`.
        size: (rows, columns) that they would be resized to.

    Raises: as of `read_image`.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> Image.new("RGB", (4, 2)).save(file, "png")
        >>> read_unresized(file, "rgb", (8, 8)).shape
        (2, 4, 3)
    """
    mode, finish = _finisher(color_mode, None, "nearest", "squash")
    return _as_array(_read(path, mode, size, True, samples, finish))


def _as_array(image: Image.Image) -> np.ndarray:
    """Return uint8 (rows, columns, channels)."""
    pixels = np.asarray(image, dtype=np.uint8)
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels


def image_size(path: Any) -> tuple[int, int] | None:
    """Return (width, height) of an upright photo by its header, or None where it cannot be read.

    Args:
        path: a file name, or an open binary file.
    """
    try:
        with open_picture(path) as image:
            width, height = image.size
            return (height, width) if _orientation(image) >= 5 else (width, height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def is_turned(path: str | PathLike[str]) -> bool:
    """Return whether a file's EXIF orientation says that it lies on its side or head; False where unreadable."""
    try:
        with open_picture(path) as image:
            return _orientation(image) in _UPRIGHT
    except (OSError, SyntaxError, ValueError, ArithmeticError, struct.error, Image.DecompressionBombError):
        return False


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where it is not there or cannot be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, ArithmeticError, struct.error):
        return 1  # the pixels may be whole all the same
    return found if isinstance(found, int) else 1
