"""Stages: what of a network learns in which epoch of a fine-tuning, and how fast."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convolens.callbacks import Callback
from convolens.errors import ArgumentError
from convolens.models import Model
from convolens.models.parts.base_and_head import base_and_head
from convolens.models.parts.blocks import Block, blocks_of, factors_by_depth
from convolens.models.parts.freezing import Unit, find, units_of
from convolens.options.fine_tuning import FineTuning
from convolens.runs.output.screen import bytes_text
from convolens.runs.settings.options import Settings

UNFROZEN_SHARE = 3  # one in so many blocks, where nobody says from which layer on


@dataclass(frozen=True)
class Stage:
    """Epochs in which the same layers learn.

    Attributes:
        begins: its first epoch, from 0.
        trained: units below the head that learn; none while the head learns on kept features.
        title: what happens, in words.
    """

    begins: int
    trained: tuple[Unit, ...]
    title: str


class Stages(Callback):
    """Lets a model enter the stages of a fine-tuning, epoch by epoch.

    In the first one the steps run the head alone, on batches of features (`model.part`); what comes before it is frozen, and is
    not run. Then layers are unfrozen from a named one on; the optimizer takes them in with fresh state, at a rate that falls
    with depth, and goes on with the head's as it is.

    Args:
        model: compiled, with its first weights.
        tuning: what is asked for.
        epochs: of the whole run.

    Attributes:
        parts: base and head.
        frozen: units before the head.
        stages: in order.

    Raises:
        UnknownNameError: a layer that the network does not have. ArgumentError: one that lies where it cannot be, or nothing
            to learn.
    """

    def __init__(self, model: Model, tuning: FineTuning, epochs: int) -> None:
        super().__init__()
        self.model = model
        self.tuning = tuning
        self.parts = base_and_head("finetune", model, tuning.frozen_until)
        head = {id(parameter) for parameter in self.parts.head.parameters()}
        units = [unit for unit in units_of(model.module) if unit.has_weights]
        self.frozen = [unit for unit in units if id(unit.own_parameters[0]) not in head]
        self.blocks: list[Block] = blocks_of(self.frozen)
        self.start = self._start(model)
        self.stages = self._stages(epochs)
        self.entered = 0  # stages, so far

    def _start(self, model: Model) -> int:
        """Return the place in `frozen` from which on layers are unfrozen."""
        name = self.tuning.unfreeze_from
        if name is None:
            kept = len(self.blocks) - -(-len(self.blocks) // UNFROZEN_SHARE)
            return sum(len(block.units) for block in self.blocks[:kept])
        inside = {id(unit.module) for unit in units_of(model.module)[find("finetune", model, name).start :]}
        start = next((i for i, unit in enumerate(self.frozen) if id(unit.module) in inside), None)
        if start is None:
            raise ArgumentError(
                f"finetune: --unfreeze-from {name} lies behind the last frozen layer, {self.parts.until}: it learns from the first "
                f"epoch on. Name one before, {self.blocks[-1].name} say, or leave it out."
            )
        return start

    @property
    def unfreeze_from(self) -> str:
        """The name of the first layer that is unfrozen."""
        return self.frozen[self.start].name

    def _stages(self, epochs: int) -> list[Stage]:
        first = self.tuning.first_epochs
        stages = [Stage(0, (), "the head alone learns, on features computed once")] if first else []
        every = self.tuning.gradual
        if every is None:
            begins = [(first, self.start)]
        else:  # block after block, from the end
            ends = [sum(len(block.units) for block in self.blocks[:i]) for i in range(len(self.blocks))]
            places = [place for place in reversed(ends) if place > self.start] + [self.start]
            begins = [(first + every * i, place) for i, place in enumerate(places)]
        for begin, place in begins:
            if begin < epochs:
                title = f"{self.frozen[place].name} and all behind it learn"
                stages.append(Stage(begin, tuple(self.frozen[place:]), title))
        return stages

    def number(self, epoch: int) -> int:
        """Return which stage an epoch (from 0) belongs to, from 1."""
        return sum(stage.begins <= epoch for stage in self.stages)

    def as_tables(self) -> list[dict[str, Any]]:
        """Return what run.toml tells of the stages: epochs count from 1."""
        return [
            {
                "from_epoch": stage.begins + 1,
                "learns": stage.title,
                "frozen_layers": len(self.frozen) - len(stage.trained),
            }
            for stage in self.stages
        ]

    def feature_bytes(self, training: int, validation: int) -> int:
        """Return the memory that the kept features of so many photos take; 0 where no stage learns from them."""
        if not self.tuning.first_epochs:
            return 0
        numbers = math.prod(size or 1 for size in self.parts.shape[1:])
        return 4 * numbers * (training * max(self.tuning.views, 1) + validation)  # float32

    def lines(self, settings: Settings, feature_bytes: int = 0) -> list[str]:
        """Return what is planned, in words."""
        rate = "at up to" if settings.schedule == "one-cycle" else "at"
        ends = [*(stage.begins for stage in self.stages[1:]), settings.epochs]
        told = []
        for stage, end in zip(self.stages, ends, strict=True):
            which = f"epochs {stage.begins + 1} to {end}" if end > stage.begins + 1 else f"epoch {end}"
            speed = settings.learning_rate if stage.trained else self.tuning.head_learning_rate
            told.append(f"{which}: {stage.title}, {rate} {speed:g}")
        if self.tuning.first_epochs:
            views = self.tuning.views
            of_what = f"{views} augmented views of each photo" if views else "the plain photos, not augmented"
            memory = f"; {bytes_text(feature_bytes)} in memory" if feature_bytes else ""
            told.append(f"features: {self.parts.until}, {self._size()} of {of_what}{memory}")
        if len(self.stages) > bool(self.tuning.first_epochs):
            chosen = (
                ""
                if self.tuning.unfreeze_from
                else f": the last third of {len(self.blocks)} blocks, by default"
            )
            told.append(f"unfrozen from {self.unfreeze_from} on{chosen}")
            factors = [
                f"{block.name} x {factor:.3g}" for block, factor in self.factors() if self._reaches(block)
            ]
            told.append(f"learning rates by depth, from the head (x 1) down: {', '.join(factors)}")
        return told

    def _size(self) -> str:
        return " x ".join(str(size) for size in self.parts.shape[1:]) + " numbers"

    def _reaches(self, block: Block) -> bool:
        return block.units[-1] in self.frozen[self.start :]

    def factors(self) -> list[tuple[Block, float]]:
        """Return the blocks, from the head down, and what their learning rate is multiplied by."""
        return factors_by_depth(self.blocks, self.tuning.depth_decay)

    def enter(self, epoch: int) -> None:
        """Enter every stage up to that of an epoch (from 0), one after another, as a training does."""
        for stage in self.stages[self.entered : self.number(epoch)]:
            self._enter(stage)
            self.entered += 1

    def go_to(self, epoch: int, batch: int) -> None:
        """Bring model and optimizer to where a state was made, before it is put back.

        Args:
            epoch: finished epochs. batch: finished batches of the epoch under way.
        """
        self.enter(epoch if batch else max(epoch - 1, 0))

    def prepare(self, stage: Stage) -> None:
        """Freeze what does not learn in a stage, and unfreeze what does."""
        learning = {id(unit) for unit in stage.trained}
        for unit in self.frozen:
            unit.freeze(id(unit) not in learning)

    def _enter(self, stage: Stage) -> None:
        model, optimizer = self.model, self.model.optimizer
        self.prepare(stage)
        model.part = None if stage.trained else self.parts.head
        learning = [parameter for parameter in model.module.parameters() if parameter.requires_grad]
        if optimizer.built:
            optimizer.extend(learning)
        else:
            optimizer.build(learning)
        for block, factor in self.factors():
            optimizer.scale_rate(_parameters(block.units), factor)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.enter(epoch)

    def on_train_end(self, logs: Any = None) -> None:
        self.model.part = None

    def on_train_abort(self) -> None:
        self.model.part = None


def _parameters(units: Sequence[Unit]) -> list[Any]:
    return [parameter for unit in units for parameter in unit.own_parameters]
