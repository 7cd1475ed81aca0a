"""predict: what a run says of photos, one answer a file, in the order of their names."""

import glob
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.data.folders.folder import files_below, ignored_lines, is_image_file
from convolens.errors import DataError, MissingFileError
from convolens.memory import kept_memory
from convolens.runs.answers.answers import answers_of
from convolens.runs.answers.reading import read_ahead
from convolens.runs.answers.ready_made import find_answering, load_answering
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.screen import Screen
from convolens.runs.report.prediction import Prediction
from convolens.runs.tasks.task import Task
from convolens.runs.tasks.task_of import task_of


def find_photos(sources: Iterable[str | PathLike[str]]) -> list[Path]:
    """Return the files that photos, folders and glob patterns stand for, each once, in name order.

    Folders are searched through for images, hidden ones left out.

    Raises:
        MissingFileError: a source that is not there, or matches nothing. DataError: a folder without images.
    """
    found: dict[Path, None] = {}
    for source in sources:
        path = Path(source)
        if path.is_dir():
            images = [file for file in files_below(path) if is_image_file(file)]
            if not images:
                raise DataError(f"{source}: no image in this folder.")
            found |= dict.fromkeys(images)
        elif path.exists():
            found[path] = None
        else:
            matches = [Path(name) for name in glob.glob(os.fspath(source), recursive=True)]
            files = [match for match in matches if match.is_file()]
            if not files:
                raise MissingFileError(f"{source}: no such photo or folder, and no pattern that matches one.")
            found |= dict.fromkeys(files)
    return sorted(found)


def searched_folders(sources: Iterable[str | PathLike[str]]) -> list[Path]:
    """Return the folders that `find_photos` searches through: those named, and those where a pattern with `**` begins.

    Example:
        >>> searched_folders(["..", "./**/*.jpg", "./*.jpg"])
        [PosixPath('..'), PosixPath('.')]
    """
    begins = [
        Path(source) if Path(source).is_dir() else Path(os.fspath(source).partition("**")[0] or ".")
        for source in sources
        if Path(source).is_dir() or "**" in os.fspath(source)
    ]
    return [place for place in begins if place.is_dir()]


def predict(
    run: str | PathLike[str],
    sources: Sequence[str | PathLike[str]],
    top: int = 3,
    weights: str = "best",
    screen: Screen | None = None,
    calibrated: bool = True,
) -> list[Prediction]:
    """Return what a run says of photos; a file that cannot be read gets an entry with the error.

    Args:
        run: the run folder, or an architecture whose ImageNet weights are installed ("efficientnet-lite0").
        sources: photos, folders (searched through) and glob patterns.
        top: how many of the likeliest classes each answer holds; of photos with several labels all.
        weights: "best" or "last".
        screen: where the progress bar goes, and a line that says whether the confidences are calibrated; None shows none.
        calibrated: False gives the network's own confidences, and calls nothing unknown.

    Returns:
        One entry a file, in name order.

    Raises:
        MissingFileError: no such run, photo or folder. CheckpointError: a damaged run. Others: those of `load_answering`.
    """
    top = integer("predict", "top", top)
    screen = screen or Screen(quiet=True)
    folder = find_answering("predict", run)
    photos = find_photos(sources)
    trained = load_answering("predict", run, folder, weights, screen)
    calibration = (
        read_calibration(folder, weights, screen.warn) if calibrated and folder is not None else None
    )
    for line in _left_out(sources):
        screen.line(line)
    task = task_of(trained)
    for line in task.describe(trained.class_names, calibration):
        screen.line(line)
    for line in [] if calibration is None else calibration.describe():
        screen.line(f"{line} (--no-calibration: the network's own)")
    answers: list[Prediction] = []
    with screen.progress("predicting") as advance, kept_memory():
        for paths, read in read_ahead(photos, trained.preprocessing):
            readable = [pixels for pixels in read if isinstance(pixels, np.ndarray)]
            said = iter(_answers(task, trained, np.stack(readable), calibration, top) if readable else [])
            for path, pixels in zip(paths, read, strict=True):
                answers.append(
                    task.unreadable(path, pixels)
                    if isinstance(pixels, str)
                    else Prediction(path, **next(said))
                )
            advance(len(answers), len(photos))
    return answers


def _left_out(sources: Iterable[str | PathLike[str]]) -> list[str]:
    """Return lines on the files of folders that are no images."""
    ignored = Counter(
        file.suffix.casefold() or "(no ending)"
        for source in sources
        if Path(source).is_dir()
        for file in files_below(Path(source))
        if not is_image_file(file)
    )
    return ignored_lines(dict(sorted(ignored.items())))


def _answers(
    task: Task, trained: TrainedModel, pixels: np.ndarray, calibration: Calibration | None, top: int
) -> list[dict[str, Any]]:
    """Return what `Prediction` holds of the photos of a batch."""
    chances, unknown = answers_of(trained, pixels, calibration)
    return task.predictions(chances, trained.class_names, top, unknown, calibration)
