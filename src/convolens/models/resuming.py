"""How fit goes on from the state of a training, and where the best weights of one are."""

import os
import warnings
from pathlib import Path
from typing import Any

from convolens.callbacks import CallbackList
from convolens.checkpoints.state import is_state, newest_state, read_state
from convolens.errors import CheckpointError, MissingFileError
from convolens.training import Progress, Stateful, Step, TrainingState
from convolens.training.state import differences


def best_file(training: TrainingState | None, monitor: str | None = None) -> Path:
    """Return the file of the best weights that a callback of a training saved; see `Model.load_best`.

    Args:
        training: what `fit` made; None where there was none.
        monitor: which measure's, where several were watched.

    Raises:
        MissingFileError: there is no such callback, or it saved none, or its file is gone. CheckpointError: several were saved.
    """
    events: Any = training.parts["callbacks"] if training is not None else None
    keepers = [
        callback
        for callback in (events.callbacks if events is not None else [])
        if hasattr(callback, "best_file") and monitor in (None, callback.monitor)
    ]
    found = [(callback.monitor, path) for callback in keepers if (path := callback.best_file()) is not None]
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
    best: Path = found[0][1]
    if not best.is_file():
        raise MissingFileError(f"load_best: {best} is no longer there; was it moved?")
    return best


def begin(
    model: Any, step: Step, sources: dict[str, Stateful | Any], events: CallbackList, progress: Progress
) -> TrainingState:
    """Return what the training is made of, and let the model know it."""
    optimizer = {} if model.optimizer is None else {"optimizer": model.optimizer}
    parts: dict[str, Stateful] = {"model": model.module, **optimizer}
    parts |= {"callbacks": events, "precision": model.precision}
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
