"""Where data sets are looked for, and where downloads are kept."""

import os
from pathlib import Path

from convolens.data.caching.place import cache_root
from convolens.errors import MissingFileError


def download_folder() -> Path:
    """Return where downloads are kept: `$CONVOLENS_CACHE`/datasets, or the user's cache of the system.

    Example:
        >>> download_folder().name
        'datasets'
    """
    return cache_root() / "datasets"


def local_folders() -> list[Path]:
    """Return the folders that may hold data sets, first the user's own (`$CONVOLENS_DATASETS`).

    Raises:
        MissingFileError: CONVOLENS_DATASETS names something that is no folder.
    """
    own = os.environ.get("CONVOLENS_DATASETS")
    if not own:
        return [download_folder()]
    if not Path(own).is_dir():
        raise MissingFileError(
            f"CONVOLENS_DATASETS: {own} is no folder; name the folder that holds the data sets, or unset it."
        )
    return [Path(own), download_folder()]
