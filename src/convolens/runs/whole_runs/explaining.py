"""From a finished training to its findings: the evidence gathered, some validation photos scored again by `predict`."""

import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from convolens.analysis.measures.novelty import chosen_evenly
from convolens.errors import ConvolensError
from convolens.runs.answers.predict import predict
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preparation.prepare import Part, Prepared
from convolens.runs.report.findings import Evidence, Finding, Rescored, findings_of
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.scoring import Scores

RESCORED = 64  # photos at most: their files are read and decoded again


def explain_run(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    scores: Scores,
    chances: np.ndarray,
    history: Sequence[Mapping[str, float]],
    best_epoch: int | None,
    calibration: Calibration | None,
    waited: float | None,
    own: np.ndarray | None = None,
) -> list[Finding]:
    """Return what a training shows.

    Args:
        folder: of the run, its best weights written.
        settings, prepared: of the run.
        scores, chances: of the best weights on the validation photos.
        history: a dict an epoch.
        best_epoch: from 1.
        calibration: of the run, where it has one.
        waited: share of the time without a batch.
        own: what the best weights themselves say of the validation photos, where `chances` are of others; None is `chances`.
    """
    return findings_of(
        Evidence(
            scores=scores,
            history=history,
            best_epoch=best_epoch,
            training_counts=prepared.training.folder.counts().tolist(),
            run=shlex.quote(str(folder.path)),
            data=shlex.quote(str(settings.data)),
            waited=waited,
            rescored=rescore(
                folder, prepared.validation, chances if own is None else own, prepared.class_names
            ),
            temperature=None if calibration is None else calibration.temperature,
            calibration_error=None
            if calibration is None
            else (calibration.error, calibration.corrected_error),
        )
    )


def rescore(folder: RunFolder, part: Part, chances: np.ndarray, names: tuple[str, ...]) -> Rescored | None:
    """Return how `predict` answers on some validation photos, from their files on, against the training's own scoring.

    Args:
        folder: of the run.
        part: the validation photos.
        chances: what the training's own scoring gave them, (n, classes).
        names: of the classes.

    Returns:
        None where the files or the run cannot be read any more.
    """
    chosen = chosen_evenly(part.labels, RESCORED)
    paths = [part.folder.paths[i] for i in chosen]
    try:
        answers = {
            answer.path: answer.label for answer in predict(folder.path, paths, top=1, calibrated=False)
        }
    except (ConvolensError, OSError):
        return None
    said = [answers.get(path) for path in paths]
    before = [names[i] for i in chances[chosen].argmax(axis=1)]
    labels = [names[i] for i in part.labels[chosen]]
    return Rescored(
        photos=len(paths),
        same=sum(one == other for one, other in zip(said, before, strict=True)),
        accuracy_before=float(np.mean([one == label for one, label in zip(before, labels, strict=True)])),
        accuracy=float(np.mean([one == label for one, label in zip(said, labels, strict=True)])),
    )


def tell_findings(findings: Sequence[Finding], screen: Screen) -> None:
    """Print what a run shows; problems when quiet too."""
    screen.heading("What this run shows")
    for finding in findings:
        text = f"{finding.title}: {finding.evidence}. Next: {finding.next_step}."
        if finding.severity == "problem":
            screen.warn(text)
        else:
            screen.line(text)
