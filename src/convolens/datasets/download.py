"""Where data sets are looked for and kept; how one is downloaded is `files.download`."""

import os
from pathlib import Path

from convolens.data.caching.place import cache_root
from convolens.errors import MissingFileError
from convolens.files.download import RemoteFile, check, digest_of, download


def cache_folder() -> Path:
    """Return where downloads are kept: `$CONVOLENS_CACHE`/datasets, or the user's cache of the system.

    Example:
        >>> cache_folder().name
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
        return [cache_folder()]
    if not Path(own).is_dir():
        raise MissingFileError(
            f"CONVOLENS_DATASETS: {own} is no folder; name the folder that holds the data sets, or unset it."
        )
    return [Path(own), cache_folder()]


__all__ = ["RemoteFile", "cache_folder", "check", "digest_of", "download", "local_folders"]
