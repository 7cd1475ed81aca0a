"""Outcome: how good the best epoch of a training is; TrainResult: that, and what a training left behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.report.findings import Finding
from convolens.runs.tasks.label_scores import LabelScores
from convolens.runs.tasks.scoring import Scores
from convolens.runs.training.budget import Spent


@dataclass(frozen=True)
class Outcome:
    """How good the best epoch is.

    Attributes:
        best_epoch: from 1; None where Ctrl-C came before the end of the first.
        epochs: that were finished.
        scores: on the validation photos; of several labels a photo `LabelScores`.
        monitor, mode, best: why it is the best: the measure, whether the smallest or the largest counts, its value.
        images_per_second: of the training since it was begun or gone on with, validation and checkpoints included.
        findings: what the run shows, in plain words.
        first_answer: of a run that begins with one: its measures, cross-validation, and whether the best has learnt from all photos.
    """

    best_epoch: int | None
    epochs: int
    monitor: str
    mode: str
    best: float | None
    scores: Scores | LabelScores
    images_per_second: float
    findings: tuple[Finding, ...] = ()
    first_answer: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "best_epoch": self.best_epoch,
            "epochs": self.epochs,
            "monitor": self.monitor,
            "mode": self.mode,
            "best": self.best,
            "images_per_second": round(self.images_per_second, 1),
            **self.scores.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
            **({} if self.first_answer is None else {"first_answer": dict(self.first_answer)}),
        }


@dataclass(frozen=True)
class TrainResult:
    """What a training gave.

    Attributes:
        folder: of the run.
        outcome: measures of the best epoch; None where not one epoch was finished.
        interrupted: whether Ctrl-C ended it early.
        spent: what the training took, where the settings have a limit.
    """

    folder: RunFolder
    outcome: Outcome | None
    interrupted: bool
    spent: Spent | None = None
