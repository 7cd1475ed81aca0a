"""predictions.csv: what a run said of each photo, written and read back."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from convolens.data.labels.multi_label import SEPARATOR
from convolens.errors import CheckpointError, MissingFileError

COLUMNS = ("path", "label", "predicted", "confidence")
LABEL_COLUMNS = ("path", "labels", "predicted")  # of several labels a photo; a probability a class follows


@dataclass(frozen=True)
class Answer:
    """What a run said of a labelled photo.

    Attributes:
        path: of the photo.
        labels: its class; of several labels all of them, in the order of the classes.
        said: what the run says, likewise.
        confidence: the probability of just that answer, in [0, 1].
        sha256: of the file that was scored; None where the table does not say.
    """

    path: Path
    labels: tuple[str, ...]
    said: tuple[str, ...]
    confidence: float
    sha256: str | None = None

    @property
    def label(self) -> str:
        """The labels in one cell, "cat;dog"."""
        return SEPARATOR.join(self.labels)

    @property
    def predicted(self) -> str:
        """What is said, in one cell."""
        return SEPARATOR.join(self.said)

    @property
    def right(self) -> bool:
        """Whether the answer is the label; of several labels, whether each is right."""
        return self.said == self.labels


def probability_column(name: str) -> str:
    """Return the name of the column of a class's probability."""
    return f"probability_{name}"


def joint_probability(chances: Mapping[str, float], said: tuple[str, ...]) -> float:
    """Return the probability that just these labels are right, each taken for itself.

    Example:
        >>> joint_probability({"cat": 0.9, "dog": 0.2}, ("cat",))
        0.72
    """
    return round(math.prod(chance if name in said else 1 - chance for name, chance in chances.items()), 12)


def read_predictions(path: Path) -> list[Answer]:
    """Return the answers of a predictions.csv, in its order.

    Raises:
        MissingFileError: there is none. CheckpointError: it is damaged.
    """
    try:
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            rows = csv.DictReader(file, strict=True)
            return [_several(row) if "labels" in row else _single(row) for row in rows]
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{path}: no such file; a training writes it at its end, `convolens evaluate RUN DATA --csv FILE` at any time."
        ) from error
    except (OSError, csv.Error, LookupError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: not a table with the columns {', '.join(COLUMNS)} ({error})."
        ) from error


def _single(row: Mapping[str, str]) -> Answer:
    return Answer(
        Path(row["path"]), (row["label"],), (row["predicted"],), float(row["confidence"]), row.get("sha256")
    )


def _several(row: Mapping[str, str]) -> Answer:
    begin = probability_column("")
    chances = {
        name.removeprefix(begin): float(value) for name, value in row.items() if name.startswith(begin)
    }
    labels, said = (tuple(filter(None, row[column].split(SEPARATOR))) for column in ("labels", "predicted"))
    return Answer(Path(row["path"]), labels, said, joint_probability(chances, said), row.get("sha256"))
