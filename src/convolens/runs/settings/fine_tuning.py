"""FineTuning: what a run that begins with a learnt network does beside training: its stages, and how fast each depth learns."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from convolens.arguments import integer, number_in, one_of
from convolens.errors import ArgumentError

# The two stages are those of Keras' guide "Transfer learning & fine-tuning". One-cycle in both, and a top rate of 1e-3 for the
# second (of the recipe "finetune"), are fastai's `fine_tune`; the factor from block to block is ULMFiT's 1/2.6 from layer to
# layer (arXiv:1801.06146). The head's rate is five times fastai's: on kept features it is a convex problem with few
# steps. Measured on digits (docs/finetuning.md).
HEAD_EPOCHS = 10
HEAD_LEARNING_RATE = 1e-2
DEPTH_DECAY = 0.4
HEADS = ("names", "new", "keep")


@dataclass(frozen=True)
class FineTuning:
    """The stages of a fine-tuning.

    Args:
        head_epochs: epochs, of the run's, in which only the head learns, on features that are computed once; 0 for none, None for
            half of them, but 10 at most.
        frozen_until: the last layer that is frozen then; None takes everything before the last layer with weights.
        unfreeze_from: the first layer that is trained in the epochs after these; None takes the last third of the blocks.
        head_learning_rate: the rate (of one-cycle: its peak) of the head's epochs.
        depth_decay: each block below the head learns at so much of the rate of the one above, in (0, 1].
        gradual: unfreeze one block more every so many epochs, from the end on; None unfreezes all at once.
        views: 0 computes the head's features of the plain photos; K of K augmented views of each, taken in turn.
        head: "names" keeps the outputs of classes that the run knows by name, "new" draws all anew, "keep" wants the
            same classes.

    Example:
        >>> FineTuning(head_epochs=3).depth_decay
        0.4
    """

    head_epochs: int | None = None
    frozen_until: str | None = None
    unfreeze_from: str | None = None
    head_learning_rate: float = HEAD_LEARNING_RATE
    depth_decay: float = DEPTH_DECAY
    gradual: int | None = None
    views: int = 0
    head: str = "names"

    def within(self, epochs: int) -> "FineTuning":
        """Return it for a run of so many epochs, if every value is one.

        Raises:
            ArgumentError: a value out of range, or more epochs of the head than there are.

        Example:
            >>> FineTuning().within(20).head_epochs, FineTuning().within(5).head_epochs
            (10, 3)
        """
        where = "finetune"
        given = self.head_epochs
        first = min(HEAD_EPOCHS, (epochs + 1) // 2) if given is None else given
        if integer(where, "head_epochs", first, minimum=0) > epochs:
            raise ArgumentError(
                f"finetune: --head-epochs {first} are more than the {epochs} epochs of the whole run, which they are the first "
                "of; give more --epochs."
            )
        number_in(where, "head_learning_rate", self.head_learning_rate, 0.0, float("inf"), open_high=True)
        number_in(where, "depth_decay", self.depth_decay, 1e-6, 1.0)
        if self.gradual is not None:
            integer(where, "gradual", self.gradual)
        integer(where, "views", self.views, minimum=0)
        one_of(where, "head", self.head, HEADS)
        return replace(self, head_epochs=first)

    @property
    def first_epochs(self) -> int:
        """Epochs of the head alone."""
        return self.head_epochs or 0

    def as_table(self) -> dict[str, Any]:
        """Return plain values, None left out, for run.toml."""
        return {name: value for name, value in asdict(self).items() if value is not None}
