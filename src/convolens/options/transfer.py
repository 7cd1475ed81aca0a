"""Transfer: what a run that begins with a learnt network's features does: its first answer, and how it trains on from it."""

from dataclasses import dataclass

from convolens.arguments import number_in
from convolens.errors import ArgumentError

LEARNT = "efficientnet-lite0"  # looks at photos where no run and no architecture is named
# Pixels of the features: the network was learnt from crops of 224, in which things look larger than in whole photos; whole
# photos of 256 pixels show them at that scale (Touvron et al. 2019, "Fixing the train-test resolution discrepancy").
FEATURE_SIZE = 256
TRAINING_SIZE = 160  # pixels when layers learn: twice as fast as 224
MINUTES, PHOTOS, MOST_MINUTES = (
    3.0,
    400,
    30.0,
)  # the usual budget, for so many photos; more take longer, up to the last
# fields that are planned when a run begins, by what its first answer is and how fast the machine is
PLANNED = ("trial_epochs", "whole_epochs", "reason", "by_minutes")


@dataclass(frozen=True)
class Transfer:
    """How a run goes from a learnt network to its answers.

    Args:
        head_only: stop at the first answer.
        minutes: that the whole run may take, as planned beforehand; None is 3, and more where there are over 400 photos.
        training_size: rows and columns of the photos when layers learn, in pixels.
        trial_epochs: epochs in which layers learn from the training photos and are judged by the validation photos; 0
            leaves the first answer, None is not decided yet.
        whole_epochs: epochs after that, in which the same is done with all photos, where it helped.
        reason: why layers learn, or do not.
        by_minutes: whether the epochs follow from the minutes; else the user said how many.
    """

    head_only: bool = False
    minutes: float | None = None
    training_size: int = TRAINING_SIZE
    trial_epochs: int | None = None
    whole_epochs: int = 0
    reason: str = ""
    by_minutes: bool = True

    def checked(self) -> "Transfer":
        """Return it, if its values make sense.

        Raises:
            ArgumentError: minutes that are none; minutes for a run that stops at its first answer.

        Example:
            >>> Transfer(minutes=2.0).checked().minutes
            2.0
        """
        if self.minutes is not None:
            if number_in("train", "--minutes", self.minutes, 0.0, float("inf"), open_high=True) == 0:
                raise ArgumentError(
                    "train: --minutes must be above 0; --head-only stops at the first answer."
                )
            if self.head_only:
                raise ArgumentError("train: --head-only stops at the first answer; leave --minutes out.")
        return self

    def budget(self, photos: int) -> float:
        """Return the minutes that the run may take.

        Example:
            >>> Transfer().budget(300), Transfer().budget(800), Transfer(minutes=1.0).budget(800)
            (3.0, 6.0, 1.0)
        """
        if self.minutes is not None:
            return self.minutes
        return min(MOST_MINUTES, MINUTES * max(1.0, photos / PHOTOS))

    @property
    def epochs(self) -> int:
        """All epochs in which layers learn."""
        return (self.trial_epochs or 0) + self.whole_epochs
