"""Evidence: what the findings of a run are drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from convolens.runs.tasks.scoring import Scores


@dataclass(frozen=True)
class Rescored:
    """Validation photos that went through `predict`, from their files to the answer.

    Attributes:
        photos: how many.
        same: how many got the class that the training's own scoring gave.
        accuracy_before, accuracy: of the training's own scoring, and of `predict`, on these photos.
    """

    photos: int
    same: int
    accuracy_before: float
    accuracy: float


class Course(Protocol):
    """What some findings look at alone: how the training went. Attributes as of `Evidence`."""

    @property
    def history(self) -> Sequence[Mapping[str, float]]: ...

    @property
    def best_epoch(self) -> int | None: ...

    @property
    def run(self) -> str: ...

    @property
    def waited(self) -> float | None: ...


@dataclass(frozen=True)
class Evidence:
    """What a training left.

    Attributes:
        scores: of the best epoch on the validation photos.
        history: one dict an epoch: epoch (from 1), loss, accuracy, val_loss, val_accuracy.
        best_epoch: from 1; None where not one was finished.
        training_counts: training photos of each class, in the order of `scores.classes`.
        run: the folder, quoted for a shell.
        data: the photos, quoted for a shell.
        waited: share of the training spent without a batch, in [0, 1]; None where it is not known.
        rescored: None where no photo was.
        temperature: None where the validation photos could not tell it.
        calibration_error: before and with it.
    """

    scores: Scores
    history: Sequence[Mapping[str, float]] = ()
    best_epoch: int | None = None
    training_counts: Sequence[int] = ()
    run: str = "RUN"
    data: str = "DATA"
    waited: float | None = None
    rescored: Rescored | None = None
    temperature: float | None = None
    calibration_error: tuple[float, float] | None = None

    @property
    def photos(self) -> int:
        """Validation photos."""
        return int(self.scores.confusion.sum())

    @property
    def right(self) -> int:
        """Right answers among them."""
        return int(self.scores.confusion.trace())
