"""Evaluation: every measure of a run on labelled photos, and the pictures and page that show them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import (
    measures,
    plot_confusion_matrix,
    plot_precision_recall,
    plot_reliability,
    plot_roc,
)
from convolens.analysis.measures import Interval, Scores, ThresholdCurves, score
from convolens.analysis.measures.calibration import Reliability
from convolens.arguments import integer
from convolens.data.prepared import Part
from convolens.errors import ArgumentError
from convolens.files.plain_json import write_json
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.output.screen import Screen
from convolens.runs.report.class_tables import draw_mistakes, show_classes, write_class_predictions
from convolens.runs.report.page import picture_data, write_page

MANY, DEFAULT_TOP = 5, 5  # classes above which top-k accuracy is told unasked, and its k


@dataclass(frozen=True)
class Evaluation(Scores):
    """`Scores`, of the network's own probabilities, and what else there is to know.

    Attributes:
        macro_f1: the mean of the classes' F1.
        accuracy_interval, macro_f1_interval: 95 % bootstrap intervals (percentile, plain, seeded); None of one photo.
        top: (k, share of photos whose class is among the k likeliest); None where it was not asked for.
        curves: ROC and precision-recall of each class against the rest; of two classes the second's.
        reliability: of the network's own confidences.
        calibration: that was used; None where there is none.
        calibrated_reliability: of the calibrated confidences, with them.
        unknown: share of the photos that are called unknown; None where the run cannot tell.
        variations: of each photo, whose probabilities were averaged (test-time augmentation).
    """

    macro_f1: float
    accuracy_interval: Interval | None
    macro_f1_interval: Interval | None
    top: tuple[int, float] | None
    curves: tuple[ThresholdCurves, ...]
    reliability: Reliability
    calibration: Calibration | None
    calibrated_reliability: Reliability | None
    unknown: float | None
    variations: int | None

    @property
    def roc_area(self) -> float | None:
        """Area below the ROC curve; of more than two classes the mean of one against the rest."""
        return float(np.mean([curve.roc_area for curve in self.curves])) if self.curves else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        used = self.calibrated_reliability
        return {
            **super().as_dict(),
            "macro_f1": self.macro_f1,
            "accuracy_interval": _ends(self.accuracy_interval),
            "macro_f1_interval": _ends(self.macro_f1_interval),
            "interval": "95 %, percentile bootstrap of the photos, not stratified",
            "top_k": None if self.top is None else {"k": self.top[0], "accuracy": self.top[1]},
            "roc_area": self.roc_area,
            "areas": measures.areas(self.curves),
            "expected_calibration_error": self.reliability.error,
            "temperature": None if self.calibration is None else self.calibration.temperature,
            "expected_calibration_error_calibrated": None if used is None else used.error,
            "unknown": self.unknown,
            "tta": self.variations,
        }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def check_top(top: int | None, classes: int) -> int | None:
    """Return the k of top-k accuracy; 5 unasked where there are more classes, else None.

    Raises:
        ArgumentError: below 1, or more than there are classes.
    """
    if top is None:
        return DEFAULT_TOP if classes > MANY else None
    if integer("evaluate", "top_k", top) > classes:
        raise ArgumentError(
            f"evaluate: top_k {top} is more than the {classes} classes of the run; give {classes} or less."
        )
    return top


def top_accuracy(probability: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Return the share of photos whose class is among the k likeliest.

    Example:
        >>> top_accuracy(np.array([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]]), np.array([1, 2]), 2)
        0.5
    """
    likeliest = np.argsort(-probability, axis=1, kind="stable")[:, :k]
    return float((likeliest == labels[:, np.newaxis]).any(axis=1).mean())


