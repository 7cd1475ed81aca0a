"""RemoteFile: a file known by address and SHA-256, found in a local folder or downloaded and checked there."""

import http.client
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.errors import DataError, MissingFileError
from convolens.files.atomic import atomic_path, digest_of, write_error

_CHUNK = 2**20  # bytes read at once
_TIMEOUT = 60.0  # seconds without a byte


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network.

    Attributes:
        url: where it is.
        sha256: the digest it must have, 64 hexadecimal digits, or the first of them where no more are known.
        name: its file name in a local folder.
        md5: the digest it must have where the publisher gives no other.
    """

    url: str
    sha256: str
    name: str
    md5: str = ""

    def by_hand(self, folder: Path) -> str:
        """Return the sentence that says how to get the file without us."""
        told = f" ({self.algorithm} {self.digits})" if self.known else ""
        return f"download {self.url}{told} yourself and put it at {folder / self.name}"

    @property
    def algorithm(self) -> str:
        """What the digest that is known is called."""
        return "MD5" if self.md5 else "SHA-256"

    @property
    def known(self) -> str:
        """What is known of the digest."""
        return self.md5 or self.sha256

    @property
    def digits(self) -> str:
        """The digest that is expected, for messages."""
        return self.known if self.md5 or len(self.sha256) == 64 else f"{self.sha256}..."

    def digest(self, path: Path) -> str:
        """Return the digest of a file that is to be compared with what is known."""
        return digest_of(path, "md5" if self.md5 else "sha256")


def keras_home() -> Path:
    """Return Keras' own folder, where programs expect downloads: `$KERAS_HOME`, or `~/.keras`.

    Example:
        >>> keras_home().is_absolute()
        True
    """
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser().absolute()


def check(remote: RemoteFile, path: Path) -> Path:
    """Return `path` if the file there is the remote one, as far as its digest is known.

    Raises:
        DataError: it has another digest.
    """
    found = remote.digest(path)
    if not found.startswith(remote.known):
        raise DataError(
            f"{path}: is damaged or another file: its {remote.algorithm} is {found}, expected {remote.digits}; "
            "remove it, and it is downloaded anew."
        )
    return path


def download(remote: RemoteFile, folder: Path) -> Path:
    """Return the path of the file in `folder`, downloaded and checked; nothing is left there on failure.

    Raises:
        MissingFileError: the download failed; the message says how to do it by hand.
        DataError: what came has another digest. WriteError: the folder cannot be written.
    """
    target = folder / remote.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, target) from error
    try:
        with atomic_path(target) as temporary:
            with temporary.open("wb") as file:
                for chunk in _chunks(remote):
                    file.write(chunk)
            found = remote.digest(temporary)
            if not found.startswith(remote.known):
                raise DataError(
                    f"{remote.url}: what was downloaded has {remote.algorithm} {found}, expected {remote.digits}; it was "
                    f"not kept. Try again, or {remote.by_hand(folder)}."
                )
    except _NetworkError as error:
        raise MissingFileError(
            f"{remote.name} is not here, and the download failed ({error}); try again, or "
            f"{remote.by_hand(folder)}."
        ) from error
    return target


class _NetworkError(Exception):
    """The network failed; no OSError, so that it is not taken for a failure of the disk."""


def _chunks(remote: RemoteFile) -> Iterator[bytes]:
    """Yield the file's bytes as they come; a failure of the network is told apart from one of the disk."""
    try:
        with urllib.request.urlopen(remote.url, timeout=_TIMEOUT) as response:
            size = int(response.headers.get("Content-Length") or 0)
            read = 0
            with _bar(remote, size) as advance:
                while chunk := response.read(_CHUNK):
                    read += len(chunk)
                    advance(len(chunk))
                    yield chunk
            if read < size:
                raise http.client.IncompleteRead(b"", size - read)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        raise _NetworkError(str(reason)) from error


@contextmanager
def _bar(remote: RemoteFile, size: int) -> Iterator[Any]:
    """Yield a function to call with the bytes that came; draws a bar where the error output is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Downloading {remote.name}", total=size or None)
        yield lambda count: progress.advance(task, count)
