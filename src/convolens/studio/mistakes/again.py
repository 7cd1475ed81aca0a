"""A run learnt again in seconds, and how the answers changed."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from convolens.files.plain_json import read
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.predictions_file import Answer
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Cancel
from convolens.runs.whole_runs.train_again import train_again
from convolens.studio.mistakes.wall import rows_of
from convolens.studio.records.progress import telling
from convolens.studio.records.run_photos import RunPhotos
from convolens.studio.workspace.identity import identity

MOST_TOLD = 200  # photos of each kind


def learn_again(run: RunFolder, runs: Path, opened: Path | None, tell: Any, cancel: Cancel) -> dict[str, Any]:
    """Learn a run's head anew, into a new run beside it, and return what changed.

    Args:
        run: the run.
        runs: the folder of runs.
        opened: the open folder, for the photos' ids.
        tell: told how far it is: a title, how much is done, of how much.
        cancel: ends the work when it is set.

    Raises:
        ConvolensError: see `train_again`; nothing was written.
    """
    began = time.perf_counter()
    before = RunPhotos.of(run)
    said_before = before.answers()
    name = run.path.name.partition("-again")[0]
    made = train_again(run.path, runs / f"{name}-again", telling(tell), cancel).folder
    after = RunPhotos.of(made).answers()
    seconds = time.perf_counter() - began
    return {
        "run": identity(made.path.name),
        "name": made.path.name,
        "seconds": round(seconds, 3),
        "before": measures(run, said_before),
        "after": measures(made, after),
        "notes": [*_notes(run), *_lost(run, made)],
        **changed(said_before, after, opened),
    }


def _lost(run: RunFolder, made: RunFolder) -> list[str]:
    """Return what the run before could and the new one cannot."""
    before, now = (read_calibration(one, "best", lambda line: None) for one in (run, made))
    if before is None or before.unknown is None or (now is not None and now.unknown is not None):
        return []
    return [
        f"{run.path.name} could call photos unknown; {made.path.name} has still to be taught to, on the page Try."
    ]


def _notes(run: RunFolder) -> list[str]:
    """Return what is to be known of the accuracy: a network that learnt from all photos in the end knows those for validation too."""
    while not run.held_out.is_file():
        weights = read_record(run).tables.get("settings", {}).get("weights")
        if weights is None or not RunFolder(Path(weights)).settings.is_file():
            return []
        run = RunFolder(Path(weights))
    return [
        f"The layers of {run.path.name} learnt from the validation photos too, in the end: the accuracy of now is too good for new photos."
    ]


def measures(run: RunFolder, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return how many photos a run was scored on and how many of its answers are wrong, and its accuracy as it was told."""
    told = read(run.results)
    accuracy = told.get("accuracy") if isinstance(told, Mapping) else None
    wrong = sum(not one.right for one in answers)
    return {"photos": len(answers), "wrong": wrong, "accuracy": accuracy}


def changed(before: Sequence[Answer], after: Sequence[Answer], opened: Path | None) -> dict[str, Any]:
    """Return which mistakes are gone, and which are new.

    A photo that was moved is known again by its bytes; where the run before did not note these, by its name, if no other that went has it.
    One that the run before was not scored on is neither.

    Args:
        before, after: the answers of both runs.
        opened: the open folder.

    Example:
        >>> one = [Answer(Path("cats/1.jpg"), ("cats",), ("dogs",), 0.9), Answer(Path("cats/2.jpg"), ("cats",), ("cats",), 0.8)]
        >>> two = [Answer(Path("dogs/1.jpg"), ("dogs",), ("dogs",), 0.9), Answer(Path("cats/2.jpg"), ("cats",), ("dogs",), 0.6)]
        >>> found = changed(one, two, None)
        >>> found["gone_in_all"], found["new_in_all"], found["stayed"]
        (1, 1, 0)
    """
    known, stands = {(one.path, one.sha256): one for one in before}, {one.path for one in after}
    contents: dict[str | None, Answer] = {one.sha256: one for one in before if one.sha256 is not None}
    went: dict[str, list[Answer]] = {}
    for one in before:
        if one.sha256 is None and one.path not in stands:
            went.setdefault(one.path.name, []).append(one)
    gone: list[Answer] = []
    new: list[Answer] = []
    stayed = 0
    for one in after:
        named = went.get(one.path.name, [])
        earlier = (
            known.get((one.path, one.sha256))
            or contents.get(one.sha256)
            or known.get((one.path, None))
            or (named[0] if len(named) == 1 else None)
        )
        if earlier is None:
            continue
        if earlier.right == one.right:
            stayed += not one.right
        else:
            (gone if one.right else new).append(one)
    return {
        "gone": _rows(gone, opened),
        "gone_in_all": len(gone),
        "new": _rows(new, opened),
        "new_in_all": len(new),
        "stayed": stayed,
    }


def _rows(answers: Sequence[Answer], opened: Path | None) -> list[dict[str, Any]]:
    return [row.as_dict() for row in rows_of(answers[:MOST_TOLD], opened)]
