"""FineTuning: what a run that begins with a learnt network does beside training: its stages, and how fast each depth learns."""

from dataclasses import KW_ONLY, dataclass, replace
from typing import Annotated

from convolens.arguments import integer, number_in, one_of
from convolens.errors import ArgumentError
from convolens.options.option import Option, documented

# The two stages are those of Keras' guide "Transfer learning & fine-tuning". One-cycle in both, and a top rate of 1e-3 for the
# second (of the recipe "finetune"), are fastai's `fine_tune`; the factor from block to block is ULMFiT's 1/2.6 from layer to
# layer (arXiv:1801.06146). The head's rate is five times fastai's: on kept features it is a convex problem with few
# steps. Measured on digits (docs/finetuning.md).
HEAD_EPOCHS = 10
HEAD_LEARNING_RATE = 1e-2
DEPTH_DECAY = 0.4
HEADS = ("names", "new", "keep")


def _stage(text: str, metavar: str | None = None, more: str = "") -> Option:
    return Option(text, "Stages", metavar=metavar, show_default=False, more=more)


@documented
@dataclass(frozen=True)
class FineTuning:
    """The stages of a fine-tuning.

    Args:
        (options)

    Example:
        >>> FineTuning(head_epochs=3).depth_decay
        0.4
    """

    head_epochs: Annotated[
        int | None,
        _stage(
            "The first so many epochs train the head alone, on features computed once; by default half of all, 10 at most; 0 for none."
        ),
    ] = None
    _: KW_ONLY
    frozen_until: Annotated[
        str | None,
        _stage(
            "The last layer that is frozen then; by default all before the last one with weights.", "LAYER"
        ),
    ] = None
    unfreeze_from: Annotated[
        str | None, _stage("Then train from this layer on; by default the last third of the blocks.", "LAYER")
    ] = None
    gradual: Annotated[
        int | None,
        _stage(
            "Unfreeze one block more every so many epochs, from the end on.", "EPOCHS", "None is all at once."
        ),
    ] = None
    depth_decay: Annotated[
        float,
        _stage(
            "Each block learns at so much of the rate of the one behind it; 0.4 by default.",
            "FACTOR",
            "In (0, 1].",
        ),
    ] = DEPTH_DECAY
    head_learning_rate: Annotated[
        float, _stage("The rate, or the peak of one-cycle, of the head's epochs; 0.01 by default.")
    ] = HEAD_LEARNING_RATE
    views: Annotated[
        int,
        _stage(
            "Features of so many augmented views of each photo; by default of the plain photos.",
            more="Taken in turn.",
        ),
    ] = 0
    head: Annotated[
        str,
        _stage(
            "names (the default: classes that RUN knows keep their outputs), new, or keep (the same classes)."
        ),
    ] = "names"

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
