"""What `check` asks a network: which photos are probably mislabelled, and which are copies of another, cropped or turned."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from convolens.data.folders.folder import ImageFolder
from convolens.data.similarity.duplicates import with_moved
from convolens.errors import CheckpointError, ConvolensError, DataError, ExtraMissingError
from convolens.features.learners.label_errors import LabelErrors, find_label_errors
from convolens.features.moved_copies import find_moved_copies
from convolens.options.check import CheckOptions
from convolens.options.transfer import LEARNT
from convolens.runs.answers.subject import Subject
from convolens.runs.features.features import features_at, subject_of
from convolens.runs.output.screen import Screen
from convolens.runs.photos.check_data import CheckedPhotos
from convolens.runs.transfer.choice import SMALLEST_SIDE, median_side

_LEFT_OUT = "not looked for: photos that are probably mislabelled, and copies that are cropped or turned"


def why_not_learnt(images: ImageFolder) -> str | None:
    """Return why the learnt features say little of photos; None where they fit."""
    shorter = median_side(images.paths)
    if shorter >= SMALLEST_SIDE:
        return None
    return f"the photos' shorter sides are {shorter:g} pixels (median), and {LEARNT} needs {SMALLEST_SIDE}"


def network_of(options: CheckOptions, images: ImageFolder, screen: Screen) -> Subject | None:
    """Return the network that is asked: the one that was named, else the learnt one where it fits; None for neither.

    Args:
        options: which was named.
        images: all photos.
        screen: is told what is left out, and why.

    Raises:
        ConvolensError: those of `find_subject`, of a network that was named.
    """
    if options.subject is not None:
        return subject_of("check", options.subject, options, screen, options.data)
    if not options.learnt:
        return None
    reason = why_not_learnt(images)
    if reason is not None:
        screen.line(f"{_LEFT_OUT}; {reason}; --model RUN|MODEL names another network")
        return None
    try:
        return subject_of("check", None, options, screen, options.data)
    except (ExtraMissingError, DataError, CheckpointError) as error:
        if options.weights is not None:
            raise
        screen.warn(f"{_LEFT_OUT}. {error}")
        return None


def ask(
    options: CheckOptions, subject: Subject, found: CheckedPhotos, screen: Screen
) -> tuple[CheckedPhotos, LabelErrors | None]:
    """Return what was found with copies that are cropped or turned, and the label errors.

    Copies are looked for by `LEARNT` only, whose features were measured for it.

    Raises:
        DataError: a network that was named, and photos that it cannot be asked about.
    """
    images = found.photos.images
    features, learnt = features_at(options, subject, images, screen), _is_learnt(options, subject)
    try:
        if features.skipped:
            path, reason = features.skipped[0]
            raise DataError(
                f"{path}: cannot be read at the network's size ({reason}); take it out, or check with --no-model."
            )
        values = features.by_layer[features.layers[0]]
        values = np.asarray(values).reshape(len(values), -1)
        if learnt:
            found = _with_moved(values, found, screen)
        with screen.progress("cross-validating") as advance:
            errors = find_label_errors(
                values, images.labels, found.duplicates.groups, options.folds, options.seed, advance,
                learner="ridge" if learnt else "logistic",
            )  # fmt: skip
    except DataError as error:
        if options.subject is not None:
            raise
        screen.line(f"not looked for: {error}")
        return found, None
    return found, errors


def _is_learnt(options: CheckOptions, subject: Subject) -> bool:
    usual = options.layer is None and options.pool == "avg"
    return usual and subject.architecture == LEARNT and subject.weights.startswith("imagenet")


def _with_moved(values: np.ndarray, found: CheckedPhotos, screen: Screen) -> CheckedPhotos:
    paths: list[Path] = found.photos.images.paths
    try:
        with screen.progress("laying photos over each other") as advance:
            moved = find_moved_copies(values, paths, found.duplicates.groups, advance)
    except ConvolensError as error:  # a photo that has gone since it was read
        raise DataError(f"{error} Check again.") from error
    return replace(
        found, duplicates=with_moved(found.duplicates, moved.pairs, moved.similarity, moved.mirrored)
    )
