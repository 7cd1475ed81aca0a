"""Labelled photos for a run that is trained: found, matched to its classes by name, and read as its network sees them."""

from os import PathLike
from pathlib import Path

from convolens.data.folders.folder import ImageFolder, ignored_lines
from convolens.data.folders.layout import find_layout
from convolens.data.prepared import Part, read_part
from convolens.errors import DataError
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.screen import Screen


def place_to_score(data: str | PathLike[str]) -> Path:
    """Return the folder of class folders that is meant: the test photos, or else those for validation, or `data` itself.

    Raises:
        MissingFileError: no such folder. DataError: it holds photos to learn from only.
    """
    layout = find_layout(data, to_train=False)
    place = layout.test or layout.validation or layout.train
    if place == layout.train != Path(data):
        raise DataError(f"{data}: holds {place.name} only; give the folder to score, {place} say.")
    return place


def read_photos(images: ImageFolder, trained: TrainedModel, screen: Screen) -> Part:
    """Return photos as a network sees them; unreadable ones are told and left out."""
    for note in (*images.notes, *ignored_lines(images.ignored)):
        screen.line(note)
    with screen.progress("reading photos") as advance:
        part, pixels = read_part(images, trained.preprocessing, advance)
    for path, reason in pixels.skipped:
        screen.warn(f"skipped {path}: {reason}")
    return part
