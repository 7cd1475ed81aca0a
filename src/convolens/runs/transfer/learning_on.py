"""LearningOn: what a session needs to train on from a first answer, to judge it, and to end with whichever was better."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from convolens.data.prepared import Prepared
from convolens.runs.folder import model_file
from convolens.runs.folder.first_answer_file import KeptAnswer, read_held_out, write_held_out
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.training.outcome import Best
from convolens.runs.transfer.evidence import Hurdle
from convolens.runs.transfer.legs import Legs


@dataclass(frozen=True)
class Side:
    """A run at one size of its photos: that of the first answer, or that at which layers learn.

    Attributes:
        settings, prepared, trained: see `Session`.
    """

    settings: Settings
    prepared: Prepared
    trained: TrainedModel


@dataclass(frozen=True)
class LearningOn:
    """How a run goes on from its first answer.

    Attributes:
        folder: of the run.
        answer: the first one, kept.
        first, learning: the run at both sizes.
        legs: the epochs in which layers learn.
        brief: see `Best`.
    """

    folder: RunFolder
    answer: KeptAnswer
    first: Side
    learning: Side
    legs: Legs
    brief: bool = False

    @property
    def measures(self) -> Mapping[str, float]:
        """Measures of the first answer."""
        return self.answer.measures

    @property
    def validated(self) -> int | Sequence[int]:
        """The epochs, from 1, behind which the validation photos are looked at: those that learn from them too are not."""
        return list(range(1, self.legs.trial_epochs + 1)) or 1

    def checkpointing(self) -> dict[str, Any]:
        """Return what `RunCheckpoint` is told beside the measures of the first answer."""
        return {
            "final_epoch": self.legs.final_epoch,
            "may_be_best": self.legs.may_be_best,
            # where weights of another size become the best, the run says so before
            "before_best": partial(model_file.write, self.folder.model, self.learning.trained),
        }

    def best(self, epoch: int | None) -> Best:
        """Return the best weights at their own size, and what is known of them by photos that they did not learn from."""
        side = self.learning if epoch else self.first
        held_out = own = None
        if epoch == 0:
            held_out, own = self.answer.chances, self.answer.own
        elif epoch is not None and epoch > self.legs.trial_epochs:
            held_out = read_held_out(self.folder)
        told, transfer = self.answer.told or {}, self.first.settings.transfer
        first_answer = {
            **self.answer.measures,
            **told,
            "best_learnt_all": held_out is not None and bool(epoch or told.get("learnt_all")),
            "reason": "" if transfer is None else transfer.reason,
        }
        return Best(side.settings, side.prepared, side.trained, held_out, first_answer, own, self.brief)


def judge_trial(
    folder: RunFolder, side: Side, screen: Screen, hurdle: Hurdle
) -> Callable[[bool, Mapping[str, float]], None]:
    """Return what `Legs` tells of the trial's end: it says which way the run goes, and keeps what the trial said.

    Args:
        folder: of the run.
        side: the run as its layers learn; its model is the one that is trained.
        screen: where the line goes.
        hurdle: what the trial has to be better than.
    """

    def judge(helped: bool, measures: Mapping[str, float]) -> None:
        told = hurdle.told(measures)
        if not helped:
            screen.result(f"Kept: {told}, so nothing is learnt from all photos.")
            return
        screen.result(f"Learnt: {told}: now the same with all photos, those for validation too.")
        chances = probabilities(
            side.trained.model, side.prepared.validation.pixels, side.trained.preprocessing
        )
        write_held_out(folder, chances)

    return judge
