"""Names of files in addresses: any path, of any bytes, as letters that need no escaping; and back, confined to a folder."""

import base64
import binascii
import os
from pathlib import Path

from convolens.errors import ArgumentError, MissingFileError


def identity(relative: str | os.PathLike[str]) -> str:
    """Return what stands for a path in addresses: its bytes, in base64 for URLs.

    Args:
        relative: the path, from the folder that is open.

    Example:
        >>> identity("cats/1.jpg")
        'Y2F0cy8xLmpwZw'
    """
    return base64.urlsafe_b64encode(os.fsencode(relative)).rstrip(b"=").decode()


def path_of(identity: str, root: Path) -> Path:
    """Return the path that an identity stands for.

    Args:
        identity: as the function of that name gives it.
        root: the folder that it has to lie in, links followed.

    Returns:
        The path, `root` before it.

    Raises:
        ArgumentError: it is none, or leads out of the folder. MissingFileError: nothing is there.

    Example:
        >>> path_of("Li4vc2VjcmV0", Path("photos"))
        Traceback (most recent call last):
        convolens.errors.ArgumentError: '../secret' does not lie in photos, the folder that is open.
    """
    try:
        raw = base64.b64decode(identity + "=" * (-len(identity) % 4), altchars=b"-_", validate=True)
        relative = Path(os.fsdecode(raw))
        path = root / relative
        inside = bool(relative.parts) and ".." not in relative.parts and not relative.is_absolute()
        inside = (
            inside
            and b"\0" not in raw
            and Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
        )
    except (binascii.Error, ValueError) as error:
        raise ArgumentError(
            f"{identity!r} names no file; go back to the list and choose one there."
        ) from error
    except OSError as error:
        raise ArgumentError(f"{identity!r} cannot be looked up ({error.strerror}).") from error
    if not inside:
        raise ArgumentError(f"{os.fsdecode(raw)!r} does not lie in {root}, the folder that is open.")
    if not os.path.lexists(path):
        raise MissingFileError(f"{path}: is no longer there; it was moved or removed. Reload the page.")
    return path


def shown(name: str | os.PathLike[str]) -> str:
    """Return a name as JSON and pages can hold it: bytes that are no UTF-8 become question marks.

    Example:
        >>> shown("caf\\udce9/1.jpg")
        'caf?/1.jpg'
    """
    return os.fspath(name).encode("utf-8", "replace").decode()
