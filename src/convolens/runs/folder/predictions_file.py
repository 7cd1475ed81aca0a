"""predictions.csv: what a run said of each photo, read back."""

import csv
from dataclasses import dataclass
from pathlib import Path

from convolens.errors import CheckpointError, MissingFileError

COLUMNS = ("path", "label", "predicted", "confidence")


@dataclass(frozen=True)
class Answer:
    """What a run said of a labelled photo.

    Attributes:
        path: of the photo.
        label: its class.
        predicted: the likeliest class.
        confidence: of that, in [0, 1].
    """

    path: Path
    label: str
    predicted: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the answer is the label."""
        return self.predicted == self.label


def read_predictions(path: Path) -> list[Answer]:
    """Return the answers of a predictions.csv, in its order.

    Raises:
        MissingFileError: there is none. CheckpointError: it is damaged.
    """
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            return [
                Answer(Path(row["path"]), row["label"], row["predicted"], float(row["confidence"]))
                for row in csv.DictReader(file, strict=True)
            ]
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{path}: no such file; a training writes it at its end, `convolens evaluate RUN DATA --csv FILE` at any time."
        ) from error
    except (OSError, csv.Error, LookupError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path}: not a table with the columns {', '.join(COLUMNS)} ({error})."
        ) from error
