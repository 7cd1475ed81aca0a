"""Moves on disk: all of them or none, never over anything that is there."""

import errno
import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from convolens.errors import DataError
from convolens.files.atomic import write_error
from convolens.studio.editing.names import shortened

Move = tuple[Path, Path]  # where a file or folder lies, and where it shall
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)


def move_all(moves: Sequence[Move], stay: Collection[Path] = ()) -> None:
    """Move files and folders, or none of them.

    Folders that the targets need are made; those that are empty afterwards are removed.

    Args:
        moves: sources and targets; nothing may be at a target.
        stay: folders that stay even where they are empty, and all above them.

    Raises:
        WriteError: the disk is full, a place may not be written; what was moved is back where it was. DataError: a source is gone, or
            something is at a target, likewise.
    """
    done: list[Move] = []
    made: list[Path] = []
    try:
        for source, target in moves:
            made += _make(target.parent)
            move_one(source, target)
            done.append((source, target))
    except BaseException:
        for source, target in reversed(done):
            _make(source.parent)
            move_one(target, source)
        _remove_empty(reversed(made), stay)
        raise
    _remove_empty((source.parent for source, _ in moves), stay)


def move_one(source: Path, target: Path) -> None:
    """Move a file or folder to a place where nothing is.

    Raises:
        DataError, WriteError: as of `move_all`.
    """
    try:
        if source.is_dir() and not source.is_symlink():
            _refuse_taken(target)
            os.rename(source, target)
        elif _doubled(source, target):
            os.unlink(source)
    except FileExistsError as error:
        raise DataError(f"{target}: something is there already; nothing was changed.") from error
    except FileNotFoundError as error:
        raise DataError(
            f"{source}: is no longer there; it was moved or removed meanwhile, and nothing was changed."
        ) from error
    except OSError as error:
        if os.path.lexists(source) and os.path.lexists(target):
            with suppress(OSError):  # it got its second place, and could not lose the first
                os.unlink(target)
        where = source.parent if error.filename == os.fspath(source) and error.filename2 is None else target
        raise write_error(error, where) from error


def free_place(folder: Path, name: str, taken: set[Path]) -> Path:
    """Return a path in a folder at which nothing is: NAME, or NAME-2, NAME-3 ...; it is added to `taken`.

    Args:
        folder: may be missing.
        name: of the file, or a path of folders and a file.
        taken: paths that others will take.
    """
    number = 1
    wanted = folder / name
    while True:
        free = wanted if number == 1 else wanted.with_name(shortened(wanted.name, f"-{number}"))
        if free not in taken and not os.path.lexists(free):
            taken.add(free)
            return free
        number += 1


def _doubled(source: Path, target: Path) -> bool:
    """Give a file a second place, which is never another's, and return True; or False where it had to be moved at once.

    A second name cannot take the place of a file, which renaming would; a copy is made for another disk.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.EXDEV:
            _copy(source, target)
        elif error.errno in _NO_LINKS and os.access(target.parent, os.W_OK):
            _refuse_taken(target)
            os.rename(source, target)
            return False
        else:
            raise
    return True


def _copy(source: Path, target: Path) -> None:
    """Copy a file to another disk; it is there whole or not at all."""
    temporary = target.with_name(f".{target.stem[:40]}.{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        shutil.copy2(source, temporary, follow_symlinks=False)
        if not temporary.is_symlink():
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        _refuse_taken(target)
        os.rename(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target))


def _make(folder: Path) -> list[Path]:
    """Make a folder with those above it, and return those that were made, the outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    made = []
    for place in reversed(missing):
        try:
            place.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise write_error(error, place) from error
        made.append(place)
    return made


def _remove_empty(folders: Iterable[Path], stay: Collection[Path]) -> None:
    """Remove folders that hold nothing, and those above them likewise, but for those that stay."""
    for folder in dict.fromkeys(folders):
        place = folder
        with suppress(OSError):  # not empty, or not to be removed
            while not any(one == place or one.is_relative_to(place) for one in stay):
                place.rmdir()
                place = place.parent
