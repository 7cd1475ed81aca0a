"""Session: the training itself, from the beginning or from a state."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from convolens.analysis import cost
from convolens.augmentation import AugmentedBatches
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.callbacks import Callback, EarlyStopping, ProgbarLogger, SwapEMAWeights, TerminateOnNaN
from convolens.checkpoints.state import read_state
from convolens.data.prepared import Prepared
from convolens.errors import NonFiniteLossError, TerminatedError, WriteError
from convolens.models.placing import batches_for
from convolens.runs.folder.history_file import HistoryFile
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.events import Plan
from convolens.runs.output.screen import Advance, Screen
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.budget import TRAINING_COSTS, Budget
from convolens.runs.training.checkpointing import RunCheckpoint, When
from convolens.runs.training.head_features import StagedBatches, features_of
from convolens.runs.training.outcome import Best, Ended
from convolens.runs.training.stages import Stages
from convolens.runs.training.telling import TellEpochs
from convolens.runs.training.termination import asked_to_end
from convolens.runs.training.waiting import Waiting


class LearningPlan(Protocol):
    """What a session has to know of the first answer that a run goes on from; see `transfer.LearningOn`."""

    @property
    def legs(self) -> Any:
        """The callback that lets layers learn leg by leg; `number(epoch)` says in which one an epoch lies."""

    @property
    def measures(self) -> Mapping[str, float]:
        """Measures of the first answer."""

    @property
    def validated(self) -> int | Sequence[int]:
        """Epochs behind which the validation photos are looked at, as `validation_freq` of `Model.fit`."""

    def checkpointing(self) -> dict[str, Any]:
        """What `RunCheckpoint` is told beside the measures of the first answer."""

    def best(self, epoch: int | None) -> Best:
        """The best weights, of an epoch from 1 or of the first answer, 0, as they are scored at their own size."""


@dataclass(frozen=True)
class Session:
    """A run that is ready to be trained.

    Args:
        folder: of the run; its lock is held.
        settings, prepared: of the run.
        trained: the compiled model, with its first weights.
        batches, validation: the photos of both sides; of those to learn from anything that `Model.fit` takes.
        screen: where lines go.
        stages: of a fine-tuning; None where everything learns from the first step on.
        transfer: of a run that begins with a first answer.
        seconds: of each part of the training, about; empty where nothing was measured.
    """

    folder: RunFolder
    settings: Settings
    prepared: Prepared
    trained: TrainedModel
    batches: Any
    validation: AugmentedBatches
    screen: Screen
    stages: Stages | None = None
    transfer: LearningPlan | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, resume_from: Path | None = None) -> Ended:
        """Train to the last epoch.

        Args:
            resume_from: the state to go on from; None begins at the beginning.

        Raises:
            CheckpointError: the state does not fit.
            NonFiniteLossError: the loss became NaN. WriteError: no checkpoint could be written.
            TerminatedError: SIGTERM came. CancelledError: the job was cancelled.
        """
        folder, settings, screen, model = self.folder, self.settings, self.screen, self.trained.model
        transfer = self.transfer
        parts: Any = self.stages if transfer is None else transfer.legs
        first = None if transfer is None else transfer.measures
        not_a_number, callbacks = (
            TerminateOnNaN(),
            [
                *([] if parts is None else [parts]),
                HistoryFile(folder.history, screen.warn, None if parts is None else parts.number, first),
            ],
        )
        averages = [SwapEMAWeights(swap_on_epoch=True)] if settings.ema is not None else []
        with asked_to_end(screen.cancelled) as asked:
            screen.tell(self._plan())
            batches, validation = self._data(resume_from, asked)
            when = When(settings.checkpoint_steps, settings.checkpoint_minutes, settings.keep)
            checkpoint = RunCheckpoint(
                folder, settings.monitor, settings.monitor_mode, screen.warn, when, asked, first=first,
                **({} if transfer is None else transfer.checkpointing()),
            )  # fmt: skip
            early, budget, waiting = self._early_stopping(), self._budget(), Waiting()
            began = time.perf_counter()
            history = model.fit(
                batches,
                epochs=settings.epochs,
                validation_data=validation,
                callbacks=[
                    *averages,
                    *callbacks,
                    checkpoint,
                    *budget,
                    *early,
                    not_a_number,
                    *self._progress(),
                    TellEpochs(
                        screen.tell,
                        lambda: checkpoint.best_epoch,
                        len(self.prepared.training),
                        settings.batch_size,
                    ),
                    waiting,
                ],
                verbose=0 if screen.quiet else 1,
                validation_freq=1 if transfer is None else transfer.validated,
                seed=settings.seed,
                resume_from=resume_from,
                resume_exactly=False,  # whoever gives the state has looked at it
            )
        seconds = time.perf_counter() - began
        for callback in early:
            if callback.stopped_epoch:
                screen.line(
                    f"Ended after epoch {callback.stopped_epoch + 1}: {settings.patience} epochs without a better "
                    f"{settings.monitor}"
                )
        for limited in budget:
            if limited.ended is not None:
                screen.line(f"Ended: {limited.ended}")
        if not_a_number.stopped_at is not None:
            raise NonFiniteLossError(self._not_a_number(history, not_a_number.stopped_at, checkpoint))
        interrupted = bool(history.interrupted)
        learnt = not interrupted or bool(checkpoint.failed) or folder.best.is_file()
        if learnt:
            self._check_best(checkpoint)
        speed = checkpoint.steps_taken * settings.batch_size / seconds
        spent = budget[0].spent if budget else None
        return Ended(checkpoint, speed, waiting.share, interrupted, learnt, spent)

    def best(self, epoch: int | None) -> Best:
        """Return the best weights, of an epoch from 1 (0: of the first answer), as they are scored."""
        if self.transfer is not None:
            return self.transfer.best(epoch)
        return Best(self.settings, self.prepared, self.trained)

    def _plan(self) -> Plan:
        settings, photos = self.settings, self.prepared
        return Plan(
            str(self.folder.path), settings.model, settings.device, len(photos.class_names), len(photos.training),
            len(photos.validation), settings.epochs, settings.batch_size, self.seconds,
        )  # fmt: skip

    def _data(
        self, resume_from: Path | None, asked: Callable[[], type[TerminatedError] | None]
    ) -> tuple[Any, Any]:
        """Return what is trained and validated on; in a fine-tuning, features of the photos in the first stage."""
        stages, tuning, settings = self.stages, self.settings.finetuning, self.settings
        if self.transfer is not None and settings.epochs:
            self.transfer.legs.begin()  # the optimizer learns which weights there are
        if stages is None or tuning is None:
            return self.batches, self.validation
        model, epoch = self.trained.model, 0
        if resume_from is not None:
            state = read_state(resume_from)
            epoch = state.epoch
            model.module.load_state_dict(state.part("model"))
            stages.go_to(state.epoch, state.batch)
        else:
            stages.enter(0)  # before the optimizer learns which weights there are
        first = min(tuning.first_epochs, settings.epochs)
        here: Any = self.batches.batches if isinstance(self.batches, DeviceBatches) else self.batches
        parts = (here, self.validation) if epoch < first else ()
        found = []
        for batches, photos, views, side in zip(
            parts, (self.prepared.training, self.prepared.validation), (tuning.views, 0), ("training", "validation"),
            strict=False,
        ):  # fmt: skip
            with self.screen.progress(f"features of the {side} photos") as tell:

                def advance(done: int, total: int, tell: Advance = tell) -> None:
                    tell(done, total)
                    if (ending := asked()) is not None:
                        raise ending(
                            f"{ending.how} before the first step; `convolens resume {self.folder.path}` goes on."
                        )

                labels = task_of(settings).targets(photos.labels, int(model.output_shape[-1]))
                found.append(
                    features_of(stages.parts, batches, labels, len(self.prepared.class_names), views, advance)
                )
        training, validation = found or (None, None)
        return (
            StagedBatches(
                training, batches_for(self.batches, model.device).batches, lambda epoch: epoch < first
            ),
            StagedBatches(validation, self.validation, lambda epoch: model.part is not None),
        )

    def _early_stopping(self) -> list[EarlyStopping]:
        settings, tuning = self.settings, self.settings.finetuning
        if settings.patience is None:
            return []
        first = 0 if tuning is None or tuning.first_epochs >= settings.epochs else tuning.first_epochs
        return [
            EarlyStopping(
                settings.monitor,
                patience=settings.patience,
                mode=settings.monitor_mode,
                start_from_epoch=first,
            )
        ]

    def _budget(self) -> list[Budget]:
        settings = self.settings
        if settings.max_seconds is None and settings.max_operations is None:
            return []
        found = cost(self.trained.model, settings.input_shape, training=False, computed=True)
        return [
            Budget(
                settings.max_seconds or math.inf,
                settings.max_operations or math.inf,
                TRAINING_COSTS * found.multiply_accumulates,
                len(self.prepared.training),
                settings.batch_size,
            )
        ]

    def _progress(self) -> list[Callback]:
        return [] if self.screen.quiet else [ProgbarLogger(self.screen.console)]

    def _check_best(self, checkpoint: RunCheckpoint) -> None:
        """Raise where there is nothing to score."""
        folder, settings = self.folder, self.settings
        if folder.best.is_file():
            return
        if not checkpoint.failed:
            raise NonFiniteLossError(
                f"train: {settings.monitor} was not a finite number after any epoch, so none is the best; the last weights are "
                f"{folder.last}. Try a smaller --learning-rate (it was {settings.learning_rate:g})."
            )
        raise WriteError(
            f"train: not one checkpoint could be written into {folder.checkpoints}, so nothing of the training is kept; "
            "free some space, or give another --out."
        )

    def _not_a_number(self, history: Any, batch: int, checkpoint: RunCheckpoint) -> str:
        kept = (
            f"the weights of epoch {checkpoint.best_epoch} are kept in {checkpoint.folder.best}"
            if checkpoint.best_epoch is not None
            else "no epoch was finished before"
        )
        return (
            f"train: the loss became NaN or infinite in epoch {len(history.epoch) or 1}, batch {batch + 1}; {kept}. "
            f"Try a smaller --learning-rate (it was {self.settings.learning_rate:g})."
        )
