"""SingleLabel: each photo is of one class, the likeliest."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import plot_confusion_matrix
from convolens.analysis.measures import Scores, score
from convolens.analysis.measures.conformal import strangeness
from convolens.data.folders.folder import ImageFolder, list_images
from convolens.data.labels.multi_label import in_several_classes
from convolens.data.prepared import Part
from convolens.errors import ArgumentError
from convolens.runs.folder.calibration_file import Calibration, told
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import Answer
from convolens.runs.output.screen import Screen
from convolens.runs.report.class_tables import (
    CONFUSION_MATRIX,
    MISTAKES,
    PICTURES,
    class_answers,
    draw_mistakes,
    show_classes,
    write_class_predictions,
)
from convolens.runs.report.evaluation import (
    Evaluation,
    check_top,
    evaluation_of,
    tell_evaluation,
    write_evaluation,
)
from convolens.runs.report.findings import Evidence, Finding, findings_of
from convolens.runs.report.prediction import Prediction
from convolens.runs.tasks.task import Task


class SingleLabel(Task):
    """One class a photo: a softmax, or one sigmoid of two classes; see `Task`."""

    several = False
    accuracy_of = "{}"
    right_of_photos = "accuracy"
    activation = "softmax"
    pictures = PICTURES
    unknown_tests = 2
    tunes = False
    balances = True

    def list_photos(self, place: Path, table: Path | None) -> ImageFolder:
        found = list_images(place)
        shared = in_several_classes(found)
        if not shared:
            return found
        note = (
            f"{len(shared):,} photos lie in several class folders ({' = '.join(shared[0][:3])}), and are learnt once as each; "
            "--multi-label makes each one photo with several labels"
        )
        return replace(found, notes=(*found.notes, note))

    def list_labelled(self, place: Path, table: Path | None, names: Sequence[str]) -> ImageFolder:
        if table is not None:
            raise ArgumentError(
                f"--labels {table} says nothing: the run gives a photo one class; give class folders."
            )
        return list_images(place, class_names=tuple(names), allow_missing_classes=True)

    def check_validation(self, part: Part) -> None:
        pass  # a class without a photo is told

    def check_scored(self, part: Part) -> None:
        pass  # each photo has its class

    def targets(self, labels: np.ndarray, units: int) -> np.ndarray:
        return labels[:, np.newaxis].astype(np.float32) if units == 1 else labels

    def loss(self, units: int) -> str:
        # of a softmax by the labels' shape: numbers, or the rows of floats that mixup and cutmix make
        return "binary_crossentropy" if units == 1 else "crossentropy"

    def metrics(self) -> list[Any]:
        return ["accuracy"]

    def of_logits(self, logits: np.ndarray) -> np.ndarray:
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
        return chances.astype(np.float32)

    def tuned(self, chances: np.ndarray, labels: np.ndarray) -> Task:
        return self

    def kept_in(self, trained: TrainedModel) -> TrainedModel:
        return trained

    def wrong(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return self.decided(chances) != labels

    def choices(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return chances, labels

    def strangeness(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return strangeness(chances, labels)

    def spread(self, labels: np.ndarray) -> np.ndarray:
        return labels

    def score(self, chances: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> Scores:
        return score(chances, labels, names)

    def evaluate(
        self,
        chances: np.ndarray,
        labels: np.ndarray,
        names: tuple[str, ...],
        top: int | None = None,
        seed: int = 0,
        calibration: Calibration | None = None,
        unknown: np.ndarray | None = None,
        variations: int | None = None,
    ) -> Evaluation:
        return evaluation_of(chances, labels, names, top, seed, calibration, unknown, variations)

    def check_top(self, top: int | None, classes: int) -> int | None:
        return check_top(top, classes)

    def findings(self, evidence: Evidence[Scores]) -> list[Finding]:
        return findings_of(evidence)

    def headline(self, found: Evaluation) -> str:
        interval = found.accuracy_interval
        between = "" if interval is None else f" (95 %: {interval.low:.4f} to {interval.high:.4f})"
        return f"accuracy {found.accuracy:.4f}{between}"

    def baseline(self, scores: Scores) -> str:
        return f"always saying {scores.commonest!r} would give {scores.baseline:.4f}"

    def beats_baseline(self, scores: Scores) -> bool:
        return scores.accuracy > scores.baseline

    def labels_of(self, labels: np.ndarray, names: Sequence[str]) -> list[set[str]]:
        return [{names[number]} for number in labels]

    def decided(self, chances: np.ndarray) -> np.ndarray:
        return np.asarray(chances.argmax(axis=1))

    def describe(self, names: Sequence[str], calibration: Calibration | None = None) -> list[str]:
        return []

    def predictions(
        self,
        chances: np.ndarray,
        names: Sequence[str],
        top: int,
        unknown: np.ndarray | None = None,
        calibration: Calibration | None = None,
    ) -> list[dict[str, Any]]:
        shown = told(chances, calibration)
        likeliest = np.argsort(-shown, axis=1, kind="stable")[:, :top]
        called = [None] * len(chances) if unknown is None else unknown.tolist()
        return [
            {"answers": tuple((names[i], float(row[i])) for i in order), "unknown": strange}
            for row, order, strange in zip(shown, likeliest, called, strict=True)
        ]

    def unreadable(self, path: Path, error: str) -> Prediction:
        return Prediction(path, error=error)

    def answers(
        self, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None,
    ) -> list[Answer]:  # fmt: skip
        return class_answers(paths, labels, told(chances, calibration), names)

    def write_predictions(
        self, table: Path, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None, **columns: Sequence[object],
    ) -> None:  # fmt: skip
        write_class_predictions(table, paths, labels, told(chances, calibration), names, **columns)

    def draw(self, folder: Path, part: Part, chances: np.ndarray, scores: Scores) -> None:
        names = [item.name for item in scores.classes]
        plot_confusion_matrix(scores.confusion, names, folder / CONFUSION_MATRIX)
        draw_mistakes(folder / MISTAKES, part, chances, tuple(names))

    def write_evaluation(
        self, folder: Path, found: Evaluation, part: Part, chances: np.ndarray, names: tuple[str, ...], title: str,
        calibration: Calibration | None = None,
    ) -> None:  # fmt: skip
        write_evaluation(folder, found, part, told(chances, calibration), names, title)

    def show(self, scores: Scores, screen: Screen) -> None:
        show_classes(scores, screen)

    def tell(self, scores: Scores, screen: Screen, begin: str = "") -> None:
        screen.result(
            f"{begin} accuracy {scores.accuracy:.4f}, loss {scores.loss:.4f} on {scores.photos:,} photos; "
            f"{self.baseline(scores)}"
        )
        show_classes(scores, screen)

    def tell_evaluation(self, found: Evaluation, screen: Screen) -> None:
        tell_evaluation(found, screen)
