"""MultiLabel: each photo has any number of labels, those that reach their thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis.measures import (
    LabelScores,
    best_thresholds,
    reached,
    reliability,
    score_labels,
)
from convolens.analysis.measures.multi_label import FEWEST, USUAL, as_choices
from convolens.data.folders.folder import list_images, subfolders
from convolens.data.labels.label_table import read_label_table
from convolens.data.labels.multi_label import MultiLabelFolder, check_enough_photos, merge_identical
from convolens.data.prepared import Part
from convolens.errors import ArgumentError, DataError
from convolens.metrics import BinaryAccuracy
from convolens.runs.folder.calibration_file import Calibration, told
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import Answer
from convolens.runs.output.screen import Screen
from convolens.runs.report.evaluation import tell_confidence
from convolens.runs.report.findings import LABEL_FINDINGS, Evidence, Finding, findings_of
from convolens.runs.report.label_evaluation import LabelEvaluation, write_label_evaluation
from convolens.runs.report.label_tables import (
    PICTURES,
    draw_labels,
    label_answers,
    named,
    show_labels,
    tell_scores,
    write_label_predictions,
)
from convolens.runs.report.prediction import Prediction
from convolens.runs.tasks.task import Task


@dataclass(frozen=True)
class MultiLabel(Task):
    """Any number of labels a photo: a sigmoid a class; see `Task`.

    Args:
        thresholds: the probability of each class from which on it is said, in [0, 1]; None before they are tuned: 0.5.
    """

    thresholds: tuple[float, ...] | None = None

    several = True
    accuracy_of = "all answers, one a label, on {}"
    right_of_photos = "every label right on"
    activation = "sigmoid"
    pictures = PICTURES
    unknown_tests = 1
    tunes = True
    balances = False

    def _limits(self, classes: int) -> tuple[float, ...]:
        return self.thresholds or (USUAL,) * classes

    def list_photos(self, place: Path, table: Path | None) -> MultiLabelFolder:
        found = merge_identical(list_images(place)) if table is None else read_label_table(table, place)
        check_enough_photos(found, str(place if table is None else table))
        return found

    def list_labelled(self, place: Path, table: Path | None, names: Sequence[str]) -> MultiLabelFolder:
        if table is not None:
            return read_label_table(table, place, tuple(names))
        if not subfolders(place):
            raise DataError(f"{place}: no class folders; give the labels of its photos by --labels FILE.")
        return merge_identical(list_images(place, class_names=tuple(names), allow_missing_classes=True))

    def check_validation(self, part: Part) -> None:
        names, counts = part.folder.class_names, part.folder.counts()
        missing = [repr(name) for name, count in zip(names, counts, strict=True) if count == 0]
        if missing:  # each class has a threshold, tuned on these photos
            raise DataError(
                f"no readable validation photo has the label {', '.join(missing)}; add photos, or take the label out."
            )

    def check_scored(self, part: Part) -> None:
        if not part.labels.any():
            raise DataError(
                f"{part.folder.root}: no photo that can be read has a label; nothing can be scored."
            )

    def targets(self, labels: np.ndarray, units: int) -> np.ndarray:
        return labels

    def loss(self, units: int) -> str:
        return "binary_crossentropy"

    def metrics(self) -> list[Any]:
        return [BinaryAccuracy(name="accuracy")]  # 1 - Hamming loss at 0.5

    def of_logits(self, logits: np.ndarray) -> np.ndarray:
        return (1 / (1 + np.exp(-logits))).astype(np.float32)

    def tuned(self, chances: np.ndarray, labels: np.ndarray) -> Task:
        if not np.isfinite(chances).all():
            return self
        return replace(self, thresholds=tuple(best_thresholds(chances, labels).tolist()))

    def kept_in(self, trained: TrainedModel) -> TrainedModel:
        return trained if self.thresholds is None else replace(trained, tuned=self.thresholds)

    def wrong(self, chances: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return self.decided(chances) != (labels > 0)

    def choices(self, chances: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return as_choices(chances), labels.astype(np.int64).reshape(-1)

    def strangeness(self, chances: np.ndarray, labels: np.ndarray) -> None:
        return None

    def spread(self, labels: np.ndarray) -> np.ndarray:
        return np.where(labels.any(axis=1), labels.argmax(axis=1), labels.shape[1])  # by the first label

    def score(self, chances: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> LabelScores:
        return score_labels(np.nan_to_num(chances), labels, names, self._limits(len(names)))

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
    ) -> LabelEvaluation:
        own = self.choices(chances, labels)
        return LabelEvaluation(
            **vars(self.score(chances, labels, names)),
            reliability=reliability(*own),
            calibration=calibration,
            calibrated_reliability=None
            if calibration is None
            else reliability(*self.choices(calibration(chances), labels)),
            unknown=None if unknown is None else float(unknown.mean()),
            variations=variations,
        )

    def check_top(self, top: int | None, classes: int) -> int | None:
        if top is not None:
            raise ArgumentError(
                f"evaluate: top_k {top} is of one class a photo, and the run gives a photo any number of labels; leave it out."
            )
        return None

    def findings(self, evidence: Evidence[LabelScores]) -> list[Finding]:
        return findings_of(evidence, LABEL_FINDINGS, len(LABEL_FINDINGS))

    def headline(self, found: LabelEvaluation) -> str:
        return f"mean average precision {found.mean_average_precision:.4f}"

    def baseline(self, scores: LabelScores) -> str:
        return f"guessing by each class's share would give {scores.baseline:.4f}"

    def beats_baseline(self, scores: LabelScores) -> bool:
        return scores.mean_average_precision > scores.baseline

    def labels_of(self, labels: np.ndarray, names: Sequence[str]) -> list[set[str]]:
        return [set(named(row, names)) for row in labels]

    def decided(self, chances: np.ndarray) -> np.ndarray:
        return reached(chances, self._limits(chances.shape[1]))

    def describe(self, names: Sequence[str], calibration: Calibration | None = None) -> list[str]:
        limits = told(np.array([self._limits(len(names))]), calibration)[0]
        each = ", ".join(f"{name} {value:.3g}" for name, value in zip(names, limits, strict=True))
        tuned = (
            "tuned on the validation photos"
            if self.thresholds
            else "not tuned: the training has not ended yet"
        )
        return [f"labels are said from these probabilities on ({tuned}): {each}"]

    def predictions(
        self,
        chances: np.ndarray,
        names: Sequence[str],
        top: int,
        unknown: np.ndarray | None = None,
        calibration: Calibration | None = None,
    ) -> list[dict[str, Any]]:
        called = [None] * len(chances) if unknown is None else unknown.tolist()
        found = []
        for row, said, strange in zip(told(chances, calibration), self.decided(chances), called, strict=True):
            order = np.argsort(-row, kind="stable")
            found.append(
                {
                    "answers": tuple((names[i], float(row[i])) for i in order),
                    "labels": tuple(names[i] for i in order if said[i]),
                    "unknown": strange,
                }
            )
        return found

    def unreadable(self, path: Path, error: str) -> Prediction:
        return Prediction(path, error=error, labels=())

    def answers(
        self, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None,
    ) -> list[Answer]:  # fmt: skip
        return label_answers(paths, labels, chances, names, self._limits(len(names)))

    def write_predictions(
        self, table: Path, paths: Sequence[Path], labels: np.ndarray, chances: np.ndarray, names: Sequence[str],
        calibration: Calibration | None = None, **columns: Sequence[object],
    ) -> None:  # fmt: skip
        limits = self._limits(len(names))
        write_label_predictions(table, paths, labels, chances, names, limits, calibration, **columns)

    def draw(self, folder: Path, part: Part, chances: np.ndarray, scores: LabelScores) -> None:
        draw_labels(folder, part, np.nan_to_num(chances), scores)

    def write_evaluation(
        self, folder: Path, found: LabelEvaluation, part: Part, chances: np.ndarray, names: tuple[str, ...], title: str,
        calibration: Calibration | None = None,
    ) -> None:  # fmt: skip
        table = folder / "predictions.csv"
        self.write_predictions(table, part.folder.paths, part.labels, chances, names, calibration)
        write_label_evaluation(folder, found, part, chances, title)

    def show(self, scores: LabelScores, screen: Screen) -> None:
        show_labels(scores, screen)

    def tell(self, scores: LabelScores, screen: Screen, begin: str = "") -> None:
        tell_scores(scores, begin, screen)
        show_labels(scores, screen)
        few = [c.name for c in scores.classes if not FEWEST <= c.count <= scores.photos - FEWEST]
        kept = f"; {USUAL} for {', '.join(few)}, where fewer than {FEWEST} decide" if few else ""
        screen.line(
            f"The thresholds give the best F1 on these photos{kept}; on others expect a little less (`convolens evaluate`)"
        )

    def tell_evaluation(self, found: LabelEvaluation, screen: Screen) -> None:
        tell_scores(found, "", screen)
        for line in self.describe([item.name for item in found.classes]):
            screen.line(line)
        tell_confidence(found, screen)
        show_labels(found, screen)
