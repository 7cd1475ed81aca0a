"""Prediction: what a run says of one photo; write_answers: a table of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convolens.data.labels.multi_label import SEPARATOR
from convolens.files.table import write_csv
from convolens.runs.folder.calibration_file import UNKNOWN
from convolens.runs.folder.predictions_file import probability_column


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
        if self.unknown:
            return UNKNOWN
        return self.likeliest if self.labels is None else SEPARATOR.join(self.labels)

    @property
    def likeliest(self) -> str | None:
        """The likeliest class, of an unknown photo too."""
        return self.answers[0][0] if self.answers else None

    @property
    def confidence(self) -> float | None:
        """The probability of the likeliest class, in [0, 1]."""
        return self.answers[0][1] if self.answers else None

    @property
    def said(self) -> dict[str, float]:
        """What is said of the photo, each with its probability: one class, or any number of labels, of an unknown photo too."""
        return dict(self.answers[:1]) if self.labels is None else {
            name: chance for name, chance in self.answers if name in self.labels
        }  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; of several labels those that are said, and the probability of every class."""
        if self.labels is not None:
            return {
                "path": str(self.path),
                "labels": self.said,
                "unknown": self.unknown,
                "probabilities": dict(self.answers),
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


def write_answers(path: Path, answers: Sequence[Prediction]) -> None:
    """Write a row a file: path, label, confidence, the next likeliest classes, error.

    Where the run can tell, a column `likeliest` follows the label, which may be "unknown". Where photos have several labels:
    path, labels, the probability of each class, error; where the run can tell, a column `unknown` follows the labels.

    Raises:
        WriteError: the file cannot be written.
    """
    several = any(answer.labels is not None for answer in answers)
    tells = any(answer.unknown is not None for answer in answers)
    (_write_labels if several else _write_classes)(path, answers, tells)


def _write_classes(path: Path, answers: Sequence[Prediction], tells: bool) -> None:
    more = max((len(answer.answers) for answer in answers), default=1)
    columns = ["path", "label", *(["likeliest"] if tells else []), "confidence"]
    for place in range(2, more + 1):
        columns += [f"label_{place}", f"confidence_{place}"]
    rows = []
    for answer in answers:
        row: list[object] = [answer.path, answer.label or ""]
        row += [answer.likeliest or ""] if tells else []
        row.append("" if answer.confidence is None else f"{answer.confidence:.6f}")
        for place in range(1, max(more, 1)):
            name, chance = answer.answers[place] if place < len(answer.answers) else ("", None)
            row += [name, "" if chance is None else f"{chance:.6f}"]
        rows.append([*row, answer.error or ""])
    write_csv(path, [*columns, "error"], rows)


def _write_labels(path: Path, answers: Sequence[Prediction], tells: bool) -> None:
    names = sorted({name for answer in answers for name, _ in answer.answers})
    rows = []
    for answer in answers:
        chances = dict(answer.answers)
        row: list[object] = [answer.path, SEPARATOR.join(answer.labels or ())]
        row += [{None: "", False: "no", True: "yes"}[answer.unknown]] if tells else []
        row += [f"{chances[name]:.6f}" if name in chances else "" for name in names]
        rows.append([*row, answer.error or ""])
    unknown = ["unknown"] if tells else []
    write_csv(path, ["path", "labels", *unknown, *map(probability_column, names), "error"], rows)
