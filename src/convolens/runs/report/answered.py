"""What was answered of labelled photos, one label each: as a table, as a sheet of mistakes, and class by class."""

from pathlib import Path

import numpy as np

from convolens.analysis import contact_sheet
from convolens.runs.folder.predictions_file import COLUMNS
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv
from convolens.runs.preparation.prepare import Part
from convolens.runs.tasks.scoring import Scores

SHOWN_MISTAKES = 24


def write_predictions(path: Path, part: Part, chances: np.ndarray, names: tuple[str, ...]) -> None:
    """Write path, label, predicted and confidence of each photo."""
    rows = answers_table(part, chances, names)
    write_csv(path, COLUMNS, [[*row[:3], f"{row[3]:.6f}"] for row in rows])


def answers_table(
    part: Part, chances: np.ndarray, names: tuple[str, ...]
) -> list[tuple[Path, str, str, float]]:
    """Return path, label, likeliest class and its probability of each photo."""
    guessed = chances.argmax(axis=1)
    return [
        (file, names[label], names[guess], float(chance[guess]))
        for file, label, guess, chance in zip(part.folder.paths, part.labels, guessed, chances, strict=True)
    ]


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
    contact_sheet([np.asarray(part.pixels[i]) for i in worst], captions, path, title=title)


def show_classes(scores: Scores, screen: Screen) -> None:
    """Print each class's measures."""
    screen.table(
        ["class", "photos", "precision", "recall", "F1"],
        [[c.name, c.count, f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}"] for c in scores.classes],
        right=(1, 2, 3, 4),
    )
