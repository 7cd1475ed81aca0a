"""Photos that lie beside the classes: set aside, or added without a class."""

import os
from pathlib import Path

from convolens.data.folders.folder import is_hidden, is_image_file, names_below


def listed(folder: Path) -> list[str]:
    """Return the photos below a folder, their paths from it with "/" between folders; none where it is not there.

    Example:
        >>> listed(Path("no/such/folder"))
        []
    """
    start = len(os.path.join(folder, ""))
    return [path[start:] for path in names_below(os.fspath(folder)) if is_image_file(path)]


def loose(folder: Path) -> int:
    """Return how many photos lie in a folder itself, in no class.

    Example:
        >>> loose(Path("no/such/folder"))
        0
    """
    try:
        with os.scandir(folder) as entries:
            return sum(
                not is_hidden(one.name) and one.is_file() and is_image_file(one.path) for one in entries
            )
    except OSError:
        return 0
