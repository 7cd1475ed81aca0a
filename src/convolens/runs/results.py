"""After the training: the best epoch scored on the validation photos, and everything that shows it."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import contact_sheet, plot_confusion_matrix, plot_curves
from convolens.checkpoints.atomic import atomic_path
from convolens.errors import WriteError
from convolens.runs.calibrate import calibrate_at_end
from convolens.runs.checkpointing import RunCheckpoint
from convolens.runs.explaining import explain_run, tell_findings
from convolens.runs.findings import Finding
from convolens.runs.folder import RunFolder
from convolens.runs.label_scores import LabelScores
from convolens.runs.model_file import TrainedModel
from convolens.runs.options import Settings
from convolens.runs.predictions_file import COLUMNS
from convolens.runs.prepare import Part, Prepared
from convolens.runs.report import write_report
from convolens.runs.scoring import Scores, probabilities, score
from convolens.runs.screen import Screen
from convolens.runs.tables import write_csv

SHOWN_MISTAKES = 24


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


def finish(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    trained: TrainedModel,
    checkpoint: RunCheckpoint,
    images_per_second: float,
    screen: Screen,
    waited: float | None = None,
    held_out: np.ndarray | None = None,
    first_answer: Mapping[str, Any] | None = None,
) -> Outcome:
    """Score the best weights, write tables, pictures and report, and say how good it is.

    Args:
        waited: share of the training spent without a batch.
        held_out: probabilities of the validation photos by weights that did not learn from them, where the best ones did in the
            end: what is scored stays apart from what was learnt.
        first_answer: see `Outcome`.
    """
    model = trained.model
    model.load_weights(folder.best)
    part = prepared.validation
    with screen.progress("scoring the best epoch") as advance:
        own = probabilities(model, part.pixels, trained.preprocessing, advance=advance)
    chances = own if held_out is None else held_out
    scores = score(chances, part.labels, prepared.class_names)
    calibration = None
    try:
        calibration = calibrate_at_end(folder, chances, part.labels, screen)
    except WriteError as error:
        screen.warn(str(error))
    findings = explain_run(
        folder,
        settings,
        prepared,
        scores,
        chances,
        validated(checkpoint.history),
        checkpoint.best_epoch,
        calibration,
        waited,
        own,
    )
    outcome = Outcome(
        checkpoint.best_epoch, count_epochs(checkpoint.history), checkpoint.monitor, checkpoint.mode, checkpoint.best, scores,
        images_per_second, tuple(findings), first_answer,
    )  # fmt: skip
    try:
        _write(
            folder,
            settings,
            prepared,
            checkpoint,
            chances if calibration is None else calibration(chances),
            scores,
            outcome,
        )
    except WriteError as error:
        screen.warn(f"{error} The weights are kept in {folder.checkpoints}.")
    _tell(folder, settings, outcome, scores, checkpoint, screen)
    return outcome


def _write(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    checkpoint: RunCheckpoint,
    chances: np.ndarray,
    scores: Scores,
    outcome: Outcome,
) -> None:
    write_predictions(folder.predictions, prepared.validation, chances, prepared.class_names)
    draw_curves(folder, settings, checkpoint)
    plot_confusion_matrix(scores.confusion, prepared.class_names, folder.confusion_matrix)
    draw_mistakes(folder.mistakes, prepared.validation, chances, prepared.class_names)
    with atomic_path(folder.results) as temporary:
        temporary.write_text(
            json.dumps(outcome.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    write_report(folder, settings, prepared, checkpoint.history, outcome.as_dict())


def draw_curves(folder: RunFolder, settings: Settings, checkpoint: RunCheckpoint) -> None:
    """Draw loss and accuracy epoch by epoch; nothing where no epoch was finished."""
    rows = [row for row in checkpoint.history if row["epoch"] > 0]
    if not rows:
        return
    seen = [int(row["epoch"]) for row in validated(rows)]
    history = {name: [row[name] for row in rows if name in row] for name in rows[0] if name != "epoch"}
    best = checkpoint.best_epoch or None
    # it has learnt from all photos; what judged it came before
    if best is not None and seen and best not in seen:
        best = seen[-1]
    plot_curves(history, folder.curves, best, settings.monitor, val_epochs=seen or None)


def validated(history: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Return the epochs of a training, from 1, that were validated."""
    return [row for row in history if row["epoch"] > 0 and "val_loss" in row]


def count_epochs(history: Sequence[Mapping[str, float]]) -> int:
    """Return how many epochs were finished; a first answer, epoch 0, is none."""
    return sum(row["epoch"] > 0 for row in history)


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


def tell_best(folder: RunFolder, settings: Settings, outcome: Outcome, screen: Screen) -> None:
    """Say which epoch is the best."""
    screen.heading("Result")
    if outcome.best_epoch is None:
        screen.result("Interrupted in the first epoch; the weights are those of its last step.")
    elif outcome.best_epoch == 0:
        tried = f"; none of {outcome.epochs} epochs of training on was better" if outcome.epochs else ""
        screen.result(f"The first answer stays{tried}; its weights are {folder.best}")
    else:
        screen.result(
            f"Best epoch: {outcome.best_epoch} of {outcome.epochs} ({settings.monitor} {outcome.best:.4f}); "
            f"its weights are {folder.best}"
        )


def _tell(
    folder: RunFolder, settings: Settings, outcome: Outcome, scores: Scores, checkpoint: RunCheckpoint, screen: Screen
) -> None:  # fmt: skip
    tell_best(folder, settings, outcome, screen)
    screen.result(
        f"Validation accuracy {scores.accuracy:.4f}, loss {scores.loss:.4f} on {scores.confusion.sum():,} photos; "
        f"always saying {scores.commonest!r} would give {scores.baseline:.4f}"
    )
    show_classes(scores, screen)
    if checkpoint.failed:
        screen.warn(f"{checkpoint.failed} checkpoints could not be written; see the lines above.")
    if outcome.epochs and outcome.images_per_second:
        screen.line(f"{outcome.images_per_second:,.0f} images/s with validation and checkpoints")
    tell_findings(outcome.findings, screen)
    screen.result(f"Report: {folder.report}")
    screen.result(f"Next: convolens predict {shlex.quote(str(folder.path))} PHOTO...")
