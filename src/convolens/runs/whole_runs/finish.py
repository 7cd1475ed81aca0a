"""After the training: the best epoch scored on the validation photos, and everything that shows it."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convolens.analysis import plot_confusion_matrix, plot_curves
from convolens.errors import WriteError
from convolens.files.atomic import atomic_path
from convolens.runs.answers.calibrate import calibrate_at_end
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preparation.prepare import Prepared
from convolens.runs.report.answered import draw_mistakes, show_classes, write_predictions
from convolens.runs.report.page import write_report
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.scoring import Scores, probabilities, score
from convolens.runs.training.checkpointing import RunCheckpoint
from convolens.runs.training.outcome import Outcome
from convolens.runs.whole_runs.explaining import explain_run, tell_findings


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
