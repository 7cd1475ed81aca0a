"""Two runs photo by photo, as the page shows them."""

import os
from pathlib import Path
from typing import Any

from convolens.runs.answers.diff import CHANCE, Difference, Pair
from convolens.runs.answers.diff import diff as find_difference
from convolens.runs.output.screen import Screen
from convolens.studio.workspace.identity import identity

CHANGES = ("broken", "fixed", "wrong")  # what is shown; photos that both get right are counted alone


class Listening(Screen):
    """A screen that keeps the warnings and prints nothing."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def result(self, text: str, style: str | None = None) -> None:
        """Leave it to the page."""


def compared(first: Path, second: Path, photos: Path | None, asked: bool) -> dict[str, Any]:
    """Return what two runs say of the same photos.

    Args:
        first, second: their folders; fixed is what only the second gets right.
        photos: the folder that is open, whose photos have pictures.
        asked: ask both on the photos that are open; else their answers on the validation photos count, which have to be the same.

    Raises:
        DataError, CheckpointError, MissingFileError: as of `runs.diff`.
    """
    screen = Listening()
    found = find_difference(first, second, photos if asked else None, screen=screen)
    counts = {change: len(found.of(change)) for change in (*CHANGES, "right")}
    return {
        "first": first.name,
        "second": second.name,
        "photos": len(found.pairs),
        "first_accuracy": found.accuracy("first"),
        "second_accuracy": found.accuracy("second"),
        **counts,
        "p_value": found.p_value,
        "verdict": verdict(found, first.name, second.name),
        "warnings": screen.warnings,
        "pairs": {change: [_shown(pair, photos) for pair in found.of(change)] for change in CHANGES},
    }


def verdict(found: Difference, first: str, second: str) -> str:
    """Return in plain words whether one run is better by more than chance."""
    fixed, broken = len(found.of("fixed")), len(found.of("broken"))
    if fixed == broken == 0:
        return "Both get the same photos right."
    p = f"McNemar's exact test: p = {found.p_value:.3g}"
    if found.p_value > CHANCE:
        return f"The difference may well be chance ({p})."
    return f"{second if fixed > broken else first} is better, by more than chance ({p})."


def _shown(pair: Pair, photos: Path | None) -> dict[str, Any]:
    path = Path(os.path.abspath(pair.first.path))
    photo = None
    if photos is not None and path.is_relative_to(photos) and path.is_file():
        photo = identity(path.relative_to(photos))
    return {
        "photo": photo,
        "path": str(path.relative_to(photos)) if photo is not None and photos is not None else str(path),
        "label": pair.first.label,
        "first": pair.first.predicted,
        "first_confidence": pair.first.confidence,
        "second": pair.second.predicted,
        "second_confidence": pair.second.confidence,
    }
