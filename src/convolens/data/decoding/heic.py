"""HEIC, the photos of many phones: read where the extra `pillow-heif` is installed, and named where it is not."""

import importlib.util
from os import PathLike
from pathlib import Path

from convolens.errors import ImageError

ENDINGS = (".heic", ".heif")
ADVICE = "pip install 'convolens[heic]' lets them be read"


def is_heic(path: str | PathLike[str]) -> bool:
    """Return whether a file's ending is that of HEIC.

    Example:
        >>> is_heic("IMG_1.HEIC")
        True
    """
    return Path(path).suffix.casefold() in ENDINGS


def can_read_heic() -> bool:
    """Return whether pillow-heif is installed."""
    return importlib.util.find_spec("pillow_heif") is not None


def teach_pillow(name: str) -> None:
    """Let Pillow open HEIC files, before the first one is opened.

    Raises:
        ImageError: pillow-heif is not installed.
    """
    if not can_read_heic():
        raise ImageError(f"{name}: a HEIC photo; {ADVICE}, or export it as JPEG.")
    import pillow_heif

    pillow_heif.register_heif_opener()
