"""Names of classes and files that may be made."""

import os
import re
from pathlib import Path

from convolens.data.decoding.formats import kind_of
from convolens.data.folders.folder import is_hidden, is_image_name
from convolens.errors import ArgumentError

LONGEST = 255  # bytes of a name, on nearly every file system
_ENDINGS = {"JPEG": ".jpg", "TIFF": ".tif", "JPEG 2000": ".jp2"}  # where it is not the kind itself
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def check_class_name(name: str) -> str:
    """Return a name that a class may have, as it was given.

    Args:
        name: in any script; it becomes the name of a folder.

    Raises:
        ArgumentError: it is empty, hidden, too long, or no name of a folder.

    Example:
        >>> check_class_name(".cat")
        Traceback (most recent call last):
        convolens.errors.ArgumentError: '.cat' cannot be a class: folders of this name are hidden; give another name.
    """
    said = repr(name if len(name) <= 60 else f"{name[:57]}...")
    if not name.strip():
        raise ArgumentError("the class has no name; type one.")
    if "/" in name or "\\" in name:
        raise ArgumentError(f'{said} cannot be a class: "/" and "\\" part folders; leave them out.')
    if "\0" in name:
        raise ArgumentError(f"{said} cannot be a class: it holds a zero byte; leave it out.")
    if is_hidden(name):
        raise ArgumentError(f"{said} cannot be a class: folders of this name are hidden; give another name.")
    try:
        length = len(os.fsencode(name))
    except UnicodeEncodeError as error:
        raise ArgumentError(f"{said} cannot be a class: half a character is in it; type it anew.") from error
    if length > LONGEST:
        raise ArgumentError(
            f"{said} cannot be a class: {length} bytes are more than the {LONGEST} that a folder's name may have; shorten it."
        )
    return name


def safe_file_name(name: str, beginning: bytes) -> str:
    """Return the name under which a photo that was sent is kept: without folders, not hidden, with the ending of an image.

    Args:
        name: as it was sent.
        beginning: the first bytes of the file.

    Example:
        >>> safe_file_name("../../etc/.passwd", b"\\xff\\xd8\\xff"), safe_file_name("C:\\\\a.PNG", b"\\x89PNG\\r\\n\\x1a\\n")
        ('passwd.jpg', 'a.PNG')
    """
    last = _CONTROL.sub("", re.split(r"[/\\]", name)[-1]).strip().lstrip(".")
    last = last.encode("utf-8", "replace").decode()
    if not is_image_name(last):
        kind = kind_of(beginning) or "JPEG"
        last = (last or "photo") + _ENDINGS.get(kind, f".{kind.casefold()}")
    return shortened(last)


def shortened(name: str, extra: str = "") -> str:
    """Return a file's name with something put before its ending, cut where it would be too long.

    Example:
        >>> shortened("a.jpg", "-2"), len(shortened("ä" * 200 + ".jpg").encode())
        ('a-2.jpg', 254)
    """
    path = Path(name)
    stem, ending = os.fsencode(path.stem), os.fsencode(extra + path.suffix)
    room = LONGEST - len(ending)
    cut = (
        stem[: max(1, room)] if len(stem) <= room else stem[: max(1, room)].decode("utf-8", "ignore").encode()
    )
    return os.fsdecode(cut + ending)
