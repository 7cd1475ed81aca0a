"""A lock on a folder: one process at a time works in it; a dead process holds nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from convolens.errors import BusyError
from convolens.files.atomic import write_error

NAME = ".lock"


@contextmanager
def locked(folder: Path, warn: Callable[[str], None] = lambda line: None) -> Iterator[None]:
    """Hold the lock of a folder; the system itself gives it back when the process ends, however it ends.

    Args:
        folder: has to exist.
        warn: told in one line where the file system has no locks; then nothing is held.

    Raises:
        BusyError: another process holds it; the message says which.
        WriteError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place, locked(Path(place)):
        ...     (Path(place) / NAME).exists()
        True
    """
    path = folder / NAME
    descriptor = _take(path, folder, warn)
    try:
        yield
    finally:
        if descriptor is not None:
            _remove(path)
            os.close(descriptor)


def _take(path: Path, folder: Path, warn: Callable[[str], None]) -> int | None:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise write_error(error, path) from error
        try:
            _lock(descriptor)
        except BlockingIOError:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise BusyError(
                f"{folder}: process {holder} is at work in this folder; wait until it has ended, or end it."
            ) from None
        except OSError as error:
            os.close(descriptor)
            warn(
                f"{folder}: this file system has no locks ({error.strerror}); start no second process in it."
            )
            return None
        if _is_still(descriptor, path):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            return descriptor
        os.close(descriptor)  # its holder removed the file between our opening and our locking


def _lock(descriptor: int) -> None:
    """Lock a file or raise BlockingIOError where another has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _holder(descriptor: int) -> str:
    try:
        return os.read(descriptor, 20).decode() or "another"
    except (OSError, UnicodeDecodeError):  # Windows lets nobody read a locked file
        return "another"


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # Windows keeps it while it is open; an old one holds nothing
        return


def holder(folder: Path) -> int | None:
    """Return the process that is at work in a folder; None where none is, be its number another's by now.

    Nothing is locked for the asking, unless a process of that number lives and the lock is free: then for a moment.

    Args:
        folder: as `locked` has it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place, locked(Path(place)):
        ...     holder(Path(place)) == os.getpid()
        True
    """
    path = folder / NAME
    try:
        process = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # Windows lets nobody read a locked file
        return None
    return process if _lives(process) and _is_held(path) else None


def _is_held(path: Path) -> bool:
    """Return whether a lock that is there is held: a killed process leaves its file, and its number goes to another one."""
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDONLY)
    except ImportError:  # Windows
        return True
    except OSError:  # given back just now
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # held, or a file system without locks
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:  # of another user
        return True
    except (OSError, OverflowError):
        return False
    return True
