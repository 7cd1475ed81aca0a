"""The SHA-256 of each file of a folder: read once, then remembered by the file's size, times and place on disk."""

import contextlib
import hashlib
import json
import os
import uuid
from pathlib import Path

from convolens.data.folder import ImageFolder
from convolens.data.place import cache_root
from convolens.threads import in_threads

_AT_ONCE = 2**20  # bytes of a file that is read at once, which is faster for small ones


def content_hashes(folder: ImageFolder) -> list[str]:
    """Return the SHA-256 of each file's bytes, in hexadecimal; of an unreadable file, of its path.

    Files whose size, times and inode are as before are not read again; the memory lies in the user's cache, and is
    left out where that cannot be written.
    """
    memory = (
        cache_root()
        / "hashes"
        / f"{hashlib.sha256(os.fsencode(folder.root.resolve())).hexdigest()[:32]}.json"
    )
    known = _read(memory)

    root = os.path.join(folder.root, "")  # texts: a Path for each of 50,000 files costs more than its hash

    def digest(name: str) -> tuple[str, str, str]:
        path = root + name
        state, size = _state(path)
        before = known.get(name)
        if before is not None and state and before[0] == state:
            return name, state, before[1]
        return name, state, _digest(path, size)

    found = in_threads(digest, [path.as_posix() for path in folder.relative_paths])
    fresh = {name: [state, content] for name, state, content in found if state}
    if any(known.get(name) != entry for name, entry in fresh.items()):
        _write(memory, known | fresh)
    return [content for _, _, content in found]


def _state(path: str) -> tuple[str, int]:
    """Return what changes with a file, "" where it cannot be seen; and its size in bytes."""
    try:
        state = os.stat(path)
    except OSError:
        return "", 0
    return f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {state.st_ino}", state.st_size


def _digest(path: str, size: int) -> str:
    try:
        with open(path, "rb", buffering=0) as file:
            if size > _AT_ONCE:
                return hashlib.file_digest(file, "sha256").hexdigest()
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return hashlib.sha256(os.fsencode(path)).hexdigest()


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
