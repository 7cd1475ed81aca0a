"""Photos that lie beside the classes: set aside, or added without a class."""

import os
from pathlib import Path

from convolens.data.folders.folder import is_image_file, names_below


def listed(folder: Path) -> list[str]:
    """Return the photos below a folder, their paths from it with "/" between folders; none where it is not there.

    Example:
        >>> listed(Path("no/such/folder"))
        []
    """
    start = len(os.path.join(folder, ""))
    return [path[start:] for path in names_below(os.fspath(folder)) if is_image_file(path)]
