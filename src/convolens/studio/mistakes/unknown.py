"""Which of the photos that a run was scored on it calls unknown, from their features, which are kept."""

from collections.abc import Sequence

import numpy as np

from convolens.errors import ArgumentError
from convolens.runs.features.photo_rows import as_penultimate
from convolens.runs.folder.predictions_file import Answer
from convolens.studio.records.feature_rows import FeatureRows, rows_of_run
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.progress import Tell
from convolens.studio.records.run_photos import RunPhotos


def unknown_among(
    loaded: Loaded,
    photos: RunPhotos,
    answers: Sequence[Answer],
    kept: FeatureRows,
    tell: Tell,
) -> list[Answer]:
    """Return the answers of photos that are like none of the classes.

    Args:
        loaded: the run.
        photos: its own.
        answers: what it said of them.
        kept: features that were computed before.
        tell: told how far it is.

    Raises:
        ArgumentError: the run calls nothing unknown. MissingFileError, DataError: the photos are no longer there.
    """
    calibration = loaded.calibration
    if calibration is None or calibration.unknown is None:
        raise ArgumentError(
            f"{loaded.folder.path.name}: calls nothing unknown; the page Try teaches it to, or `convolens calibrate {loaded.folder.path}`."
        )
    images = photos.all_photos()
    scored = {str(one.path): one for one in answers}
    rows = rows_of_run(
        loaded, images.subset([i for i, path in enumerate(images.paths) if str(path) in scored]), kept, tell
    )
    said = [scored[str(path)] for path in rows.images.paths]
    confidence = np.array(
        [[one.confidence] for one in said], np.float32
    )  # of the likeliest class, calibrated
    called = calibration.are_unknown(confidence, as_penultimate(loaded.trained, rows.values))
    return [] if called is None else [one for one, strange in zip(said, called, strict=True) if strange]
