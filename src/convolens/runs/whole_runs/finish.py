"""After the training: the best epoch scored on the validation photos, and everything that shows it."""

import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from convolens.analysis import plot_curves
from convolens.data.caching.content import content_hashes
from convolens.errors import WriteError
from convolens.files.plain_json import write_json
from convolens.runs.answers.calibrate import calibrate_at_end
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.kept_photos import keep_photos
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.report.page import write_report
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.tasks.task import Task
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.checkpointing import RunCheckpoint
from convolens.runs.training.outcome import Best, Ended, Outcome
from convolens.runs.whole_runs.explaining import explain_run, tell_findings


def finish(folder: RunFolder, best: Best, ended: Ended, screen: Screen) -> Outcome:
    """Score the best weights, write tables, pictures and report, and say how good it is.

    Args:
        folder: of the run.
        best: its best weights, and what they are scored on.
        ended: how its training ended.
        screen: where lines go.
    """
    trained, part, checkpoint = best.trained, best.prepared.validation, ended.checkpoint
    trained.model.load_weights(folder.best)
    own = best.own
    if own is None:
        with screen.progress("scoring the best epoch") as advance:
            own = probabilities(trained.model, part.pixels, trained.preprocessing, advance=advance)
    chances = own if best.held_out is None else best.held_out
    task = task_of(trained).tuned(chances, part.labels)
    scores = task.score(chances, part.labels, trained.class_names)
    calibration = None
    try:
        model_file.write(folder.model, task.kept_in(trained))
        calibration = calibrate_at_end(folder, task, chances, part.labels, screen)
    except WriteError as error:
        screen.warn(str(error))
    findings = explain_run(
        folder, best, task, scores, own, validated(checkpoint.history), ended, calibration
    )  # fmt: skip
    outcome = Outcome(
        checkpoint.best_epoch, count_epochs(checkpoint.history), checkpoint.monitor, checkpoint.mode, checkpoint.best, scores,
        ended.images_per_second, tuple(findings), best.first_answer,
    )  # fmt: skip
    try:
        _write(folder, best, task, checkpoint, chances, calibration, outcome)
    except WriteError as error:
        screen.warn(f"{error} The weights are kept in {folder.checkpoints}.")
    _tell(folder, best.settings, task, outcome, checkpoint, screen)
    return outcome


def _write(
    folder: RunFolder,
    best: Best,
    task: Task,
    checkpoint: RunCheckpoint,
    chances: np.ndarray,
    calibration: Calibration | None,
    outcome: Outcome,
) -> None:
    part, names = best.prepared.validation, best.trained.class_names
    task.write_predictions(
        folder.predictions, part.folder.paths, part.labels, chances, names, calibration, sha256=content_hashes(part.folder)
    )  # fmt: skip
    draw_curves(folder, best.settings, checkpoint)
    if not best.brief:
        task.draw(folder.path, part, chances, outcome.scores)
    keep_photos(folder, part.pixels)
    write_json(folder.results, outcome.as_dict())
    write_report(folder, best.settings, best.prepared, task.pictures, checkpoint.history, outcome.as_dict())


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


def _tell(
    folder: RunFolder, settings: Settings, task: Task, outcome: Outcome, checkpoint: RunCheckpoint, screen: Screen
) -> None:  # fmt: skip
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
    task.tell(outcome.scores, screen, "Validation")
    if checkpoint.failed:
        screen.warn(f"{checkpoint.failed} checkpoints could not be written; see the lines above.")
    if outcome.epochs and outcome.images_per_second:
        screen.line(f"{outcome.images_per_second:,.0f} images/s with validation and checkpoints")
    tell_findings(outcome.findings, screen)
    screen.result(f"Report: {folder.report}")
    screen.result(f"Next: convolens predict {shlex.quote(str(folder.path))} PHOTO...")
