"""Files that are there whole or not at all: a temporary sibling, flushed to disk, then renamed; what is no file is written through."""

import errno
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from convolens.errors import WriteError

_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}(\.\w+)?")  # as atomic_path names them


def write_error(error: OSError, path: Path) -> WriteError:
    """Return an error that says what could not be written, why, and what to do."""
    advice = "choose another place"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        try:
            free = f"{shutil.disk_usage(path.parent).free / 2**20:.0f} MiB are free"
        except OSError:
            free = "the disk is full"
        advice = f"{free}: free some space there; what was saved before is untouched"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "the place may not be written: change its permissions or choose another"
    reason = error.strerror or str(error)
    return WriteError(f"cannot write {path}: {reason}; {advice}.")


def remove(path: Path) -> None:
    """Remove a file that may be there.

    Raises:
        WriteError: it is there, and cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(error, path) from error


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of writers that were killed; whoever calls makes sure that none is at work."""
    for path in folder.glob(".*"):
        if _TEMPORARY.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Seal:
    """What a manifest says of a file."""

    sha256: str
    bytes: int


def write_and_sync(path: Path, pieces: Iterable[bytes | memoryview]) -> Seal:
    """Write a new file, flush it to disk, and return its seal, taken on the way."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return Seal(digest.hexdigest(), size)


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """Return a file's digest in hexadecimal digits, 64 of SHA-256, read in small pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def seal_of(path: Path) -> Seal:
    """Return the seal of a file."""
    return Seal(digest_of(path), path.stat().st_size)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or a copy where the file system has no such names.

    A file that is only ever replaced by renaming, as all of ours are, keeps its content under the second name.
    """
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.ENOENT, errno.EIO):
            raise
        write_and_sync(target, [source.read_bytes()])


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_behind(path: Path) -> Path | None:
    """Return the file that writing to a path makes or replaces, which a link leads to; None where it is to be written through.

    Written through are devices, pipes, and the files that standard output and standard error go to.

    Raises:
        OSError: a folder, links that lead round, a file without permission.

    Example:
        >>> file_behind(Path("answers.csv")), file_behind(Path(os.devnull))
        (PosixPath('answers.csv'), None)
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    try:
        state = path.stat()
    except FileNotFoundError:
        return place
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    named = place.exists() and place.samefile(path)  # no name leads to a file that was removed and is open
    return place if stat.S_ISREG(state.st_mode) and named and _stream_to(state) is None else None


def _stream_to(state: os.stat_result) -> int | None:
    """Return the descriptor of standard output or error, where it leads to this file; another begins at the file's begin."""
    for descriptor in (1, 2):
        with suppress(OSError):  # closed
            if os.path.samestat(os.fstat(descriptor), state):
                return descriptor
    return None


@contextmanager
def atomic_path(path: str | PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path; what is written there becomes the content of `path` at the end, in one step.

    A link stays, and the file that it leads to is replaced; so do the permissions of that file. A device or a pipe (`/dev/stdout`,
    `/dev/null`) is written to.

    Args:
        path: the file to write; its folder must exist.

    Raises:
        WriteError: permission, a full disk and the like; the file that was there is untouched.
        BrokenPipeError: whoever read the pipe went away.

    Example:
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with atomic_path(Path(folder) / "a.txt") as temporary:
        ...         _ = temporary.write_text("whole")
        ...     (Path(folder) / "a.txt").read_text()
        'whole'
    """
    path = Path(path)
    try:
        place = file_behind(path)
        if place is None:
            with tempfile.TemporaryDirectory() as folder:
                temporary = Path(folder, f"whole{path.suffix}")
                yield temporary
                _write_through(temporary, path)
        else:
            with _replacing(place) as temporary:
                yield temporary
    except (WriteError, BrokenPipeError):
        raise
    except OSError as error:
        raise write_error(error, path) from error


@contextmanager
def _replacing(place: Path) -> Iterator[Path]:
    temporary = place.with_name(f".{place.stem[:40]}.{uuid.uuid4().hex[:8]}{place.suffix}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        with suppress(OSError):  # there is none yet; file systems without permissions
            shutil.copymode(place, temporary)
        os.replace(temporary, place)
        sync_folder(place.parent)
    finally:
        with suppress(OSError):  # not there, or its folder is none: what went wrong is on its way already
            temporary.unlink()


def _write_through(source: Path, path: Path) -> None:
    stream = _stream_to(path.stat())
    for printed in (sys.stdout, sys.stderr):  # what was printed before comes first
        if stream is not None and printed is not None:
            printed.flush()
    with source.open("rb") as whole, open(path if stream is None else os.dup(stream), "wb") as file:
        shutil.copyfileobj(whole, file)
