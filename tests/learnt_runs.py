"""What tests of runs with a first answer share."""

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from convolens import runs
from convolens.runs.output.screen import Screen


def train(data: Path, out: Path, **options: Any) -> runs.TrainResult:
    """Train at 64 pixels on one thread."""
    asked = {"size": 64, "threads": 1, "command": "convolens train x"} | options
    return runs.train(runs.TrainOptions(data=data, out=out, **asked), Screen(quiet=True))


def quiet() -> Screen:
    return Screen(quiet=True)


def recorded() -> tuple[Screen, Callable[[], str]]:
    """Return a screen, and a function that returns what was said on it, in one line."""
    file = io.StringIO()
    return Screen(console=Console(file=file, width=400)), lambda: " ".join(file.getvalue().split())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
