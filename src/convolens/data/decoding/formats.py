"""The kinds of image file that are read, known by their first bytes; others are never handed to a decoder."""

from contextlib import suppress
from importlib import import_module
from os import PathLike
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

# Pillow's name of a format, and its module that reads it; HEIC registers itself, see `heic`
PLUGINS = {
    "JPEG": "JpegImagePlugin", "PNG": "PngImagePlugin", "BMP": "BmpImagePlugin", "DIB": "BmpImagePlugin", "GIF": "GifImagePlugin",
    "TIFF": "TiffImagePlugin", "WEBP": "WebPImagePlugin", "PPM": "PpmImagePlugin", "AVIF": "AvifImagePlugin",
    "JPEG2000": "Jpeg2KImagePlugin",
}  # fmt: skip
_BEGINNINGS = {
    b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF", b"BM": "BMP",
    b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF", b"MM\0+": "TIFF",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000", b"\xffO\xffQ": "JPEG 2000",
    b"%!PS": "PostScript", b"%PDF": "PDF", b"\xc5\xd0\xd3\xc6": "PostScript", b"8BPS": "Photoshop", b"<svg": "SVG",
}  # fmt: skip
FOREIGN = ("PostScript", "PDF", "Photoshop", "SVG")
BEGINNING = 32  # bytes by which a kind is known


def kind_of(beginning: bytes) -> str | None:
    """Return the name of the kind of file that begins so; None where it is not known.

    Example:
        >>> kind_of(b"II*\\0\\x08"), kind_of(b"GIF89a"), kind_of(b"hello")
        ('TIFF', 'GIF', None)
    """
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "WebP"
    if beginning[4:8] == b"ftyp":
        return "AVIF" if beginning[8:12] in (b"avif", b"avis") else "HEIC"
    if beginning[:1] == b"P" and beginning[1:2] in b"123456fF" and beginning[2:3].isspace():
        return "PPM"
    return next((name for start, name in _BEGINNINGS.items() if beginning.startswith(start)), None)


def beginning_of(source: Any) -> bytes:
    """Return the first bytes of a file, of its bytes or of an open one; b"" where they cannot be read."""
    try:
        if isinstance(source, bytes):
            return source[:BEGINNING]
        if isinstance(source, (str, PathLike)):
            with open(source, "rb", buffering=0) as file:
                return file.read(BEGINNING)
        source.seek(0)
        return bytes(source.read(BEGINNING))
    except (OSError, ValueError, AttributeError):
        return b""


def is_picture(path: str | PathLike[str]) -> bool:
    """Return whether a file's first bytes are those of a kind of picture that is read, whatever its name."""
    kind = kind_of(beginning_of(path))
    return kind is not None and kind not in FOREIGN


def open_picture(source: Any) -> Image.Image:
    """Return a picture whose header is read and whose pixels are not, of one of the formats above; no program is started.

    A JPEG of any size is opened, because it can be made smaller while it is decoded.

    Raises:
        As `PIL.Image.open`.
    """
    for name, module in PLUGINS.items():
        if name not in Image.OPEN:
            with suppress(ImportError):  # AVIF came with Pillow 11.3
                import_module(f"PIL.{module}")
    try:
        return Image.open(source, formats=[name for name in (*PLUGINS, "HEIF") if name in Image.OPEN])
    except Image.DecompressionBombError:
        if kind_of(beginning_of(source)) != "JPEG":
            raise
        if not isinstance(source, (str, PathLike)):
            source.seek(0)
        return JpegImageFile(source)
