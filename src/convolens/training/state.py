"""TrainingState: all that a training is made of, collected between two steps and put back, bit for bit."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch

from convolens.checkpoints.state import State, make_state
from convolens.errors import CheckpointError


class Stateful(Protocol):
    """A part of a training: modules, optimizers, callbacks, and whatever else is registered."""

    def state_dict(self) -> Any:
        """Return what has to be remembered: numbers, texts, tensors, arrays, lists and dicts of them."""

    def load_state_dict(self, state: Any) -> Any:
        """Go on from it."""


class RandomStates:
    """The process' generators: torch's (of every GPU too), NumPy's and Python's.

    Example:
        >>> states = RandomStates().state_dict()
        >>> first = random.random(), np.random.rand(), torch.rand(1).item()
        >>> RandomStates().load_state_dict(states)
        >>> first == (random.random(), np.random.rand(), torch.rand(1).item())
        True
    """

    def state_dict(self) -> dict[str, Any]:
        """Return copies of all states; nothing is drawn."""
        kind, keys, position, has_gauss, gauss = np.random.get_state()
        version, internal, gauss_next = random.getstate()
        gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
        return {
            "torch": torch.random.get_rng_state(),
            "cuda": gpus,
            "numpy": [kind, np.asarray(keys, np.int64), int(position), int(has_gauss), float(gauss)],
            "python": [version, np.asarray(internal, np.int64), gauss_next],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let every generator go on from where it was."""
        torch.random.set_rng_state(state["torch"])
        if torch.cuda.is_available():
            for number, gpu in enumerate(state["cuda"][: torch.cuda.device_count()]):
                torch.cuda.set_rng_state(gpu, number)
        kind, keys, position, has_gauss, gauss = state["numpy"]
        np.random.set_state((kind, np.asarray(keys, np.uint32), position, has_gauss, gauss))
        version, internal, gauss_next = state["python"]
        random.setstate((version, tuple(int(number) for number in internal), gauss_next))


@dataclass
class Progress:
    """How far a training is; the loop moves it.

    Attributes:
        epoch: finished epochs; the number of the one under way, from 0.
        batch: finished batches of the epoch under way; 0 between epochs.
        step: finished batches since the beginning.
        epochs: where it ends.
        stopped: whether a callback ended it.
        random: states of the generators to go on from, of a restored training until it goes on.
        random_at_epoch: those from before the first batch of the epoch under way.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    epochs: int = 1
    stopped: bool = False
    random: dict[str, Any] | None = None
    random_at_epoch: dict[str, Any] = field(default_factory=dict)


def environment(device: torch.device) -> dict[str, Any]:
    """Return what the last bits of a result depend on, beside program and data."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return {
        "threads": torch.get_num_threads(),
        "device": name,
        "processor": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
    }


def differences(state: State, device: torch.device) -> list[str]:
    """Return in words what is other here than where a state was made, and may change the last bits."""
    return [
        f"{word} {state.environment.get(word)!r} there, {here!r} here"
        for word, here in environment(device).items()
        if state.environment.get(word) != here
    ]


class TrainingState:
    """The parts of a training by name, and how far it is.

    Args:
        parts: name -> anything with `state_dict` and `load_state_dict`; add to it what else has to be remembered
            (averaged weights, a gradient scaler): the form on disk stays the same.
        progress: moved by the loop.
        device: where the training runs.
        measures: the sums of the epoch; kept within an epoch only.
    """

    def __init__(
        self, parts: dict[str, Stateful], progress: Progress, device: torch.device, measures: Stateful
    ) -> None:
        self.parts, self.progress, self.device, self.measures = parts, progress, device, measures

    def collect(self, spare: State | None = None) -> State:
        """Return copies of everything, in main memory; writing them is `checkpoints.state.write_state`.

        Args:
            spare: an older state that nobody needs any more; its memory is used again.

        Raises:
            ArgumentTypeError: a part's state holds what no checkpoint can.
        """
        # `make_state` copies: of an optimizer, whose state_dict is a copy already, that would be the second one.
        parts = {name: getattr(part, "live_state", part.state_dict)() for name, part in self.parts.items()}
        parts["random"] = RandomStates().state_dict()
        progress = self.progress
        if progress.batch:  # between epochs they begin anew
            parts["measures"] = self.measures.state_dict()
            parts["random_at_epoch"] = progress.random_at_epoch
        return make_state(
            parts, epoch=progress.epoch, batch=progress.batch, step=progress.step, epochs=progress.epochs,
            stopped=progress.stopped, environment=environment(self.device), spare=spare,
        )  # fmt: skip

    def forget(self, names: Iterable[str]) -> None:
        """Let go of parts, such as data that are large and no longer needed."""
        for name in names:
            self.parts.pop(name, None)

    def restore(self, state: State) -> None:
        """Put everything back; the generators follow when the loop goes on.

        Where more epochs are asked for than the state knew of, a training that a callback had stopped goes on.

        Raises:
            CheckpointError: a part is missing, or of another network or optimizer.
        """
        progress = self.progress
        parts = dict(self.parts)
        if state.batch:
            parts["measures"] = self.measures
            progress.random_at_epoch = state.part("random_at_epoch")
        for name, part in parts.items():
            kept = state.part(name)
            try:
                part.load_state_dict(kept)
            except (RuntimeError, LookupError, TypeError, AttributeError, ValueError) as error:
                if isinstance(error, CheckpointError):
                    raise
                reason = " ".join(str(error).split())
                raise CheckpointError(
                    f"{state.name}: {name} does not fit this training ({reason}); give the model, the optimizer and the "
                    "callbacks that it was made with."
                ) from error
        progress.epoch, progress.batch, progress.step = state.epoch, state.batch, state.step
        progress.stopped = state.stopped and progress.epochs <= state.epochs
        progress.random = state.part("random")