def evaluation_of(
    chances: np.ndarray,
    labels: np.ndarray,
    class_names: tuple[str, ...],
    top: int | None = None,
    seed: int = 0,
    calibration: Calibration | None = None,
    unknown: np.ndarray | None = None,
    variations: int | None = None,
) -> Evaluation:
    """Return every measure.

    Args:
        chances: the network's own probabilities, (n, classes).
        labels: class numbers (n,).
        class_names: one a class.
        top: the k of top-k accuracy; None leaves it out.
        seed: of the bootstrap.
        calibration: of the run.
        unknown: which photos are called so, bool (n,).
        variations: how many were averaged.
    """
    scores = score(chances, labels, class_names)
    guessed = chances.argmax(axis=1)
    intervals: tuple[Interval | None, Interval | None] = (None, None)
    if len(labels) > 1:
        intervals = measures.accuracy_and_f1_intervals(labels, guessed, len(class_names), seed)
    calibrated = None if calibration is None else measures.reliability(calibration(chances), labels)
    return Evaluation(
        **vars(scores),
        macro_f1=float(np.mean([item.f1 for item in scores.classes])),
        accuracy_interval=intervals[0],
        macro_f1_interval=intervals[1],
        top=None if top is None else (top, top_accuracy(chances, labels, top)),
        curves=tuple(measures.threshold_curves(chances, labels, class_names)),
        reliability=measures.reliability(chances, labels),
        calibration=calibration,
        calibrated_reliability=calibrated,
        unknown=None if unknown is None else float(unknown.mean()),
        variations=variations,
    )


def write_evaluation(
    folder: Path, found: Evaluation, part: Part, chances: np.ndarray, class_names: tuple[str, ...], title: str
) -> None:
    """Write evaluation.json, predictions.csv, the pictures, and evaluation.html, which needs none of them.

    Args:
        folder: has to exist.
        found: the measures.
        part: the photos.
        chances: their probabilities as they are told, calibrated where there is a calibration.
        class_names: one a class.
        title: what was scored.

    Raises:
        WriteError: a file cannot be written.
    """
    write_json(folder / "evaluation.json", found.as_dict())
    write_class_predictions(folder / "predictions.csv", part.folder.paths, part.labels, chances, class_names)
    plot_confusion_matrix(found.confusion, class_names, folder / "confusion_matrix.png")
    reliabilities = {"the network's own": found.reliability}
    if found.calibrated_reliability is not None:
        reliabilities["calibrated"] = found.calibrated_reliability
    plot_reliability(reliabilities, folder / "reliability.png")
    if found.curves:
        plot_roc(found.curves, folder / "roc.png")
        plot_precision_recall(found.curves, folder / "precision_recall.png")
    draw_mistakes(folder / "mistakes.png", part, chances, class_names)
    pictures = {
        "Confusion matrix": "confusion_matrix.png",
        "Worst mistakes": "mistakes.png",
        "Confidence": "reliability.png",
        "ROC": "roc.png",
        "Precision and recall": "precision_recall.png",
    }
    drawn = {name: data for name, file in pictures.items() if (data := picture_data(folder / file))}
    write_page(
        folder / "evaluation.html",
        "evaluation.html",
        title=title,
        found=found,
        areas=measures.areas(found.curves),
        pictures=drawn,
    )


def tell_evaluation(found: Evaluation, screen: Screen) -> None:
    """Print every measure, then class by class."""
    averaged = (
        ""
        if found.variations is None
        else f", the mean over itself and {found.variations} variations of each"
    )
    screen.result(
        f"Accuracy {found.accuracy:.4f}, loss {found.loss:.4f} on {found.photos:,} photos{averaged}; "
        f"always saying {found.commonest!r} would give {found.baseline:.4f}"
    )
    screen.result(
        f"Macro F1 {found.macro_f1:.4f}; 95 % intervals: accuracy {_between(found.accuracy_interval)}, "
        f"macro F1 {_between(found.macro_f1_interval)} (bootstrap of the photos)"
    )
    if found.top is not None:
        screen.result(f"Top-{found.top[0]} accuracy {found.top[1]:.4f}")
    if found.roc_area is not None:
        of = (
            f"of {found.curves[0].name!r}"
            if len(found.classes) == 2
            else "mean of each class against the rest"
        )
        screen.result(f"Area below the ROC curve {found.roc_area:.4f} ({of})")
    tell_confidence(found, screen)
    show_classes(found, screen)


def tell_confidence(found: Evaluation | Any, screen: Screen) -> None:
    """Print how far confidences are off, and how many photos are called unknown."""
    line = f"Expected calibration error {found.reliability.error:.4f}"
    if found.calibration is not None and found.calibrated_reliability is not None:
        line += (
            f", calibrated {found.calibrated_reliability.error:.4f} (temperature {found.calibration.temperature:.3g}; "
            "--no-calibration leaves it aside)"
        )
    screen.result(line)
    if found.unknown is not None:
        screen.result(f"Called unknown: {found.unknown:.1%} of the photos")


def _between(interval: Interval | None) -> str:
    return "unknown" if interval is None else f"{interval.low:.4f} to {interval.high:.4f}"
