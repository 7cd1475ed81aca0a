"""What a run said of photos with several labels: as a table, as pictures, on the screen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convolens.analysis import contact_sheet, plot_precision_recall
from convolens.analysis.charts.precision_chart import plot_average_precision
from convolens.analysis.measures import LabelScores, label_curves, reached
from convolens.data.prepared import Part
from convolens.runs.folder.calibration_file import Calibration, told
from convolens.runs.folder.predictions_file import (
    LABEL_COLUMNS,
    Answer,
    joint_probability,
    probability_column,
)
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv

SHOWN_MISTAKES = 24
AVERAGE_PRECISION, PRECISION_RECALL, MISTAKES = (
    "average_precision.png", "precision_recall.png", "mistakes.png",
)  # fmt: skip
PICTURES = {
    "Average precision": AVERAGE_PRECISION,
    "Worst mistakes": MISTAKES,
    "Precision and recall": PRECISION_RECALL,
}


def label_answers(
    paths: Sequence[Path],
    labels: np.ndarray,
    chances: np.ndarray,
    names: Sequence[str],
    thresholds: Sequence[float],
    calibration: Calibration | None = None,
) -> list[Answer]:
    """Return the labels of each photo that reach their thresholds.

    Args:
        paths: of the photos.
        labels: 0 and 1, (n, classes).
        chances: (n, classes), the network's own, which the thresholds are for.
        names: of the classes.
        thresholds: one a class.
        calibration: makes of them what is told.
    """
    return [
        Answer(path, named(label, names), said, joint_probability(dict(zip(names, row.tolist(), strict=True)), said))
        for path, label, row, said in zip(
            paths, labels, told(chances, calibration), (named(row, names) for row in reached(chances, thresholds)), strict=True
        )
    ]  # fmt: skip


def named(row: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    """Return the labels of a row of 0 and 1.

    Example:
        >>> named(np.array([1, 0, 1]), ["cat", "dog", "fox"])
        ('cat', 'fox')
    """
    return tuple(names[i] for i in np.flatnonzero(row).tolist())


def write_label_predictions(
    table: Path,
    paths: Sequence[Path],
    labels: np.ndarray,
    chances: np.ndarray,
    names: Sequence[str],
    thresholds: Sequence[float],
    calibration: Calibration | None = None,
    **columns: Sequence[object],
) -> None:
    """Write path, labels, predicted labels, the probability of each class, then further columns; arguments as of `label_answers`.

    Raises:
        WriteError: the file cannot be written.
    """
    answers = label_answers(paths, labels, chances, names, thresholds, calibration)
    rows = [
        [answer.path, answer.label, answer.predicted, *(f"{value:.6f}" for value in row), *more]
        for answer, row, *more in zip(answers, told(chances, calibration), *columns.values(), strict=True)
    ]
    write_csv(table, [*LABEL_COLUMNS, *map(probability_column, names), *columns], rows)


def draw_labels(folder: Path, part: Part, chances: np.ndarray, scores: LabelScores) -> None:
    """Draw average precision by class, precision over recall, and the worst mistakes.

    Raises:
        WriteError: a file cannot be written.
    """
    names = [item.name for item in scores.classes]
    averages = [
        np.nan if item.average_precision is None else item.average_precision for item in scores.classes
    ]
    shares = [item.count / scores.photos for item in scores.classes]
    plot_average_precision(averages, shares, names, folder / AVERAGE_PRECISION)
    curves = label_curves(chances, part.labels, names)
    if curves:
        plot_precision_recall(curves, folder / PRECISION_RECALL)
    _draw_mistakes(folder / MISTAKES, part, chances, scores)


def worst_pairs(
    chances: np.ndarray, labels: np.ndarray, thresholds: Sequence[float]
) -> list[tuple[int, int]]:
    """Return (photo, class) of the wrong answers, those first whose probability is farthest from the truth.

    Example:
        >>> worst_pairs(np.array([[0.9, 0.6], [0.2, 0.1]]), np.array([[0, 0], [1, 0]]), [0.5, 0.5])
        [(0, 0), (1, 0), (0, 1)]
    """
    photos, classes = np.nonzero(reached(chances, thresholds) != (labels > 0))
    far = np.abs(chances[photos, classes].astype(np.float64) - labels[photos, classes])
    order = np.argsort(-far, kind="stable")
    return [(int(photos[i]), int(classes[i])) for i in order]


def _draw_mistakes(path: Path, part: Part, chances: np.ndarray, scores: LabelScores) -> None:
    wrong = worst_pairs(chances, part.labels, [item.threshold for item in scores.classes])
    worst = wrong[:SHOWN_MISTAKES]
    if not worst:
        return
    captions = [
        f"{scores.classes[j].name} {'missed' if part.labels[i, j] else 'said, not there'} ({chances[i, j]:.0%})"
        for i, j in worst
    ]
    title = f"{len(wrong)} wrong labels on {len(part)} photos" + (
        f": the worst {len(worst)}" if len(worst) < len(wrong) else ""
    )
    contact_sheet(list(part.pixels[np.array([i for i, _ in worst])]), captions, path, title=title)


def show_labels(scores: LabelScores, screen: Screen) -> None:
    """Print each class's measures."""
    screen.table(
        ["class", "photos", "average precision", "threshold", "precision", "recall", "F1"],
        [
            [
                c.name, c.count, "-" if c.average_precision is None else f"{c.average_precision:.3f}",
                f"{c.threshold:.3f}", f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}",
            ]
            for c in scores.classes
        ],
        right=(1, 2, 3, 4, 5, 6),
    )  # fmt: skip


def tell_scores(scores: LabelScores, begin: str, screen: Screen) -> None:
    """Print the measures of all classes together.

    Args:
        scores: of the photos.
        begin: names them, "Validation" say; or nothing.
        screen: where the lines go.
    """
    screen.result(
        f"{begin}{' m' if begin else 'M'}ean average precision {scores.mean_average_precision:.4f}, loss {scores.loss:.4f} on "
        f"{scores.photos:,} photos; guessing by each class's share would give {scores.baseline:.4f}"
    )
    screen.result(
        f"At the thresholds: macro F1 {scores.macro_f1:.4f}, micro F1 {scores.micro_f1:.4f}, every label right on "
        f"{scores.exact_match:.1%} of the photos, {scores.hamming_loss:.2%} of all answers wrong (Hamming loss)"
    )
