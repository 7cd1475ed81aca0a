"""The SHA-256 of each file of a folder: read once, then remembered by the file's size, times and place on disk."""

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from convolens.data.caching.place import cache_root
from convolens.data.folders.folder import ImageFolder
from convolens.threads import TINY, in_threads

AT_ONCE = 2**25  # bytes of a file that is read whole; a larger one is hashed piece by piece


class Contents:
    """What is known of the content of a folder's files, in this process and from earlier ones.

    Files whose size, times and inode are as before need not be read again; the memory lies in the user's cache, and is
    left out where that cannot be written.

    Args:
        root: the folder.
        names: of the files, from `root`, with "/" between folders.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a").write_bytes(b"one")
        ...     contents = Contents(folder, ["a"])
        ...     contents.read(0), contents.hashes() == [hashlib.sha256(b"one").hexdigest()]
        (b'one', True)
    """

    def __init__(self, root: str | os.PathLike[str], names: Sequence[str]) -> None:
        # Texts: a Path for each of 50,000 files costs more than its hash.
        self.root, self.names = os.path.join(os.fspath(root), ""), names
        whole = os.fsencode(os.path.realpath(root))
        self._memory = cache_root() / "hashes" / f"{hashlib.sha256(whole).hexdigest()[:32]}.json"
        self._known = _read(self._memory)
        self._found: dict[int, tuple[str, str]] = {}  # place -> state, hash; "" where there is no such file

    def are_known(self) -> bool:
        """Return whether all hashes are remembered and no file has changed since, without reading a file."""
        return all(name in self._known for name in self.names) and all(
            map(self._recall, range(len(self.names)))
        )

    def read(self, place: int) -> bytes | None:
        """Read a file and note its hash; None for one that cannot be read or has more than `AT_ONCE` bytes.

        What is noted is the hash of just the bytes that are returned, whatever happens to the file afterwards.
        """
        path = self.root + self.names[place]
        try:
            with open(path, "rb", buffering=0) as file:
                state = os.fstat(file.fileno())
                # One byte more, so that the end of the file is seen.
                data = file.read(state.st_size + 1) if state.st_size <= AT_ONCE else b""
                whole = len(data) == state.st_size
                digest = hashlib.sha256(data).hexdigest() if whole else _hash_from_begin(file)
        except OSError:
            self._found[place] = "", hashlib.sha256(os.fsencode(path)).hexdigest()
            return None
        self._found[place] = state_of(state), digest
        return data if whole else None

    def hashes(self) -> list[str]:
        """Return the SHA-256 of each file's bytes, in hexadecimal; of an unreadable file, of its path.

        Files of which nothing is known are read; then all is remembered for the next time.
        """
        places = range(len(self.names))
        in_threads(self._find, [place for place in places if place not in self._found], alone_below=TINY)
        fresh = {self.names[i]: list(found) for i, found in self._found.items() if found[0]}
        if any(self._known.get(name) != entry for name, entry in fresh.items()):
            _write(self._memory, self._known | fresh)
        return [self._found[place][1] for place in places]

    def _find(self, place: int) -> None:
        if not self._recall(place):
            self.read(place)

    def _recall(self, place: int) -> bool:
        """Return whether the hash of a file is remembered and the file has not changed since."""
        name = self.names[place]
        before = self._known.get(name)
        if before is None:
            return False
        try:
            state = state_of(os.stat(self.root + name))
        except OSError:
            return False
        if before[0] == state:
            self._found[place] = state, before[1]
        return before[0] == state


def content_hashes(folder: ImageFolder) -> list[str]:
    """Return the SHA-256 of each file of a folder, see `Contents.hashes`."""
    return Contents(folder.root, [path.as_posix() for path in folder.relative_paths]).hashes()


def state_of(file: os.stat_result) -> str:
    """Return what changes with a file: its size, its times, and where it lies on the disk."""
    return f"{file.st_size} {file.st_mtime_ns} {file.st_ctime_ns} {file.st_ino}"


def _hash_from_begin(file: FileIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _read(memory: Path) -> dict[str, list[str]]:
    try:
        table = json.loads(memory.read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(table, dict):
        return {}
    return {name: entry for name, entry in table.items() if isinstance(entry, list) and len(entry) == 2}


def _write(memory: Path, table: dict[str, list[str]]) -> None:
    temporary = memory.with_name(f".{memory.name}.{uuid.uuid4().hex[:8]}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(table), encoding="utf-8", errors="surrogateescape")
        temporary.replace(memory)
    except OSError:  # no room or no permission: the files are read again next time
        with contextlib.suppress(OSError):
            temporary.unlink()
