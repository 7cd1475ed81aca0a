"""Files that are there whole or not at all: a temporary sibling, flushed to disk, then renamed."""

import errno
import hashlib
import os
import re
import shutil
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


def digest_of(path: Path) -> str:
    """Return a file's SHA-256 as 64 hexadecimal digits, read in small pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


@contextmanager
def atomic_path(path: str | PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what is written there replaces `path` at the end, in one step.

    Args:
        path: the file to write; its folder must exist.

    Raises:
        WriteError: permission, a full disk and the like; the file that was there is untouched.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with atomic_path(Path(folder) / "a.txt") as temporary:
        ...         _ = temporary.write_text("whole")
        ...     (Path(folder) / "a.txt").read_text()
        'whole'
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem[:40]}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        try:
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
            sync_folder(path.parent)
        except OSError as error:
            if isinstance(error, WriteError):
                raise
            raise write_error(error, path) from error
    finally:
        with suppress(OSError):  # not there, or its folder is none: what went wrong is on its way already
            temporary.unlink()
