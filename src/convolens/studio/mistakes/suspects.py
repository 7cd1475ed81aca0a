"""Suspects: photos that are probably in the wrong class, by the label errors of `convolens check`, from features that are kept."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.data.decoding.sample_range import measure_samples
from convolens.data.folders.folder import ImageFolder
from convolens.data.labels.multi_label import in_several_classes
from convolens.errors import DataError
from convolens.features.learners.label_errors import find_label_errors
from convolens.runs.features.photo_rows import PhotoRows
from convolens.runs.transfer.first_look import first_look
from convolens.studio.records.feature_rows import FeatureRows, rows_of_run
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.progress import Tell
from convolens.studio.records.run_photos import photo_id, shown_name


@dataclass(frozen=True)
class Looked:
    """Photos as a network sees them, to ask about their labels.

    Attributes:
        rows: their features.
        learner: that fits these, see `find_label_errors`.
        by: the network, in words.
    """

    rows: PhotoRows
    learner: str
    by: str


def look(images: ImageFolder, loaded: Loaded | None, kept: FeatureRows, tell: Tell) -> Looked:
    """Return the features of all photos: a learnt network's where it fits, as in `check`; else those of a run.

    Args:
        images: all photos.
        loaded: a run, for photos that no learnt network fits.
        kept: what was computed before.
        tell: told how far it is.

    Raises:
        DataError: there is neither.
    """
    samples = measure_samples(images.paths)
    try:
        network = first_look(images.root, samples)
    except DataError as error:
        if loaded is None:
            raise DataError(f"{error} Train a run; then its own features tell.") from error
        rows = rows_of_run(loaded, images, kept, tell)
        return Looked(rows, "logistic", f"{loaded.trained.name} of {loaded.folder.path.name}")
    rows = kept.get(("learnt", network.preprocessing), lambda: network, images, tell)
    return Looked(rows, "ridge", f"{network.name}, learnt from ImageNet")


def suspects_of(looked: Looked, right: set[tuple[str, str]], opened: Any) -> dict[str, Any]:
    """Return the photos whose label the others contradict, the most suspicious first, and how many labels were found right.

    Args:
        looked: of `look`.
        right: (SHA-256, label) that somebody looked at and kept.
        opened: the open folder.

    Raises:
        DataError: too few photos of too few classes.
    """
    images, contents = looked.rows.images, looked.rows.contents
    groups = np.unique(np.array(contents), return_inverse=True)[1]  # identical photos stay together
    errors = find_label_errors(looked.rows.values, images.labels, groups, learner=looked.learner)
    names, found, kept = images.class_names, [], 0
    for place, suggested in zip(errors.places.tolist(), errors.suggested.tolist(), strict=True):
        label = names[int(images.labels[place])]
        if (contents[place], label) in right:
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
