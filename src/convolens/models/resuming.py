"""Resuming: the state of a training as callbacks see it, how fit goes on from one, and the best weights."""

import os
import warnings
from pathlib import Path
from typing import Any

from convolens.callbacks import CallbackList
from convolens.checkpoints.state import State, is_state, newest_state, read_state
from convolens.errors import CheckpointError, MissingFileError, NotBuiltError
from convolens.models.compilable import Compilable
from convolens.training import Progress, Stateful, Step, TrainingState
from convolens.training.state import differences


class Resuming(Compilable):
    """The part of `Model` that knows checkpoints.

    Attributes:
        state_parts: name -> anything with `state_dict` and `load_state_dict` that belongs to the training beside model,
            optimizer, data and callbacks; add to it before `fit`.
    """

    def collect_state(self, spare: State | None = None) -> State:
        """Return a copy of the whole training, for `checkpoints.state.write_state`; in `Callback.on_checkpoint`.

        Args:
            spare: an older state that nobody needs any more; its memory is used again.

        Raises:
            NotBuiltError: `fit` is not running, and never was.
        """
        if self.training_state is None:
            raise NotBuiltError(
                "collect_state: there is no training yet; call it in a callback's on_checkpoint."
            )
        return self.training_state.collect(spare)

    def _callbacks_of_fit(self) -> list[Any]:
        events: Any = self.training_state.parts["callbacks"] if self.training_state is not None else None
        return [] if events is None else list(events.callbacks)

    def load_best(self, monitor: str | None = None) -> Path:
        """Load the best weights of the last `fit` and return their file.

        They are those that a `ModelCheckpoint(save_best_only=True)` of it saved (a training command has its own).

        Args:
            monitor: which one's, where several watched different measures.

        Raises:
            MissingFileError: there is no such callback, or it saved none, or its file is gone.
        """
        keepers = [
            callback
            for callback in self._callbacks_of_fit()
            if hasattr(callback, "best_file") and monitor in (None, callback.monitor)
        ]
        found = [
            (callback.monitor, path) for callback in keepers if (path := callback.best_file()) is not None
        ]
        if not found:
            whose = "" if monitor is None else f" of {monitor!r}"
            raise MissingFileError(
                f"load_best: no best weights{whose} were saved in a fit of this model; give fit "
                "callbacks=[ModelCheckpoint(PATH, save_best_only=True)], or load a file by load_weights(PATH)."
            )
        if len({path for _, path in found}) > 1:
            raise CheckpointError(
                f"load_best: several were saved; say which by monitor=, one of {', '.join(name for name, _ in found)}."
            )
        path = found[0][1]
        if not path.is_file():
            raise MissingFileError(f"load_best: {path} is no longer there; was it moved?")
        self.load_weights(path)  # type: ignore[attr-defined]
        return path


def begin(
    model: Any, step: Step, sources: dict[str, Stateful | Any], events: CallbackList, progress: Progress
) -> TrainingState:
    """Return what the training is made of, and let the model know it."""
    parts: dict[str, Stateful] = {"model": model.module, "optimizer": model.optimizer, "callbacks": events}
    parts["precision"] = model.precision
    parts |= {name: source for name, source in sources.items() if hasattr(source, "state_dict")}
    model.training_state = TrainingState(parts | model.state_parts, progress, model.device, step)
    return model.training_state


def go_on(
    training: TrainingState, model: Any, events: CallbackList, resume_from: Any, exactly: bool
) -> dict[str, Any] | None:
    """Restore the state that was asked for, or that a callback has, and return what it is for `on_train_resume`.

    Where there is none, nothing is done, and None returned.

    Raises:
        MissingFileError: no such folder. CheckpointError: no whole state in it, one that does not fit, or one that was
            made under other circumstances.
    """
    place = Path(os.fspath(resume_from)) if resume_from is not None else None
    if place is None:
        offered = [found for callback in events.callbacks if (found := callback.resumes_from()) is not None]
        if not offered:
            return None
        place = offered[0]
    if is_state(place):
        state = read_state(place)
    else:
        place, state = newest_state(place, lambda line: warnings.warn(f"fit: {line}", stacklevel=4))
    others = differences(state, training.device)
    if others and exactly:
        raise CheckpointError(
            f"fit: the state {place} was made under other circumstances: {'; '.join(others)}. The result would not be the "
            "same to the bit: make them equal (torch.set_num_threads), or go on all the same by resume_exactly=False."
        )
    training.restore(state)
    best = {
        str(getattr(callback, "monitor", "")): value
        for callback in events.callbacks
        if (value := getattr(callback, "best", None)) is not None
    }
    return {
        "place": str(place),
        "epoch": state.epoch,
        "batch": state.batch,
        "step": state.step,
        "learning_rate": float(model.optimizer.learning_rate),
        "best": best,
    }
