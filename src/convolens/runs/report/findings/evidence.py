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
class Answers:
    """How the answers on the validation photos differ.

    Attributes:
        photos: how many there are.
        not_finite: how many have a probability of NaN or infinity.
        different: how many different answers were given.
        range: by how much the probability of a class differs between photos, that of the class where it does most, in [0, 1].
    """

    photos: int
    not_finite: int
    different: int
    range: float


@dataclass(frozen=True)
class Inputs:
    """How the training photos vary, as the network sees them.

    Attributes:
        photos: that were looked at.
        within: standard deviation of the values of a photo, in levels of 255; that of the photo and colour where it is largest.
        between: standard deviation of the values of all photos at a place, where it is largest.
    """

    photos: int
    within: float
    between: float


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
        on_both_sides: how many validation photos are training photos too.
        answers, inputs: None where they are not known.
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
    on_both_sides: int = 0
    answers: Answers | None = None
    inputs: Inputs | None = None
