"""Events: what a long job tells while it is at work, each a few plain values that a program can listen to."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that a job tells; `event` is its name."""

    event: ClassVar[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the event for JSON, its name first; NaN and infinity, which JSON does not know, are None.

        Example:
            >>> Failed("no photos", status=2).as_dict()
            {'event': 'failed', 'message': 'no photos', 'status': 2}
        """
        return {"event": self.event, **_finite(asdict(self))}


Listener = Callable[[Event], None]


@dataclass(frozen=True)
class FirstAnswer(Event):
    """A learnt network has answered, before anything is trained.

    Attributes:
        seconds: since the job began.
        accuracy: on the validation photos, in [0, 1].
        accuracy_of: what that is a share of, in words.
        folds, photos, mean, spread: of the cross-validation: how many folds of how many photos, and the mean and standard deviation
            of their accuracies; None where there is none.
    """

    event: ClassVar[str] = "first_answer"
    seconds: float
    accuracy: float
    accuracy_of: str
    folds: int | None = None
    photos: int | None = None
    mean: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Measurement(Event):
    """How fast a training will be, measured on a few steps of a copy.

    Attributes:
        images_per_second: of the training steps.
        seconds_per_epoch: with validation.
        seconds: of the whole training, about.
        device, threads: on which it was measured.
    """

    event: ClassVar[str] = "measurement"
    images_per_second: float
    seconds_per_epoch: float
    seconds: float
    device: str
    threads: int


@dataclass(frozen=True)
class Plan(Event):
    """A training begins, or goes on.

    Attributes:
        run: its folder.
        model, device: the network, and what computes it.
        classes: how many there are.
        training, validation: photos on both sides.
        epochs: the number of the last one; 0 where nothing is trained behind a first answer.
        batch_size: photos a step.
        seconds: of each part of the training, about; empty where nothing was measured.
    """

    event: ClassVar[str] = "plan"
    run: str
    model: str
    device: str
    classes: int
    training: int
    validation: int
    epochs: int
    batch_size: int
    seconds: dict[str, float]


@dataclass(frozen=True)
class Progress(Event):
    """How far a piece of work is that is no epoch: reading photos, computing features, scoring.

    Attributes:
        title: of the work.
        done: how much is done.
        total: of how much.
    """

    event: ClassVar[str] = "progress"
    title: str
    done: int
    total: int


@dataclass(frozen=True)
class Epoch(Event):
    """An epoch has ended.

    Attributes:
        number: from 1.
        epochs: the number of the last one.
        measures: loss, accuracy, val_loss ...
        seconds: of the epoch in this process, with validation.
        images_per_second: in these seconds.
        best: whether its weights are the best so far.
    """

    event: ClassVar[str] = "epoch"
    number: int
    epochs: int
    measures: dict[str, float]
    seconds: float
    images_per_second: float
    best: bool


@dataclass(frozen=True)
class Finding(Event):
    """A thing that the run shows; attributes as in `runs.report.findings.Finding`."""

    event: ClassVar[str] = "finding"
    title: str
    evidence: str
    next_step: str
    severity: str


@dataclass(frozen=True)
class Done(Event):
    """The last event of a job that ended as it should, or early by Ctrl-C.

    Attributes:
        run: its folder.
        interrupted: whether Ctrl-C ended it.
        result: what `--json` prints of it; None where nothing was learnt.
    """

    event: ClassVar[str] = "done"
    run: str
    interrupted: bool
    result: Mapping[str, Any] | None


@dataclass(frozen=True)
class Failed(Event):
    """The last event of a job that did not end as it should.

    Attributes:
        message: in one line.
        status: the exit status of the command.
    """

    event: ClassVar[str] = "failed"
    message: str
    status: int


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
