"""Two runs photo by photo, as the page shows them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from convolens.runs.answers.diff import CHANCE, Difference, Pair
from convolens.runs.answers.diff import diff as find_difference
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.studio.records.run_photos import RunPhotos, photo_id, shown_name

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
    place_of = (lambda path: (path, True)) if asked else _places(RunFolder(first))
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
        "pairs": {
            change: [_shown(pair, photos, place_of) for pair in found.of(change)] for change in CHANGES
        },
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


def _places(run: RunFolder) -> Callable[[Path], tuple[Path, bool]]:
    """Return what tells of a path in the table of a run where that photo lay, and whether it still does."""
    photos = RunPhotos.of(run)
    answers = photos.answers()
    there = {one.path for one in photos.in_place(answers)}
    places = {
        one.path: (lay.path, lay.path in there)
        for one, lay in zip(read_predictions(run.predictions), answers, strict=True)
    }
    return places.__getitem__


def _shown(pair: Pair, photos: Path | None, place_of: Callable[[Path], tuple[Path, bool]]) -> dict[str, Any]:
    path, there = place_of(pair.first.path)
    return {
        "photo": photo_id(path, photos) if there else None,
        "path": shown_name(path, photos),
        "label": pair.first.label,
        "first": pair.first.predicted,
        "first_confidence": pair.first.confidence,
        "second": pair.second.predicted,
        "second_confidence": pair.second.confidence,
    }
