"""Small pictures of photos as JPEG: made once, kept in the cache folder, the least recently used removed where they are many."""

import hashlib
import io
import os
from pathlib import Path

from convolens.data.caching.content import state_of
from convolens.data.caching.place import cache_root
from convolens.data.decoding.decode import image_size, read_image
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.errors import ImageError, WriteError
from convolens.files.atomic import atomic_path

SIDES = (96, 192, 384, 1024)  # pixels of the longer side; few, so that few are kept
_QUALITY = 82


def thumbnail(path: Path, side: int = 192, samples: Samples = STANDARD) -> bytes:
    """Return a photo as JPEG, upright, its proportions kept, its longer side at most so many pixels.

    Args:
        path: of the photo.
        side: pixels; the next of `SIDES` is taken.
        samples: what its values mean, see `read_image`.

    Raises:
        MissingFileError, ImageError: as of `read_image`.

    Example:
        >>> import tempfile
        >>> from PIL import Image
        >>> with tempfile.TemporaryDirectory() as place:
        ...     Image.new("RGB", (400, 200)).save(f"{place}/a.png")
        ...     Image.open(io.BytesIO(_made(Path(place) / "a.png", 96, STANDARD))).size
        (96, 48)
    """
    side = next((one for one in SIDES if one >= side), SIDES[-1])
    kept = _place(path, side, samples)
    try:
        if kept is not None:
            return kept.read_bytes()
    except OSError:
        pass  # not there yet, or in a cache that may not be read
    made = _made(path, side, samples)
    if kept is not None:
        _keep(kept, made)
    return made


def _made(path: Path, side: int, samples: Samples) -> bytes:
    found = image_size(path)
    if found is None:
        read_image(path)  # raises, and says why
        raise ImageError(f"{path}: its size cannot be read.")
    width, height = found
    scale = min(1.0, side / max(width, height))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    image = read_image(path, "rgb", size, "hamming", shrink_early=True, samples=samples)
    file = io.BytesIO()
    image.save(file, "jpeg", quality=_QUALITY)
    return file.getvalue()


def _place(path: Path, side: int, samples: Samples) -> Path | None:
    """Return where a small picture is kept: a name for the file as it is now; None where the file is not there."""
    try:
        state = state_of(os.stat(path))
    except OSError:
        return None
    known = f"{os.fspath(path.absolute())!r} {state} {side} {samples!r}"
    name = hashlib.sha256(known.encode()).hexdigest()[:32]
    return cache_root() / "thumbnails" / name[:2] / f"{name}.jpg"


def _keep(kept: Path, made: bytes) -> None:
    """Keep a picture; a cache that cannot be written is no reason not to show it."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(kept) as temporary:
            temporary.write_bytes(made)
    except (OSError, WriteError):
        return
