"""Where data sets are looked for, and where downloads are kept."""

import os
from pathlib import Path

from convolens.data.caching.place import cache_root
from convolens.errors import MissingFileError
from convolens.files.download import RemoteFile, check, download, keras_home


def download_folder() -> Path:
    """Return where downloads are kept: `$CONVOLENS_CACHE`/datasets, or the user's cache of the system.

    Example:
        >>> download_folder().name
        'datasets'
    """
    return cache_root() / "datasets"


def local_folders() -> list[Path]:
    """Return the folders that may hold data sets: the user's own (`$CONVOLENS_DATASETS`), ours, and Keras' (`~/.keras/datasets`).

    Raises:
        MissingFileError: CONVOLENS_DATASETS names something that is no folder.
    """
    own, others = os.environ.get("CONVOLENS_DATASETS"), [download_folder(), keras_home() / "datasets"]
    if not own:
        return others
    if not Path(own).is_dir():
        raise MissingFileError(
            f"CONVOLENS_DATASETS: {own} is no folder; name the folder that holds the data sets, or unset it."
        )
    return [Path(own), *others]


def find(remote: RemoteFile, within: str = "") -> Path:
    """Return where a file lies, checked: the first local copy, or a new download.

    Args:
        remote: the file.
        within: the folder in each of the local ones that holds it; "" for none.

    Raises:
        MissingFileError: no local copy, and the download failed; the message says how to do it by hand.
        DataError: a copy is damaged. WriteError: the download folder cannot be written.
    """
    for folder in local_folders():
        if (folder / within / remote.name).is_file():
            return check(remote, folder / within / remote.name)
    return download(remote, download_folder() / within)
