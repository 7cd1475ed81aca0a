"""Suspects: photos that are probably in the wrong class, by `convolens check` itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.data.folders.folder import ImageFolder
from convolens.data.labels.multi_label import in_several_classes
from convolens.errors import DataError
from convolens.features.learners.label_errors import LabelErrors
from convolens.options.check import CheckOptions
from convolens.options.transfer import LEARNT
from convolens.runs.photos.check import check
from convolens.runs.photos.check_data import CheckedPhotos
from convolens.runs.photos.check_features import why_not_learnt
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.progress import Tell, telling
from convolens.studio.records.run_photos import photo_id, shown_name


@dataclass(frozen=True)
class Looked:
    """Photos as a network sees them, and what it says of their labels.

    Attributes:
        found: the photos.
        errors: of their labels.
        by: the network, in words.
    """

    found: CheckedPhotos
    errors: LabelErrors
    by: str


def look(folder: Path, loaded: Loaded | None, tell: Tell) -> Looked:
    """Return what `check` says of the labels of a folder: by a learnt network where it fits; else by a run's.

    Args:
        folder: of class folders, or of train, validation and test.
        loaded: a run, for photos that no learnt network fits.
        tell: told how far it is.

    Raises:
        DataError: there is neither, or there are too few photos of too few classes.
    """
    screen = telling(tell)
    result, by = check(CheckOptions(folder), screen), f"{LEARNT}, learnt from ImageNet"
    if result.errors is None and loaded is not None:
        result = check(CheckOptions(folder, subject=loaded.folder.path), screen)
        by = f"{loaded.trained.name} of {loaded.folder.path.name}"
    if result.errors is None:
        why = why_not_learnt(result.found.photos.images) or "there are too few, or its weights are not there"
        raise DataError(
            f"{folder}: no learnt network tells of these photos; {why}. Train a run; then its own features tell."
        )
    return Looked(result.found, result.errors, by)


def suspects_of(looked: Looked, right: set[tuple[str, str]], opened: Path) -> dict[str, Any]:
    """Return the photos whose label the others contradict, the most suspicious first, and how many labels were found right.

    Args:
        looked: of `look`.
        right: (SHA-256, label) that somebody looked at and kept.
        opened: the open folder.
    """
    images, errors = looked.found.photos.images, looked.errors
    names, found, kept = images.class_names, [], 0
    for place, suggested in zip(errors.places.tolist(), errors.suggested.tolist(), strict=True):
        label = names[int(images.labels[place])]
        if (looked.found.contents[place], label) in right:
            kept += 1
            continue
        path, chances = images.paths[place], errors.probability[place]
        found.append(
            {
                "photo": photo_id(path, opened),
                "name": shown_name(path, opened),
                "label": label,
                "said": names[suggested],
                "confidence": round(float(chances[suggested]), 6),
                "confidence_of_label": round(float(chances[images.labels[place]]), 6),
                "right": False,
                "suspect": True,
            }
        )
    return {
        "rows": found,
        "kept": kept,
        "photos": len(images),
        "by": looked.by,
        "method": errors.method,
        "left_out": [names[number] for number in errors.left_out],
    }


def check_one_class_each(images: ImageFolder) -> None:
    """Raise `DataError` where photos have several labels: no one label of theirs can be suspect."""
    if images.labels.ndim != 1 or in_several_classes(images):
        raise DataError(
            f"{images.root}: photos lie in several class folders; suspects are told of photos with one class each."
        )
