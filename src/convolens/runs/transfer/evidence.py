"""Evidence: whether layers should be tried at all, and whether what they learnt is shown to be better than the first answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from convolens.callbacks.monitor import is_better

# Where the first answer is right, training on can only make it worse: on photos of cats and dogs five epochs took 98.5 % to
# 96.0 %. One photo in so many may be wrong before the layers are tried at all.
RIGHT_ENOUGH = 0.03


def expected_error(wrong: float, photos: int) -> float:
    """Return the share of other photos to be answered wrongly, after so many of these: Laplace's rule of succession.

    Example:
        >>> expected_error(0, 8), expected_error(3, 38)
        (0.1, 0.1)
    """
    return (wrong + 1) / (photos + 2)


def worth_trying(wrong: int, photos: int, error: float, judges: int, how: str) -> tuple[bool, str]:
    """Return whether layers should be tried, and why.

    Args:
        wrong: photos that the head of all others answers wrongly, of several labels at least one. photos: of so many.
        error: the share of answers that are wrong; of one label a photo `wrong / photos`.
        judges: validation photos, by which a trial would be judged.
        how: the photos were left out, in words.

    Example:
        >>> how = "left out one by one"
        >>> worth_trying(1, 10, 0.1, 2, how)[0], worth_trying(5, 300, 5 / 300, 60, how)[0], worth_trying(14, 50, 0.28, 10, how)[0]
        (False, False, True)
        >>> worth_trying(3, 40, 3 / 40, 7, how)
        (False, 'left out one by one, 3 of 40 photos are answered wrongly: too few to show on 7 validation photos that training on does better')
    """
    few = max(1, math.floor(RIGHT_ENOUGH * photos))
    said = f"{how}, {wrong:,} of {photos:,} photos {'is' if wrong == 1 else 'are'} answered wrongly"
    if wrong <= few:
        return False, f"{said}: what the network knows is enough, and training on could only make it forget"
    if expected_error(0, judges) >= expected_error(error * photos, photos):
        photo = "photo" if judges == 1 else "photos"
        return (
            False,
            f"{said}: too few to show on {judges:,} validation {photo} that training on does better",
        )
    return True, f"{said} by what the network knows: its layers have something to learn"


@dataclass(frozen=True)
class Hurdle:
    """What an epoch has to be better than, if it is to take the place of the first answer.

    A handful of validation photos may be answered well by luck, so the monitored measure is not enough. What the first answer
    gets wrong is known better: of all photos, each left out once. An epoch's share of wrong answers must be below that,
    as if there were two validation photos more, on which it makes half the first answer's mistakes.

    Args:
        monitor: the measure. larger: whether larger is better. first: of it, by the first answer.
        error: share of the photos left out that the first answer gets wrong.
        judges: validation photos.
        how: the photos were left out, in words.

    Example:
        >>> hurdle = Hurdle("val_loss", False, first=0.9, error=0.25, judges=10, how="left out")
        >>> hurdle.passed({"val_loss": 0.8, "val_accuracy": 0.8}), hurdle.passed({"val_loss": 0.8, "val_accuracy": 0.7})
        (True, False)
    """

    monitor: str
    larger: bool
    first: float
    error: float
    judges: int
    how: str

    def passed(self, measures: Mapping[str, float]) -> bool:
        """Return whether an epoch with these measures is shown to be better."""
        if not is_better(measures.get(self.monitor, math.nan), self.first, self.larger):
            return False
        wrong = (1 - measures["val_accuracy"]) * self.judges
        return (wrong + self.error) / (self.judges + 2) < self.error

    def told(self, measures: Mapping[str, float]) -> str:
        """Return the comparison in words."""
        return (
            f"training on gives {self.monitor} {measures[self.monitor]:.4f} and {measures['val_accuracy']:.1%} right on "
            f"{self.judges:,} validation photos, the first answer gave {self.first:.4f} and, of photos {self.how}, {1 - self.error:.1%}"
        )
