"""From a finished training to its findings: the evidence gathered, some validation photos scored again by `predict`."""

import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from convolens.analysis.measures.novelty import chosen_evenly
from convolens.data.prepared import Part
from convolens.errors import ConvolensError
from convolens.pixel_rows import some_rows
from convolens.runs.answers.predict import predict
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output import events
from convolens.runs.output.screen import Screen
from convolens.runs.report.findings import Answers, Evidence, Finding, Inputs, Rescored
from convolens.runs.tasks.task import AnyScores, Task
from convolens.runs.training.outcome import Best, Ended

LOOKED_AT, GLANCED_AT = 64, 8  # photos at most; where there is little time
RESCORED = 64  # photos at most: their files are read and decoded again


def explain_run(
    folder: RunFolder,
    best: Best,
    task: Task,
    scores: AnyScores,
    own: np.ndarray,
    history: Sequence[Mapping[str, float]],
    ended: Ended,
    calibration: Calibration | None,
) -> list[Finding]:
    """Return what a training shows.

    Args:
        folder: of the run, its best weights written.
        best: these weights.
        task: of the run.
        scores: of the best weights on the validation photos.
        own: what these weights themselves say of the validation photos, (n, classes).
        history: a dict an epoch that was validated.
        ended: how the training ended.
        calibration: of the run, where it has one.
    """
    return task.findings(
        Evidence(
            scores=scores,
            history=history,
            best_epoch=ended.checkpoint.best_epoch,
            training_counts=best.prepared.training.folder.counts().tolist(),
            run=shlex.quote(str(folder.path)),
            data=shlex.quote(str(best.settings.data)),
            waited=ended.waited,
            rescored=None
            if best.brief
            else rescore(folder, task, best.prepared.validation, own, best.prepared.class_names),
            temperature=None if calibration is None else calibration.temperature,
            calibration_error=None
            if calibration is None
            else (calibration.error, calibration.corrected_error),
            on_both_sides=best.prepared.on_both_sides,
            answers=answers_given(task, own),
            inputs=look_at(best.prepared.training, GLANCED_AT if best.brief else LOOKED_AT),
        )
    )


def answers_given(task: Task, chances: np.ndarray) -> Answers:
    """Return how answers differ.

    Args:
        task: of the run.
        chances: float32 (n, classes).
    """
    finite = np.isfinite(chances).all(axis=1)
    range_ = float(np.ptp(chances[finite], axis=0).max()) if finite.any() else 0.0
    different = len(np.unique(task.decided(chances[finite]), axis=0))
    return Answers(len(chances), int((~finite).sum()), different, range_)


def look_at(part: Part, most: int = LOOKED_AT) -> Inputs:
    """Return how photos vary, as a network sees them; of many some are looked at, spread evenly."""
    pixels = some_rows(part.pixels, most).astype(np.float32)
    within, between = pixels.std(axis=(1, 2)).max(), pixels.std(axis=0).max()
    return Inputs(len(pixels), float(within), float(between))


def rescore(
    folder: RunFolder, task: Task, part: Part, chances: np.ndarray, names: tuple[str, ...]
) -> Rescored | None:
    """Return how `predict` answers on some validation photos, from their files on, against the training's own scoring.

    Args:
        folder: of the run.
        task: of the run.
        part: the validation photos.
        chances: what the training's own scoring gave them, (n, classes).
        names: of the classes.

    Returns:
        None where the files or the run cannot be read any more.
    """
    chosen = chosen_evenly(task.spread(part.labels), RESCORED)
    paths = [part.folder.paths[i] for i in chosen]
    try:
        answers = {
            answer.path: set(answer.said) for answer in predict(folder.path, paths, top=1, calibrated=False)
        }
    except (ConvolensError, OSError):
        return None
    said = [answers.get(path) for path in paths]
    before = task.labels_of(task.decided(chances[chosen]), names)
    labels = task.labels_of(part.labels[chosen], names)
    return Rescored(
        photos=len(paths),
        same=sum(one == other for one, other in zip(said, before, strict=True)),
        accuracy_before=float(np.mean([one == label for one, label in zip(before, labels, strict=True)])),
        accuracy=float(np.mean([one == label for one, label in zip(said, labels, strict=True)])),
        measure=task.right_of_photos,
    )


def tell_findings(findings: Sequence[Finding], screen: Screen) -> None:
    """Tell what a run shows; problems when quiet too."""
    screen.heading("What this run shows")
    for finding in findings:
        screen.tell(events.Finding(**finding.as_dict()))
