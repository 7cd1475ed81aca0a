"""Session: the training itself, from the beginning or from a state, to the report."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from convolens.augmentation import AugmentedBatches
from convolens.callbacks import Callback, EarlyStopping, ProgbarLogger, TerminateOnNaN
from convolens.checkpoints.state import list_states, newest_state
from convolens.errors import CheckpointError, NonFiniteLossError, WriteError
from convolens.runs.checkpointing import RunCheckpoint, When
from convolens.runs.ending import asked_to_end
from convolens.runs.folder import RunFolder
from convolens.runs.history_file import HistoryFile
from convolens.runs.model_file import TrainedModel
from convolens.runs.options import Settings
from convolens.runs.prepare import Prepared
from convolens.runs.results import Outcome, finish
from convolens.runs.screen import Screen
from convolens.training.state import differences


@dataclass(frozen=True)
class TrainResult:
    """What a training gave.

    Attributes:
        folder: of the run.
        outcome: measures of the best epoch; None where not one epoch was finished.
        interrupted: whether Ctrl-C ended it early.
    """

    folder: RunFolder
    outcome: Outcome | None
    interrupted: bool


@dataclass(frozen=True)
class Session:
    """A run that is ready to be trained.

    Args:
        folder: of the run; its lock is held.
        settings, prepared: of the run.
        trained: the compiled model, with its first weights.
        batches, validation: the photos of both sides.
        screen: where lines go.
    """

    folder: RunFolder
    settings: Settings
    prepared: Prepared
    trained: TrainedModel
    batches: AugmentedBatches
    validation: AugmentedBatches
    screen: Screen

    def run(self, go_on: bool = False, anyway: bool = False) -> TrainResult:
        """Train to the last epoch and write the report.

        Args:
            go_on: from the newest whole state; damaged ones are told of.
            anyway: also where threads, device or versions are others.

        Raises:
            CheckpointError: there are states, and none that can be gone on from.
            NonFiniteLossError: the loss became NaN. WriteError: no checkpoint could be written.
            TerminatedError: SIGTERM came.
        """
        folder, settings, screen, model = self.folder, self.settings, self.screen, self.trained.model
        place = self._state(anyway) if go_on else None
        screen.heading(f"Training into {folder.path}")
        not_a_number, callbacks = TerminateOnNaN(), [HistoryFile(folder.history, screen.warn)]
        with asked_to_end() as asked:
            when = When(settings.checkpoint_steps, settings.checkpoint_minutes, settings.keep)
            checkpoint = RunCheckpoint(
                folder, settings.monitor, settings.monitor_mode, screen.warn, when, asked
            )
            early = self._early_stopping()
            began = time.perf_counter()
            history = model.fit(
                self.batches,
                epochs=settings.epochs,
                validation_data=self.validation,
                callbacks=[*callbacks, checkpoint, *early, not_a_number, *self._progress()],
                verbose=0 if screen.quiet else 1,
                seed=settings.seed,
                resume_from=place,
                resume_exactly=False,  # looked at in _state
            )
        seconds = time.perf_counter() - began
        for callback in early:
            if callback.stopped_epoch:
                screen.line(
                    f"Ended after epoch {callback.stopped_epoch + 1}: {settings.patience} epochs without a better "
                    f"{settings.monitor}"
                )
        if not_a_number.stopped_at is not None:
            raise NonFiniteLossError(self._not_a_number(history, not_a_number.stopped_at, checkpoint))
        if history.interrupted and not checkpoint.failed and not folder.best.is_file():
            screen.result("Interrupted before anything was learnt; the run folder holds no weights.")
            return TrainResult(folder, None, interrupted=True)
        self._check_best(checkpoint)
        steps = checkpoint.steps_taken
        speed = steps * self.batches.batch_size / seconds
        outcome = finish(folder, settings, self.prepared, self.trained, checkpoint, speed, screen)
        return TrainResult(folder, outcome, bool(history.interrupted))

    def _early_stopping(self) -> list[EarlyStopping]:
        settings = self.settings
        if settings.patience is None:
            return []
        return [EarlyStopping(settings.monitor, patience=settings.patience, mode=settings.monitor_mode)]

    def _progress(self) -> list[Callback]:
        return [] if self.screen.quiet else [ProgbarLogger(self.screen.console)]

    def _state(self, anyway: bool) -> Path | None:
        """Return the newest whole state's folder, under the circumstances it was made in; None where none was written yet."""
        folder, screen = self.folder, self.screen
        if not list_states(folder.checkpoints):
            screen.line("No state was written yet: the training begins at its beginning.")
            return None
        place, state = newest_state(folder.checkpoints, screen.warn)
        threads = state.environment.get("threads")
        if self.settings.threads is None and isinstance(threads, int) and threads > 0:
            if threads != torch.get_num_threads():
                screen.line(f"{threads} threads, as before")
            torch.set_num_threads(threads)
        others = differences(state, self.trained.model.device)
        if others and not anyway:
            raise CheckpointError(
                f"{place} was made under other circumstances: {'; '.join(others)}. The end would not be the same to the bit; "
                "make them equal, or go on all the same by --anyway."
            )
        if others:
            screen.warn(f"The end will not be the same to the bit: {'; '.join(others)}.")
        if state.epoch >= self.settings.epochs or (state.stopped and state.epochs >= self.settings.epochs):
            screen.line(
                f"All {state.epoch} epochs are done; `convolens resume {folder.path} --epochs N` adds more."
            )
        return place

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
