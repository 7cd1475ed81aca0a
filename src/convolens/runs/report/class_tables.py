"""What was answered of labelled photos, one class each: as a table, as a sheet of mistakes, and class by class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convolens.analysis import contact_sheet
from convolens.analysis.measures import Scores
from convolens.data.prepared import Part
from convolens.runs.folder.predictions_file import COLUMNS, Answer
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv

SHOWN_MISTAKES = 24
CONFUSION_MATRIX, MISTAKES = "confusion_matrix.png", "mistakes.png"
PICTURES = {"Confusion matrix": CONFUSION_MATRIX, "Worst mistakes": MISTAKES}


def class_answers(
    paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str]
) -> list[Answer]:
    """Return the likeliest class of each photo.

    Args:
        paths: of the photos.
        labels: class numbers (n,).
        chances: (n, classes).
        names: of the classes.
    """
    guessed = chances.argmax(axis=1)
    return [
        Answer(path, (names[label],), (names[guess],), float(chance[guess]))
        for path, label, guess, chance in zip(paths, labels, guessed, chances, strict=True)
    ]


def write_class_predictions(
    table: Path,
    paths: Sequence[Path],
    labels: np.ndarray,
    chances: np.ndarray,
    names: Sequence[str],
    **columns: Sequence[object],
) -> None:
    """Write path, label, predicted and confidence of each photo, then further columns; arguments as of `class_answers`.

    Raises:
        WriteError: the file cannot be written.
    """
    rows = [
        [answer.path, answer.label, answer.predicted, f"{answer.confidence:.6f}", *more]
        for answer, *more in zip(class_answers(paths, labels, chances, names), *columns.values(), strict=True)
    ]
    write_csv(table, [*COLUMNS, *columns], rows)


def draw_mistakes(path: Path, part: Part, chances: np.ndarray, names: tuple[str, ...]) -> None:
    """Draw the wrong answers that were given with the most confidence; nothing where there are none."""
    guessed = chances.argmax(axis=1)
    wrong = np.flatnonzero(guessed != part.labels)
    if len(wrong) == 0:
        return
    worst = wrong[np.argsort(-chances[wrong, guessed[wrong]], kind="stable")][:SHOWN_MISTAKES]
    captions = [
        f"{names[part.labels[i]]}, taken for {names[guessed[i]]} ({chances[i, guessed[i]]:.0%})"
        for i in worst
    ]
    title = f"{len(wrong)} wrong of {len(part)}" + (
        f": the worst {len(worst)}" if len(worst) < len(wrong) else ""
    )
    contact_sheet(list(part.pixels[worst]), captions, path, title=title)


def show_classes(scores: Scores, screen: Screen) -> None:
    """Print each class's measures."""
    screen.table(
        ["class", "photos", "precision", "recall", "F1"],
        [[c.name, c.count, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}"] for c in scores.classes],
        right=(1, 2, 3, 4),
    )
