"""Evidence: what the findings of a run are drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from convolens.analysis.measures import LabelScores, Scores

AnyScores = TypeVar("AnyScores", Scores, LabelScores)


@dataclass(frozen=True)
class Rescored:
    """Validation photos that went through `predict`, from their files to the answer.

    Attributes:
        photos: how many.
        same: how many got what the training's own scoring gave them.
        accuracy_before, accuracy: share of photos that are right by the training's own scoring, and by `predict`.
        measure: what that share is called.
    """

    photos: int
    same: int
    accuracy_before: float
    accuracy: float
    measure: str = "accuracy"


@dataclass(frozen=True)
class Evidence(Generic[AnyScores]):
    """What a training left.

    Attributes:
        scores: of the best epoch on the validation photos: `Scores`, or `LabelScores` of several labels a photo.
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

    scores: AnyScores
    history: Sequence[Mapping[str, float]] = ()
    best_epoch: int | None = None
    training_counts: Sequence[int] = ()
    run: str = "RUN"
    data: str = "DATA"
    waited: float | None = None
    rescored: Rescored | None = None
    temperature: float | None = None
    calibration_error: tuple[float, float] | None = None
