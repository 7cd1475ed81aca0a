"""`tf.io.gfile` (`tf.gfile` of TensorFlow 1): files and folders."""

import glob as _glob
import os
import shutil
from collections.abc import Iterator
from typing import Any

from convolens.errors import MissingFileError
from convolens.missing import answer_for
from convolens.tensorflow.top.text import written

__getattr__ = answer_for(__name__)


def GFile(name: Any, mode: str = "r") -> Any:
    """Open a file.

    Args:
        name: its path.
        mode: as of `open`.

    Raises:
        MissingFileError: there is no such file to read.
    """
    path = written(name)
    if "r" in mode and not os.path.exists(path):
        raise MissingFileError(f"GFile: {path} does not exist.")
    return open(path, mode)


Open = FastGFile = GFile


def exists(path: Any) -> bool:
    """Return whether there is a file or folder."""
    return os.path.exists(written(path))


def isdir(path: Any) -> bool:
    """Return whether there is a folder."""
    return os.path.isdir(written(path))


IsDirectory, Exists = isdir, exists


def glob(pattern: Any) -> list[str]:
    """Return the paths that a pattern, or several, stands for, in order."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return sorted(path for one in patterns for path in _glob.glob(written(one)))


Glob = glob


def listdir(path: Any) -> list[str]:
    """Return the names in a folder."""
    return os.listdir(written(path))


ListDirectory = listdir


def mkdir(path: Any) -> None:
    """Make a folder."""
    os.mkdir(written(path))


def makedirs(path: Any) -> None:
    """Make a folder and those that it lies in; it may be there already."""
    os.makedirs(written(path), exist_ok=True)


MakeDirs = makedirs


def remove(path: Any) -> None:
    """Remove a file."""
    os.remove(written(path))


def rmtree(path: Any) -> None:
    """Remove a folder and all in it."""
    shutil.rmtree(written(path))


DeleteRecursively = rmtree


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file.

    Args:
        src, dst: from and to.
        overwrite: whether a file there is replaced.

    Raises:
        FileExistsError: there is one.
    """
    if not overwrite and os.path.exists(written(dst)):
        raise FileExistsError(f"copy: {written(dst)} is there; give overwrite=True to replace it.")
    shutil.copyfile(written(src), written(dst))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Give a file another path.

    Args, Raises: as of `copy`.
    """
    if not overwrite and os.path.exists(written(dst)):
        raise FileExistsError(f"rename: {written(dst)} is there; give overwrite=True to replace it.")
    os.replace(written(src), written(dst))


def walk(top: Any, topdown: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder with the names of the folders and files in it.

    Args:
        top: where to begin.
        topdown: whether a folder comes before those in it.
    """
    return os.walk(written(top), topdown)


def join(path: Any, *paths: Any) -> str:
    """Return a path made of parts.

    Args:
        path, paths: the parts.
    """
    return os.path.join(written(path), *map(written, paths))
