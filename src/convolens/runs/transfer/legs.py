"""Legs: the epochs in which layers learn, first from the training photos as a trial, then, where that helped, from all photos."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from convolens.augmentation import AugmentedBatches
from convolens.callbacks import Callback
from convolens.models import Model
from convolens.options.transfer import Transfer
from convolens.pixel_rows import in_memory
from convolens.runs.folder.first_answer_file import Head
from convolens.runs.training.learnt_network import put_head
from convolens.runs.transfer.evidence import Hurdle


class LegBatches:
    """Training batches: of the training photos in the trial, of all photos behind it; what `Model.fit` takes.

    Every epoch has as many batches as one of the trial; those of all photos go on where the epoch before ended.

    Args:
        trial: batches of the training photos.
        whole: batches of all photos; None where there is no second leg.
        trial_epochs: epochs of the first.
    """

    thread_safe = True

    def __init__(self, trial: Any, whole: Any, trial_epochs: int) -> None:
        self.trial, self.whole, self.trial_epochs = trial, whole, trial_epochs
        self.epoch = 0
        self._pass = -1

    def __len__(self) -> int:
        return len(self.trial)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the following batches belong to."""
        self.epoch = epoch
        if epoch < self.trial_epochs or self.whole is None:
            self.trial.set_epoch(epoch)

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        """Return (x, y) of a batch."""
        if self.epoch < self.trial_epochs or self.whole is None:
            return self.trial[number]
        reached, place = divmod((self.epoch - self.trial_epochs) * len(self) + number, len(self.whole))
        if reached != self._pass:
            self.whole.set_epoch(reached)
            self._pass = reached
        return self.whole[place]


def joined(one: AugmentedBatches, other: AugmentedBatches) -> AugmentedBatches:
    """Return the batches of two sides together, as those of the first are made; an order of their own."""
    return AugmentedBatches(
        np.concatenate([in_memory(one.pixels), in_memory(other.pixels)]),
        np.concatenate([one.labels, other.labels]),
        one.batch_size,
        one.augmentation,
        one.seed + 1,
        one.rescale,
        one.shuffle,
        balance=one.numbers is not None,
    )


class Legs(Callback):
    """Lets a model learn from a head in closed form, judges it, and lets it learn again from all photos where it did better.

    At the beginning of each leg the layers are those that were learnt before, the head is the leg's own, and the optimizer
    remembers nothing. The trial is judged at its end, where the learning rate has come down.

    Args:
        model: compiled, with the learnt weights; batch normalisation is frozen.
        learnt: weights of all layers but the head, by name.
        heads: of the trial, and of all photos; the second may be None.
        transfer: epochs of both.
        hurdle: what the trial has to be better than.
        judge: told before a second leg whether the layers did better in the trial, and its measures.

    Attributes:
        helped: whether the trial did better; None before its end, and where nothing follows it.
    """

    def __init__(
        self,
        model: Model,
        learnt: Mapping[str, torch.Tensor],
        heads: tuple[Head, Head | None],
        transfer: Transfer,
        hurdle: Hurdle,
        judge: Callable[[bool, Mapping[str, float]], None],
    ) -> None:
        super().__init__()
        self.model, self.learnt, self.heads, self.transfer = model, learnt, heads, transfer
        self.hurdle, self.judge = hurdle, judge
        self.helped: bool | None = None

    @property
    def trial_epochs(self) -> int:
        """Epochs of the trial."""
        return self.transfer.trial_epochs or 0

    @property
    def final_epoch(self) -> int | None:
        """The number, from 1, of the epoch that ends the learning from all photos; None where there is none."""
        return self.transfer.epochs if self.transfer.whole_epochs else None

    def may_be_best(self, epoch: int, measures: Mapping[str, float]) -> bool:
        """Return whether an epoch (from 1) may take the first answer's place.

        Of a trial only its end, which is what the second leg does again: epochs on the way to it would be picked by luck.
        """
        if self.transfer.whole_epochs and epoch != self.trial_epochs:
            return False
        return self.hurdle.passed(measures)

    def number(self, epoch: int) -> int:
        """Return which leg an epoch (from 0) belongs to, from 1."""
        return 1 if epoch < self.trial_epochs else 2

    def begin(self) -> None:
        """Build the optimizer; a state may be put back afterwards.

        All layers learn at the same rate: smaller ones further down were worse here (docs/few-photos.md).
        """
        self.model.optimizer.build(
            [weight for weight in self.model.module.parameters() if weight.requires_grad]
        )

    def enter(self, leg: int) -> None:
        """Begin a leg, from 1."""
        head = self.heads[leg - 1]
        with torch.no_grad():
            state = self.model.module.state_dict()
            for name, tensor in self.learnt.items():
                state[name].copy_(tensor)
        if head is not None:
            put_head(self.model, *head)
        self.model.optimizer.restart()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch in (0, self.trial_epochs):
            self.enter(self.number(epoch))

    def on_epoch_resume(self, epoch: int, batch: int) -> None:
        """Do nothing: the leg was entered when the epoch began, and what it has learnt since is the state's."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch + 1 != self.trial_epochs or not self.transfer.whole_epochs:
            return  # without a second leg the best epoch stays, whichever it is
        measures = {name: float(value) for name, value in (logs or {}).items()}
        self.helped = self.hurdle.passed(measures)
        self.judge(self.helped, measures)
        if not self.helped:
            self.model.stop_training = True

    def state_dict(self) -> dict[str, Any]:
        return {"helped": self.helped}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.helped = state["helped"]
