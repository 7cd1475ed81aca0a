"""calibration.json: the temperature of a run's probabilities, and when it answers "unknown"; fitted on its validation photos."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import convolens
from convolens.analysis.measures import FeatureDistance, temper
from convolens.analysis.measures.multi_label import as_choices
from convolens.arguments import integer, number_in
from convolens.checkpoints import tensors
from convolens.errors import ArgumentError, CheckpointError
from convolens.files.atomic import digest_of, remove
from convolens.files.plain_json import read, write_json
from convolens.runs.folder.run_folder import RunFolder

FORMAT = 1
MULTI_LABEL = "sigmoid-per-class"  # the output of a network whose photos have any number of labels
UNKNOWN = "unknown"  # the answer for a photo like none that was learnt


@dataclass(frozen=True)
class Unknown:
    """When a photo is called unknown.

    Attributes:
        error_rate: of photos of the known classes, at most so large a share is called unknown, in (0, 1).
        photos: how many validation photos the limits come from.
        most_strange: 1 - probability of the likeliest class, above which none of the classes fits; 1 where a photo may have none.
        farthest: distance of the features to those learnt from, above which a photo is like none of them.
        distance: to the features of training photos.
    """

    error_rate: float
    photos: int
    most_strange: float
    farthest: float
    distance: FeatureDistance


@dataclass(frozen=True)
class Calibration:
    """How a run's outputs become probabilities that can be believed.

    Attributes:
        temperature: the logarithms of the probabilities are divided by it (of several labels those of "there" and "not there");
            1 changes nothing.
        photos: how many validation photos it was fitted on.
        error: expected calibration error without it, on these photos.
        corrected_error: the same with it, each fifth of the photos by the temperature of the others.
        weights: SHA-256 of the weights it belongs to.
        unknown: when a photo is called unknown; None where that was not asked for.
        several: whether a photo has any number of labels, each with a probability of its own.
    """

    temperature: float
    photos: int
    error: float
    corrected_error: float
    weights: str
    unknown: Unknown | None = None
    several: bool = False

    def __call__(self, probability: np.ndarray) -> np.ndarray:
        """Return the calibrated probabilities, float32 (n, classes)."""
        if not len(probability):
            return probability
        if self.several:
            there = temper(as_choices(probability), self.temperature)[:, 1]
            return there.reshape(probability.shape).astype(np.float32)
        return temper(probability, self.temperature).astype(np.float32)

    def are_unknown(self, probability: np.ndarray, features: np.ndarray) -> np.ndarray | None:
        """Return which photos are unknown, bool (n,); None where the run cannot tell.

        Args:
            probability: calibrated, (n, classes).
            features: of `penultimate`, (n, d).
        """
        if self.unknown is None:
            return None
        if len(probability) == 0:
            return np.zeros(0, np.bool_)
        strange = 1 - probability.max(axis=1).astype(np.float64) > self.unknown.most_strange
        return strange | (self.unknown.distance(features) > self.unknown.farthest)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        values: dict[str, Any] = {
            "weights_sha256": self.weights,
            "temperature": self.temperature,
            "photos": self.photos,
            "expected_calibration_error": self.error,
            "expected_calibration_error_calibrated": self.corrected_error,
        }
        if self.several:
            values["output"] = MULTI_LABEL
        if self.unknown is not None:
            kept = ("error_rate", "photos", "most_strange", "farthest")
            values["unknown"] = {name: getattr(self.unknown, name) for name in kept}
        return values

    def describe(self) -> list[str]:
        """Return lines for people; none where nothing is changed."""
        lines = []
        if self.temperature != 1:
            lines.append(
                f"confidences are calibrated: temperature {self.temperature:.3g}, of {self.photos:,} validation photos"
            )
        if self.unknown is not None:
            lines.append(
                f"photos like none of the classes are called {UNKNOWN!r}: at most {self.unknown.error_rate:.3g} of the "
                "photos of known classes too"
            )
        return lines


def told(chances: np.ndarray, calibration: Calibration | None) -> np.ndarray:
    """Return the probabilities that people are told: calibrated where there is a calibration, else the network's own."""
    return chances if calibration is None else calibration(chances)


def write_calibration(folder: RunFolder, calibration: Calibration) -> None:
    """Write calibration.json, and before it the features it needs; each is there whole or not at all.

    Raises:
        WriteError: a file cannot be written.
    """
    described = {"format": FORMAT, "convolens": convolens.__version__, **calibration.as_dict()}
    unknown = calibration.unknown
    if unknown is not None:
        tensors.write(folder.calibration_features, {"features": torch.from_numpy(unknown.distance.features)})
        described["unknown"]["features_sha256"] = digest_of(folder.calibration_features)
    write_json(folder.calibration, described)
    if unknown is None:
        remove(folder.calibration_features)


def remove_calibration(folder: RunFolder) -> None:
    """Remove what belongs to weights that are no longer there.

    Raises:
        WriteError: it cannot be removed.
    """
    remove(folder.calibration)
    remove(folder.calibration_features)


def read_calibration(
    folder: RunFolder, weights: str = "best", warn: Callable[[str], None] = lambda line: None
) -> Calibration | None:
    """Return a run's calibration; None where it has none, or none for these weights.

    Args:
        folder: of the run.
        weights: "best" or "last"; a calibration belongs to the best.
        warn: told where there is one that belongs to other weights.

    Raises:
        CheckpointError: a damaged file.
    """
    path = folder.calibration
    if not path.is_file():
        return None
    described = read(path)
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise CheckpointError(f"{path}: not a calibration.json of format {FORMAT}.{_ADVICE}")
    if digest_of(folder.weights(weights)) != described.get("weights_sha256"):
        warn(
            f"{path} belongs to other weights than the {weights} ones and is not used: confidences are the network's own"
            + ("." if weights != "best" else f"; `convolens calibrate {folder.path}` fits them anew.")
        )
        return None
    try:
        unknown = described.get("unknown")
        return Calibration(
            _number(described, "temperature", lowest=1e-6),
            integer("calibration", "photos", described["photos"]),
            _number(described, "expected_calibration_error"),
            _number(described, "expected_calibration_error_calibrated"),
            str(described["weights_sha256"]),
            None if unknown is None else _unknown(folder, unknown),
            described.get("output") == MULTI_LABEL,
        )
    except (LookupError, TypeError, ArgumentError) as error:
        raise CheckpointError(f"{path}: incomplete or damaged ({error}).{_ADVICE}") from error


_ADVICE = " `convolens calibrate RUN` makes it anew, --no-calibration does without."


def _number(described: Mapping[str, Any], name: str, lowest: float = 0.0) -> float:
    return number_in("calibration", name, described[name], lowest, math.inf, open_high=True)


def _unknown(folder: RunFolder, described: Mapping[str, Any]) -> Unknown:
    path = folder.calibration_features
    if not path.is_file() or digest_of(path) != described["features_sha256"]:
        raise CheckpointError(
            f"{path}: not there, or not the one that calibration.json was written with.{_ADVICE}"
        )
    features = tensors.read(path).get("features")
    if features is None or features.ndim != 2:
        raise CheckpointError(f"{path}: holds no features.{_ADVICE}")
    return Unknown(
        number_in("calibration", "error_rate", described["error_rate"], 0, 1),
        integer("calibration", "photos", described["photos"]),
        _number(described, "most_strange"),
        _number(described, "farthest"),
        FeatureDistance(features.numpy()),
    )
