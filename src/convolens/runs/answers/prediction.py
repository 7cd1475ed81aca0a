"""Prediction: what a run says of one photo."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.data.multi_label import SEPARATOR
from convolens.runs.folder.calibration_file import UNKNOWN


@dataclass(frozen=True)
class Prediction:
    """The answer for one file.

    Attributes:
        path: of the photo, as it was found.
        answers: (class name, probability) of the likeliest classes, the likeliest first; empty after an error.
        error: why the file could not be read; None where it could.
        unknown: whether the photo is like none of the classes; None where the run cannot tell (see `calibrate`).
        labels: of a run whose photos have several: those that are said, the likeliest first; None of other runs.
    """

    path: Path
    answers: tuple[tuple[str, float], ...] = ()
    error: str | None = None
    unknown: bool | None = None
    labels: tuple[str, ...] | None = None

    @property
    def label(self) -> str | None:
        """The likeliest class, or "unknown", or all labels as "cat;dog"; None after an error."""
        if self.labels is not None:
            return SEPARATOR.join(self.labels)
        return UNKNOWN if self.unknown else self.likeliest

    @property
    def likeliest(self) -> str | None:
        """The likeliest class, of an unknown photo too."""
        return self.answers[0][0] if self.answers else None

    @property
    def confidence(self) -> float | None:
        """The probability of the likeliest class, in [0, 1]."""
        return self.answers[0][1] if self.answers else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; of several labels those that are said, and the probability of every class."""
        if self.labels is not None:
            chances = dict(self.answers)
            return {
                "path": str(self.path),
                "labels": {name: chances[name] for name in self.labels},
                "probabilities": chances,
                "error": self.error,
            }
        return {
            "path": str(self.path),
            "label": self.label,
            "confidence": self.confidence,
            "unknown": self.unknown,
            "answers": [{"label": name, "confidence": chance} for name, chance in self.answers],
            "error": self.error,
        }
