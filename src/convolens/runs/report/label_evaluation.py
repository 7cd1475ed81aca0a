"""LabelEvaluation: every measure of a run on photos with several labels, and the pictures and page that show them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis.measures import LabelScores
from convolens.analysis.measures.calibration import Reliability
from convolens.data.prepared import Part
from convolens.files.plain_json import write_json
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.report.label_tables import PICTURES, draw_labels
from convolens.runs.report.page import picture_data, write_page


@dataclass(frozen=True)
class LabelEvaluation(LabelScores):
    """`LabelScores` of labelled photos, of the network's own probabilities, and what else there is to know.

    Attributes:
        reliability: of the network's own confidences, of all answers, one a photo and label.
        calibration: that was used; None where there is none.
        calibrated_reliability: of the calibrated confidences, with them.
        unknown: share of the photos that are called unknown; None where the run cannot tell.
        variations: of each photo, whose probabilities were averaged (test-time augmentation).
    """

    reliability: Reliability
    calibration: Calibration | None
    calibrated_reliability: Reliability | None
    unknown: float | None
    variations: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        used = self.calibrated_reliability
        return {
            **super().as_dict(),
            "expected_calibration_error": self.reliability.error,
            "temperature": None if self.calibration is None else self.calibration.temperature,
            "expected_calibration_error_calibrated": None if used is None else used.error,
            "unknown": self.unknown,
            "tta": self.variations,
        }


def write_label_evaluation(
    folder: Path, found: LabelEvaluation, part: Part, chances: np.ndarray, title: str
) -> None:
    """Write evaluation.json, the pictures, and evaluation.html, which needs none of them.

    Args:
        folder: has to exist.
        found: the measures.
        part: the photos.
        chances: the network's own probabilities, (n, classes).
        title: what was scored.

    Raises:
        WriteError: a file cannot be written.
    """
    write_json(folder / "evaluation.json", found.as_dict())
    draw_labels(folder, part, chances, found)
    drawn = {
        name: data for name, file in PICTURES.items() if (data := picture_data(folder / file)) is not None
    }
    write_page(
        folder / "evaluation.html",
        "labels_evaluation.html",
        title=title,
        outcome=found.as_dict(),
        pictures=drawn,
    )
