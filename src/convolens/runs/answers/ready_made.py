"""What answers questions about photos: a run, or an architecture whose ImageNet weights an installed package carries."""

import os
from pathlib import Path

from convolens.applications.weights.imagenet_classes import imagenet_classes
from convolens.arguments import did_you_mean
from convolens.errors import MissingFileError
from convolens.runs.answers.subject import CARRIED, named_architecture, subject_of_architecture
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen


def find_answering(where: str, run: str | os.PathLike[str]) -> RunFolder | None:
    """Return the run; None where an architecture is named that answers without one and no folder is called so.

    Args:
        where: names the command in errors.
        run: a run folder, or one of `CARRIED` in any spelling.

    Raises:
        MissingFileError: no such run, or another architecture; the nearest name is offered.

    Example:
        >>> find_answering("predict", "EfficientNetLite0") is None
        True
    """
    name = os.fspath(run)
    if Path(name).exists() or "/" in name or "\\" in name:
        return RunFolder.open(run)
    named = named_architecture(name)
    if named in CARRIED:
        return None
    near = did_you_mean(name, CARRIED)
    if named is None and not near:
        return RunFolder.open(run)  # which says what is missing
    wrong = (
        f"is no run folder.{near}" if named is None else "is no run folder, and no package has its weights."
    )
    raise MissingFileError(f"{where}: {name!r} {wrong} Give a run folder, or one of {', '.join(CARRIED)}.")


def load_answering(
    where: str, run: str | os.PathLike[str], folder: RunFolder | None, weights: str, screen: Screen
) -> TrainedModel:
    """Return the network of a run, or an architecture with ImageNet's weights, classes and preprocessing.

    Nothing is downloaded: only weights that packages carry are taken.

    Args:
        where: names the command in errors.
        run, folder: what `find_answering` was given, and what it returned.
        weights: of a run: "best" or "last".
        screen: is told which network answers where it is no run.

    Raises:
        MissingFileError, CheckpointError: a damaged run. Others: those of `subject_of_architecture`.
    """
    if folder is not None:
        return model_file.load(folder, folder.weights(weights))
    found = subject_of_architecture(where, os.fspath(run), "imagenet")
    names = imagenet_classes()
    screen.line(f"{found.architecture}: learnt from ImageNet, tells {len(names):,} classes apart")
    return TrainedModel(found.model, found.architecture, names, found.preprocessing)
