"""What tests of edits ask: which files there are, what they hold, and how many photos each class has."""

import hashlib
import os
from pathlib import Path
from typing import Any

from convolens.studio.workspace.identity import identity


def contents(*roots: Path) -> dict[str, str]:
    """Return the digest of every file below, by its path."""
    return {
        os.fspath(path.relative_to(root.parent)): hashlib.sha256(path.read_bytes()).hexdigest()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (".lock", "edits.jsonl")
    }


def ids(*paths: str) -> list[str]:
    return [identity(path) for path in paths]


def counts(served: Any) -> dict[str, int]:
    return {one["name"]: one["photos"] for one in served.ask("/api/classes")[1]["classes"]}
