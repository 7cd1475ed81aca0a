"""Places: whether a file or a new folder can be written there, before the work that fills it; and making the folder."""

import os
import shlex
import tempfile
from os import PathLike
from pathlib import Path

from convolens.data.folders.folder import is_image_name
from convolens.errors import ArgumentError
from convolens.files.atomic import file_behind, write_error

Read = str | PathLike[str] | None  # a file or folder that a command reads


def check_place(path: str | PathLike[str], *read: Read) -> None:
    """Raise unless a file can be written at `path`, and none that is read is lost by it; nothing is left behind.

    Args:
        path: of the file.
        read: the photos, tables and runs that the command reads, or their folders; what is None or not there counts for nothing.

    Raises:
        ArgumentError: it is one of them, a file of a run, or would be taken for one of the photos next time.
        WriteError: the place cannot be written.

    Example:
        >>> check_place(tempfile.gettempdir() + "/answers.csv", "photos", "runs/photos")
    """
    path = Path(path)
    for one in read:
        if one is not None:
            _check_not_read(path, Path(one))
    try:
        place = file_behind(path)
        if place is not None:
            _try_folder(place.parent)
    except OSError as error:
        raise write_error(error, path) from error


def _try_folder(folder: Path) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".convolens-", dir=folder)
    os.close(descriptor)
    os.unlink(name)


def _check_not_read(path: Path, read: Path) -> None:
    """Raise where a new file would be in the place of something that is read, or be read next time."""
    there = os.path.exists(path) and os.path.exists(read)
    if there and os.path.samefile(path, read) and read.is_file():
        raise ArgumentError(f"{path} is read, and would be written over; give the name of another file.")
    if read.is_dir() and _lies_in(path, read):
        if is_image_name(path):
            raise ArgumentError(
                f"{path} would lie inside the photos, {read.resolve()}, and be taken for one of them next time; "
                "name another place."
            )
        if there and (read / "model.json").is_file():
            raise ArgumentError(
                f"{path} is a file of the run {read}, and would be written over; name another file."
            )


def _lies_in(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def check_outside(out: str | PathLike[str], *read: Read, option: str = "--out") -> None:
    """Raise `ArgumentError` where a new folder would lie among the photos, and be taken for a class next time.

    Args:
        out: the new folder.
        read: the folders of photos that the command reads; files, and what is None, count for nothing.
        option: that names `out`.

    Example:
        >>> check_outside("runs/photos", "photos", None)
    """
    for photos in [Path(one) for one in read if one is not None]:
        if photos.is_dir() and _lies_in(Path(out), photos):
            better = photos.resolve().parent / "runs" / Path(out).resolve().name
            raise ArgumentError(
                f"{out} would lie inside the photos, {photos.resolve()}, and be taken for a class next time; "
                f"name another place, {option} {shlex.quote(str(better))} say."
            )


def _check_name(out: Path) -> None:
    """Refuse `.`, `..` and `/`, which name no new folder, unless an empty one is there."""
    if out.name in ("", "..") and (not out.is_dir() or any(out.iterdir())):
        raise ArgumentError(f"{str(out)!r} names no new folder; give it a name, --out runs/photos say.")


def check_writable(out: str | PathLike[str]) -> None:
    """Raise unless a folder can be made at `out`; nothing is left behind.

    Raises:
        ArgumentError: a name that is none. WriteError: the place cannot be written.

    Example:
        >>> check_writable(tempfile.gettempdir() + "/some/run")
    """
    place = Path(out).absolute()
    try:
        _check_name(Path(out))
    except OSError as error:
        raise write_error(error, Path(out)) from error
    while not os.path.lexists(place):
        place = place.parent
    if place == Path(out).absolute():  # the name is taken: its sibling will be made
        place = place.parent
    try:
        _try_folder(place)
    except OSError as error:
        raise write_error(error, Path(out)) from error


def make_new_folder(out: str | PathLike[str]) -> Path:
    """Make the folder `out`, or the next free OUT-2, OUT-3 ... where it is taken, and return it.

    An empty folder of that name counts as free. Two programs that ask at once get two folders.

    Raises:
        ArgumentError: a name that is none. WriteError: the place cannot be written.
    """
    out = Path(out)
    number = 1
    try:
        _check_name(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        while True:
            path = out if number == 1 else out.with_name(f"{out.name}-{number}")
            try:
                path.mkdir()
            except FileExistsError:
                if number == 1 and path.is_dir() and not any(path.iterdir()):
                    return path
                number += 1
            else:
                return path
    except OSError as error:
        raise write_error(error, out) from error
