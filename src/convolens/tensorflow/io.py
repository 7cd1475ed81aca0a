"""`tf.io`: files, and pictures in them."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.data.decoding.decode import read_image
from convolens.data.decoding.formats import open_picture
from convolens.errors import ArgumentError, ImageError, MissingFileError
from convolens.missing import answer_for
from convolens.tensor import Tensor, as_tensor
from convolens.tensorflow import gfile as gfile
from convolens.tensorflow.top.text import written

__all__ = [
    "decode_and_crop_jpeg", "decode_base64", "decode_bmp", "decode_gif", "decode_image", "decode_jpeg", "decode_png", "decode_raw",
    "encode_jpeg", "encode_png", "gfile", "read_file", "write_file",
]  # fmt: skip

_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}
_OF_PILLOW = {"1": 1, "L": 1, "LA": 1, "RGBA": 4, "PA": 4}


__getattr__ = answer_for(__name__)


def read_file(filename: Any, name: str | None = None) -> bytes:
    """Return what is in a file.

    Args:
        filename: its path.
        name: accepted.

    Raises:
        MissingFileError: there is no such file.
    """
    path = Path(written(filename))
    if not path.is_file():
        raise MissingFileError(f"read_file: {path} is no file.")
    return path.read_bytes()


def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Put bytes into a file; folders are made.

    Args:
        filename: its path.
        contents: bytes, or text.
        name: accepted.
    """
    path = Path(written(filename))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else written(contents).encode())


class NoPictureError(ImageError, ArgumentError):
    """Bytes that are no picture: `tf.errors.InvalidArgumentError`, as programs that look for broken files expect."""


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = "uint8",
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """Return the picture in the bytes of a file: (rows, columns, channels), upright, white behind what is transparent.

    Args:
        contents: bytes, as of `read_file`.
        channels: 1 (grey), 3 (colours), 4 (with transparency); 0 or None for those of the picture.
        dtype: "uint8" from 0 to 255; a type of fractions from 0 to 1.
        name: accepted.
        expand_animations: whether a GIF gets an axis of frames.

    Raises:
        NoPictureError: no picture, a damaged one, or a GIF of several frames where `expand_animations` asks for all.
        ArgumentError: another number of channels.
    """
    data = contents.numpy() if hasattr(contents, "numpy") else contents
    if not isinstance(data, bytes):
        raise ArgumentError(
            f"decode_image: expected the bytes of a file (tf.io.read_file); received {type(contents).__name__}."
        )
    try:
        opened = open_picture(io.BytesIO(data))
        frames = getattr(opened, "n_frames", 1) if opened.format == "GIF" and expand_animations else 0
    except Image.UnidentifiedImageError as error:
        raise NoPictureError(f"decode_image: {len(data)} bytes that are no picture.") from error
    except (OSError, SyntaxError) as error:  # Pillow's, of a file that is cut off or broken
        raise _damaged(data, error) from error
    if frames > 1:
        raise NoPictureError(
            "decode_image: a GIF of several frames; give expand_animations=False for the first one."
        )
    wanted = channels or _OF_PILLOW.get(opened.mode, 3)
    if wanted not in _MODES:
        raise ArgumentError(f"decode_image: channels must be 0, 1, 3 or 4; received {channels}.")
    try:
        pixels = np.array(read_image(io.BytesIO(data), _MODES[wanted]))
    except (OSError, SyntaxError, ImageError) as error:
        raise _damaged(data, error) from error
    tensor = as_tensor(pixels[:, :, None] if pixels.ndim == 2 else pixels)
    if frames:
        tensor = as_tensor(tensor[None])
    if dtype == "uint8":
        return tensor
    from convolens.tensorflow.image.colours import convert_image_dtype

    converted: Tensor = convert_image_dtype(tensor, dtype)
    return converted


def _damaged(data: bytes, error: Exception) -> NoPictureError:
    return NoPictureError(f"decode_image: the picture in {len(data)} bytes is damaged: {error}.")


def decode_jpeg(contents: Any, channels: int = 0, name: str | None = None, **options: Any) -> Tensor:
    """Return the picture in the bytes of a file: uint8 (rows, columns, channels).

    Args:
        contents: bytes, as of `read_file`.
        channels: 1, 3, 4; 0 for those of the picture.
        name: accepted.
        options: of TensorFlow's decoder; accepted, but for `ratio`.

    Raises:
        ArgumentError: `ratio` is asked for.
    """
    if options.get("ratio", 1) != 1:
        raise ArgumentError("decode_jpeg: ratio is not here; make the picture smaller by tf.image.resize.")
    return decode_image(contents, channels, expand_animations=False)


def decode_png(contents: Any, channels: int = 0, dtype: Any = "uint8", name: str | None = None) -> Tensor:
    """Return the picture in the bytes of a file: (rows, columns, channels).

    Args:
        contents, channels, name: as of `decode_jpeg`.
        dtype: "uint8".
    """
    return decode_image(contents, channels, dtype, expand_animations=False)


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """Return the picture in the bytes of a file: uint8 (rows, columns, channels).

    Args:
        contents, channels, name: as of `decode_jpeg`.
    """
    return decode_image(contents, channels, expand_animations=False)


def decode_gif(contents: Any, name: str | None = None) -> Tensor:
    """Return the picture in the bytes of a file: uint8 (1, rows, columns, 3).

    Args:
        contents, name: as of `decode_jpeg`.
    """
    return decode_image(contents, 3)


def decode_and_crop_jpeg(
    contents: Any, crop_window: Any, channels: int = 0, name: str | None = None
) -> Tensor:
    """Return a part of the picture in the bytes of a file.

    Args:
        contents, channels, name: as of `decode_jpeg`.
        crop_window: top, left, rows, columns.
    """
    top, left, rows, columns = (int(number) for number in crop_window)
    return as_tensor(decode_image(contents, channels)[top : top + rows, left : left + columns])


def decode_raw(
    input_bytes: Any, out_type: Any, little_endian: bool = True, name: str | None = None
) -> Tensor:
    """Return the numbers that bytes are made of.

    Args:
        input_bytes: the bytes.
        out_type: the type of the numbers.
        little_endian: whether the least byte comes first.
        name: accepted.
    """
    kind = np.dtype(str(out_type)).newbyteorder("<" if little_endian else ">")
    return as_tensor(np.frombuffer(input_bytes, kind).astype(str(out_type)))


def decode_base64(input: Any, name: str | None = None) -> bytes:
    """Return the bytes that web-safe base 64 stands for.

    Args:
        input: text.
        name: accepted.
    """
    text = written(input)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(image: Any, kind: str, **options: Any) -> bytes:
    pixels = as_tensor(image).numpy().astype("uint8")
    file = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[-1] == 1 else pixels).save(file, kind, **options)
    return file.getvalue()


def encode_jpeg(
    image: Any, format: str = "", quality: int = 95, name: str | None = None, **options: Any
) -> bytes:
    """Return the bytes of a JPEG.

    Args:
        image: uint8 (rows, columns, channels).
        format, name, options: accepted.
        quality: from 0 to 100.
    """
    return _encoded(image, "JPEG", quality=quality)


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> bytes:
    """Return the bytes of a PNG.

    Args:
        image: uint8 (rows, columns, channels).
        compression, name: accepted.
    """
    return _encoded(image, "PNG")
