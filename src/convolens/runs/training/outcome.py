"""How a training ended, its best weights, how good they are, and what it left behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.measures import LabelScores, Scores
from convolens.data.prepared import Prepared
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.report.findings import Finding
from convolens.runs.settings.options import Settings
from convolens.runs.training.budget import Spent
from convolens.runs.training.checkpointing import RunCheckpoint


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
class Ended:
    """How a training ended.

    Attributes:
        checkpoint: what it kept.
        images_per_second: with validation and checkpoints.
        waited: share of the time without a batch.
        interrupted: whether Ctrl-C ended it early.
        learnt: whether there are weights to score.
        spent: what it took, where the settings have a limit.
    """

    checkpoint: RunCheckpoint
    images_per_second: float
    waited: float | None
    interrupted: bool
    learnt: bool
    spent: Spent | None


@dataclass(frozen=True)
class Best:
    """The best weights of a training, and what they are scored on.

    Attributes:
        settings, prepared: the photos at the size at which these weights see them.
        trained: the network.
        held_out: probabilities of the validation photos by weights that did not learn from them, where the best ones did in the
            end: what is scored stays apart from what was learnt.
        first_answer: see `Outcome`.
        own: what these weights say of the validation photos, where that is known; None asks the network.
        brief: leave out what takes seconds and tells nothing of the answers: photos scored again from their files, pictures.
    """

    settings: Settings
    prepared: Prepared
    trained: TrainedModel
    held_out: np.ndarray | None = None
    first_answer: Mapping[str, Any] | None = None
    own: np.ndarray | None = None
    brief: bool = False


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
