"""The first answer: heads in closed form on features computed once, and how good they are on photos that they did not learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convolens.data.splits.folds import deal, has_class
from convolens.features.learners.ridge import Ridge, fit_ridge
from convolens.runs.tasks.task import Task

FOLDS = 5
ONE_BY_ONE = "left out one by one"


@dataclass(frozen=True)
class CrossValidation:
    """Heads of all photos but a fold's, each scored on that fold.

    Attributes:
        accuracies: of each fold.
        logits: (n, classes) of each photo, by the head that did not learn from it.
    """

    accuracies: tuple[float, ...]
    logits: np.ndarray

    @property
    def mean(self) -> float:
        """Mean accuracy of the folds."""
        return float(np.mean(self.accuracies))

    @property
    def spread(self) -> float:
        """Standard deviation of the folds' accuracies."""
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else 0.0


@dataclass(frozen=True)
class FirstAnswer:
    """Heads on the features of a run's photos; those of the training come first, then those of the validation.

    Attributes:
        scored: the head that learnt from the training photos alone.
        chances: its probabilities of the validation photos, float32 (validation, classes).
        whole: the head that learnt from all photos; None where the validation photos are to stay apart.
        cross_validation: of all photos; None where a class has one photo only.
        wrong: how many photos are answered wrongly by the head of all other photos; where some stay together, by that of all
            other folds, for a copy would give the answer away.
        photos: that these are of.
        error: share of wrong answers; of several labels each is one.
        how: photos were left out for this, in words.
        own: what the head that is kept says of the validation photos, whether it learnt from them or not; like `chances`.
    """

    scored: Ridge
    chances: np.ndarray
    whole: Ridge | None
    cross_validation: CrossValidation | None
    wrong: int
    photos: int
    error: float
    how: str
    own: np.ndarray

    @property
    def photos_in_all(self) -> int:
        """How many photos there are, on both sides."""
        return len(self.scored.left_out) + len(self.chances)

    @property
    def kept(self) -> Ridge:
        """The head that the run answers with."""
        return self.scored if self.whole is None else self.whole


def first_answer(
    task: Task,
    training: np.ndarray,
    validation: np.ndarray,
    training_labels: np.ndarray,
    validation_labels: np.ndarray,
    classes: int,
    units: Sequence[str],
    learn_all: bool,
    folds: bool = True,
) -> FirstAnswer:
    """Fit the heads and score them.

    Args:
        task: of the run.
        training, validation: features (n, d) of both sides.
        training_labels, validation_labels: class numbers (n,), or 0 and 1 (n, classes).
        classes: how many there are.
        units: what photos that stay together (identical ones, those of a group) have in common, training photos first.
        learn_all: whether the answer may learn from the validation photos too; then leave-one-out is over all photos.
        folds: False leaves the cross-validation out where photos can be left out one by one, which takes less.
    """
    scored = fit_ridge(training, training_labels, classes)
    chances = task.of_logits(scored.logits(validation))
    features = np.concatenate([training, validation])
    labels = np.concatenate([training_labels, validation_labels])
    whole = fit_ridge(features, labels, classes) if learn_all else None
    alone = len(set(units)) == len(units)
    crossed = None if alone and not folds else cross_validate_heads(task, features, labels, classes, units)
    left_out, how = (scored if whole is None else whole).left_out, ONE_BY_ONE
    theirs = training_labels if whole is None else labels
    if crossed is not None and not alone:
        left_out, how = crossed.logits[: len(theirs)], f"left out in {len(crossed.accuracies)} folds"
    mistakes = task.wrong(task.of_logits(left_out), theirs)
    wrong = mistakes.reshape(len(theirs), -1).any(axis=1)
    own = chances if whole is None else task.of_logits(whole.logits(validation))
    return FirstAnswer(
        scored, chances, whole, crossed, int(wrong.sum()), len(theirs), float(mistakes.mean()), how, own
    )


def cross_validate_heads(
    task: Task, features: np.ndarray, labels: np.ndarray, classes: int, units: Sequence[str]
) -> CrossValidation | None:
    """Return how heads do on photos left out, in 5 folds, fewer where a class has fewer units; None where it has one.

    The folds are those of `--kfold`.
    """
    of_class = [len(np.unique(np.asarray(units)[mine])) for mine in has_class(labels, classes).T]
    folds = min([FOLDS, *filter(None, of_class)])
    if folds < 2:
        return None
    numbers = deal(units, labels, classes, folds)
    logits = np.zeros((len(labels), classes))
    accuracies = []
    for fold in np.unique(numbers):
        left_out, fitted = numbers == fold, numbers != fold
        logits[left_out] = fit_ridge(features[fitted], labels[fitted], classes).logits(features[left_out])
        wrong = task.wrong(task.of_logits(logits[left_out]), labels[left_out])
        accuracies.append(1 - float(wrong.mean()))
    return CrossValidation(tuple(accuracies), logits)
