"""What a run says of a photo: word for word and digit for digit what `convolens predict` says."""

from typing import Any

import numpy as np

from convolens.runs.answers.answers import answers_of
from convolens.runs.folder.calibration_file import Calibration, told
from convolens.runs.report.prediction import Prediction
from convolens.runs.tasks.task_of import task_of
from convolens.studio.answers.photo import Photo
from convolens.studio.records.loaded_runs import Loaded


def predicted(loaded: Loaded, photo: Photo, top: int) -> tuple[Prediction, str | None]:
    """Return what a run says of a photo, and why it calls it unknown; None where it does not.

    Args:
        loaded: the run.
        photo: which is read, and written nowhere.
        top: how many of the likeliest classes; of photos with several labels all.

    Raises:
        MissingFileError, ImageError: the photo.
    """
    trained, calibration = loaded.trained, loaded.calibration
    pixels = photo.read(trained.preprocessing)[np.newaxis]
    with loaded.at_work:
        chances, unknown = answers_of(trained, pixels, calibration)
    task = task_of(trained)
    (said,) = task.predictions(chances, trained.class_names, top, unknown, calibration)
    prediction = Prediction(photo.path, **said)
    why = _why_unknown(chances, calibration) if prediction.unknown else None
    return prediction, why


def answer(loaded: Loaded, photo: Photo, top: int) -> dict[str, Any]:
    """Return the same as plain values, each class with its confidence."""
    prediction, why = predicted(loaded, photo, top)
    values = prediction.as_dict()
    shares = [{"label": name, "confidence": chance} for name, chance in prediction.answers]
    return {
        "name": values["path"],
        "label": prediction.label,
        "unknown": prediction.unknown,
        "why": why,
        "answers": shares,
        "labels": None if prediction.labels is None else list(prediction.labels),
        "classes": len(loaded.trained.class_names),
    }


def _why_unknown(chances: np.ndarray, calibration: Calibration | None) -> str:
    limits = None if calibration is None else calibration.unknown
    if limits is None:
        return ""
    best = float(told(chances, calibration).max())
    if 1 - best > limits.most_strange:
        return (
            f"no class fits well enough: the likeliest has {best:.1%}, photos of known classes have "
            f"{1 - limits.most_strange:.1%} or more"
        )
    return "it is unlike all training photos: its features lie farther from theirs than those of new photos of known classes do"


def lines_of(loaded: Loaded) -> list[str]:
    """Return what is to be known of a run's answers: how it decides, whether its confidences are calibrated."""
    trained, calibration = loaded.trained, loaded.calibration
    lines = task_of(trained).describe(trained.class_names, calibration)
    if calibration is not None:
        lines += calibration.describe()
    if calibration is None or calibration.unknown is None:
        lines.append("this run calls nothing unknown")
    return lines
