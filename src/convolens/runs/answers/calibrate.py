"""calibrate: fit a run's temperature, and when it answers "unknown", on the validation photos of the run."""

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.analysis.measures import (
    FeatureDistance,
    cross_fitted,
    expected_calibration_error,
    fit_temperature,
    threshold,
)
from convolens.analysis.measures.calibration import log_loss
from convolens.analysis.measures.conformal import check_rate
from convolens.analysis.measures.novelty import chosen_evenly
from convolens.data.prepared import Part
from convolens.errors import CheckpointError, DataError
from convolens.files.atomic import digest_of
from convolens.files.lock import locked
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.answers.run_photos import check_there, prepare_again
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import (
    UNKNOWN,
    Calibration,
    Unknown,
    read_calibration,
    remove_calibration,
    write_calibration,
)
from convolens.runs.folder.first_answer_file import held_out_chances
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import resolve
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.tasks.task import Task
from convolens.runs.tasks.task_of import task_of

ERROR_RATE = 0.05
ENOUGH = 30  # validation photos without which no temperature is fitted
_ROUNDING = 1e-5  # that limits leave to the arithmetic of other machines, relative or of a probability
MOST_TRAINING = 20_000  # photos to learn from whose features are computed


@dataclass(frozen=True)
class CalibrateOptions:
    """What is asked for.

    Args:
        error_rate: of photos of the known classes, so large a share may be called unknown, in (0, 1); None
            fits the temperature only.
        data, validation: where the photos of the run are now; None is where they were.
        device: "auto", "cpu", "cuda" ...
        labels: where the table of labels is now, of a run that has one; None is where it was.
    """

    error_rate: float | None = ERROR_RATE
    data: Path | None = None
    validation: Path | None = None
    device: str = "auto"
    labels: Path | None = None


def calibrate(
    run: str | PathLike[str], options: CalibrateOptions | None = None, screen: Screen | None = None
) -> Calibration:
    """Fit the temperature of a run's best weights, and when they answer "unknown", and keep both in the run.

    A photo is unknown where no class fits (the conformal set is empty; Vovk et al. 2005, Sadinle et al. 2019), or where
    its penultimate features are farther from those of the training photos than validation photos' are (Sun et
    al. 2022). Each of the two may be wrong for half of the error rate, so that together they hold it: for new
    photos that are like the validation photos. Where photos have several labels a photo may have none of them, and the
    distance of its features alone decides.

    Args:
        run: its folder.
        options: the error rate, and where the photos are.
        screen: where lines go.

    Raises:
        MissingFileError: no such run, or its photos are no longer there. DataError: they are other photos, or too few
            for the rate. ArgumentError: no rate. BusyError: another process is at work in the run.
    """
    screen, options = screen or Screen(), options or CalibrateOptions()
    rate = options.error_rate
    if rate is not None:
        check_rate("calibrate", "error_rate", rate)
    folder = RunFolder.open(run)
    record = read_record(folder)
    record.check_single(
        "its ensemble has learnt from every photo, so that none is left to calibrate on; calibrate one fold, "
        f"`convolens calibrate {folder.folds / 'fold-1'}`"
    )
    asked = record.options()
    asked = replace(
        asked,
        data=options.data or asked.data,
        validation=options.validation or asked.validation,
        labels=options.labels or asked.labels,
        device=options.device,
    )
    check_there(asked, "`convolens calibrate RUN DATA`")
    settings = resolve(asked)
    trained = model_file.load(folder, folder.best, settings.device)
    task = task_of(trained)
    seen = trained.preprocessing  # a training may have gone on at another size than was asked for
    prepared = prepare_again(
        record, replace(settings, size=seen.size), seen.samples, screen, "train a new run"
    )
    validation = prepared.validation
    if rate is not None:
        check_rate_can_be_held(rate, len(validation), trained.class_names, task.unknown_tests)
    elif (reason := why_no_temperature(len(validation))) is not None:
        raise DataError(f"{folder.path}: {reason}.")
    chances, features = _look("validation photos", trained, validation, screen)
    held_out = held_out_chances(folder, record)
    chances = chances if held_out is None else held_out
    calibration, reason = temperature_of(folder, task, chances, validation.labels)
    if reason is not None:
        screen.warn(f"The confidences stay the network's own (temperature 1): {reason}.")
    if rate is not None:
        training = prepared.training
        chosen = chosen_evenly(task.spread(training.labels), MOST_TRAINING)
        if len(chosen) < len(training):
            training = Part(training.folder.subset(chosen), training.pixels[chosen])
        _, learnt = _look("training photos", trained, training, screen)
        distance = FeatureDistance.of_some(learnt, task.spread(training.labels))
        strange = task.strangeness(calibration(chances), validation.labels)
        unknown = fit_unknown(rate, strange, distance(features), distance)
        calibration = replace(calibration, unknown=unknown)
    with locked(folder.path, screen.warn):
        write_calibration(folder, calibration)
    _tell(folder, calibration, chances, features, screen)
    return calibration


def why_no_temperature(photos: int) -> str | None:
    """Return why no temperature is fitted on so few photos; None where it is."""
    if photos >= ENOUGH:
        return None
    return f"{photos} validation photos are too few to calibrate on, {ENOUGH} are needed; raise --val-split, or add photos"


