"""The fingerprint of photos: a SHA-256 of their files' names, labels and contents, by which a run knows its photos again."""

import hashlib
import os
from collections.abc import Callable

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.data.folders.names import composed

FORM = "files:"  # what it begins with; earlier versions wrote others, see `data.caching.old_fingerprints`


def fingerprint(*folders: ImageFolder, spelt: Callable[[str], str] = composed) -> str:
    """Return the fingerprint of photos, of each side where they are parted: "files:" and 64 hexadecimal digits.

    Args:
        folders: in order; a photo that changes over gives another fingerprint.
        spelt: how names are spelt; `str` as they are on disk, as earlier versions took them.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from convolens.data.folders.folder import list_images
        >>> with tempfile.TemporaryDirectory() as data:
        ...     for name in ("cat", "dog"):
        ...         Path(data, name).mkdir()
        ...         _ = Path(data, name, "1.png").write_bytes(b"not looked into")
        ...     found = list_images(data)
        ...     fingerprint(found)[:6], fingerprint(found) == fingerprint(found.subset([1, 0]))
        ('files:', False)
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path, content in zip(folder.relative_paths, content_hashes(folder), strict=True):
            digest.update(os.fsencode(f"{spelt(path.as_posix())}\0{content}\n"))
        digest.update(f"{folder.labels.tolist()}\n".encode())
    return FORM + digest.hexdigest()


def is_fingerprint_of(recorded: str, *folders: ImageFolder) -> bool:
    """Return whether a fingerprint, perhaps of an earlier version that wrote `FORM`, is that of these photos."""
    return recorded == fingerprint(*folders) or recorded == fingerprint(*folders, spelt=str)