def check_rate_can_be_held(rate: float, photos: int, names: tuple[str, ...], tests: int = 2) -> None:
    """Raise unless there are photos enough for the tests that share the rate, and no class is called as the answer is.

    Raises:
        DataError: too few for the rate; a class "unknown".
    """
    needed = math.ceil(round(tests / rate, 9))
    if photos < needed:
        raise DataError(
            f"calibrate: {photos} validation photos cannot hold an error rate of {rate:g}; it takes at least {needed}. "
            f"Give --error-rate {math.ceil(100 * tests / photos) / 100 if photos > tests else 0.9:g} or more, or train with more "
            "photos for validation (--val-split)."
        )
    if UNKNOWN in names:
        raise DataError(
            f"calibrate: the run has a class {UNKNOWN!r} of its own, so that answer would mean two things; rename the "
            "class and train anew, or give --no-unknown."
        )


def temperature_of(
    folder: RunFolder, task: Task, chances: np.ndarray, labels: np.ndarray
) -> tuple[Calibration, str | None]:
    """Return the temperature fitted on photos that were not learnt from, and why it is 1 where they cannot tell it.

    Args:
        folder: of the run, for the seal of its best weights.
        task: of the run.
        chances: the network's own probabilities (n, classes). labels: of the photos.
    """
    photos, seal = len(labels), digest_of(folder.best)
    chances, labels = task.choices(chances, labels)
    error = expected_calibration_error(chances, labels)
    reason = why_no_temperature(photos)
    if reason is None and bool((chances.argmax(axis=1) == labels).all()):
        reason = "every answer on the validation photos is right, so they cannot tell how sure to be of a wrong one"
    if reason is None:
        others = cross_fitted(chances, labels)  # each fifth by the temperature of the rest
        if log_loss(others, labels) < log_loss(chances, labels):
            corrected = expected_calibration_error(others, labels)
            fitted = fit_temperature(chances, labels)
            return Calibration(fitted, photos, error, corrected, seal, several=task.several), None
        reason = "a temperature fitted on some of the validation photos makes the others no better"
    return Calibration(1.0, photos, error, error, seal, several=task.several), reason


def calibrate_at_end(
    folder: RunFolder, task: Task, chances: np.ndarray, labels: np.ndarray, screen: Screen
) -> Calibration | None:
    """Keep the temperature of a training's best weights in the run, where the validation photos can tell it.

    What was fitted before stays where the weights are still the same; else it goes.

    Args:
        folder: of the run.
        task: of the run.
        chances: the network's own probabilities of the validation photos. labels: theirs.
        screen: told where the run no longer calls photos unknown.

    Raises:
        WriteError: the file cannot be written.
    """
    told_unknown = folder.calibration_features.is_file()
    with suppress(CheckpointError):  # a damaged one is written anew
        before = read_calibration(folder)
        if before is not None and before.unknown is not None:
            return before
    calibration = None
    if np.isfinite(chances).all():
        fitted, reason = temperature_of(folder, task, chances, labels)
        calibration = fitted if reason is None else None
    if calibration is None:
        remove_calibration(folder)
    else:
        write_calibration(folder, calibration)
    if told_unknown:
        screen.warn(
            f"The limits of {UNKNOWN!r} belonged to the weights before; `convolens calibrate {folder.path}` fits them anew."
        )
    return calibration


def fit_unknown(
    rate: float, strange: np.ndarray | None, distances: np.ndarray, distance: FeatureDistance
) -> Unknown:
    """Return the limits beyond which a photo is called unknown; where there are two tests, each gets half of the rate.

    Each limit is what one of the photos has, and a little more: the same network elsewhere (an exported file, other threads) is off by
    its rounding, and would call that very photo unknown.

    Args:
        rate: in (0, 1).
        strange: `Task.strangeness` of validation photos (n,); None where that is no test.
        distances: theirs, (n,).
        distance: to the features of training photos.
    """
    share = rate if strange is None else rate / 2
    most_strange = 1.0 if strange is None else min(1.0, threshold(strange, share) + _ROUNDING)
    farthest = threshold(distances, share) * (1 + _ROUNDING)
    return Unknown(rate, len(distances), most_strange, farthest, distance)


def _look(title: str, trained: TrainedModel, part: Part, screen: Screen) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities (n, classes) and penultimate features (n, d)."""
    with screen.progress(f"looking at {title}") as advance, penultimate(trained.model) as collected:
        chances = probabilities(trained.model, part.pixels, trained.preprocessing, advance=advance)
    return chances, collected.array()


def _tell(
    folder: RunFolder, calibration: Calibration, chances: np.ndarray, features: np.ndarray, screen: Screen
) -> None:
    if calibration.temperature != 1:
        screen.result(
            f"Temperature {calibration.temperature:.4g}, fitted on {calibration.photos:,} validation photos: expected calibration "
            f"error {calibration.error:.4f} before, {calibration.corrected_error:.4f} with it (on photos it was not fitted on)"
        )
    unknown = calibration.unknown
    if unknown is not None:
        called = calibration.are_unknown(calibration(chances), features)
        share = 0.0 if called is None else float(called.mean())
        below = f"the likeliest class below {1 - unknown.most_strange:.4g}, or " * (unknown.most_strange < 1)
        screen.result(
            f"Unknown: {below}features farther than {unknown.farthest:.4g} "
            f"from those of {len(unknown.distance.features):,} training photos. Error rate {unknown.error_rate:g}; of "
            f"the validation photos themselves {share:.1%} are called so"
        )
    screen.result(f"Written: {folder.calibration}; `convolens predict` uses it, --no-calibration does not.")
