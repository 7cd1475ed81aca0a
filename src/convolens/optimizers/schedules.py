"""Learning rates as pure functions of the step, counted from 0: a resumed run needs no state."""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, Self

from convolens.arguments import integer, look_up, number_in
from convolens.errors import ArgumentError, ArgumentTypeError

_INFINITY = float("inf")


class LearningRateSchedule:
    """The base of schedules: `schedule(step) -> float`; give one as an optimizer's `learning_rate`.

    A subclass defines `__call__` and keeps each constructor argument as an attribute of that name.
    """

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step (0 is the first)."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a schedule from `get_config()`, ours or that of Keras."""
        return cls(**config)


class OneCycle(LearningRateSchedule):
    """Rise to a large rate, then fall far below the start, both along half a cosine.

    Args:
        maximum: the largest rate, > 0, reached after `warmup_fraction` of the steps.
        total_steps: steps of the whole run (epochs times steps per epoch), >= 2.
        warmup_fraction: share of the steps that rise, in [0, 1).
        initial_divisor: the first rate is `maximum / initial_divisor`.
        final_divisor: the last rate is the first one divided by this; later steps keep it.
        name: a name of your own.

    Example:
        >>> schedule = OneCycle(maximum=0.1, total_steps=101)
        >>> [round(schedule(step), 4) for step in (0, 30, 65, 100)]
        [0.004, 0.1, 0.0492, 0.0]

    Source: Smith & Topin, "Super-Convergence", arXiv:1708.07120, in the two-phase cosine shape of
    `torch.optim.lr_scheduler.OneCycleLR`.
    """

    def __init__(
        self,
        maximum: float,
        total_steps: int,
        warmup_fraction: float = 0.3,
        initial_divisor: float = 25.0,
        final_divisor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        where = "OneCycle"
        self.maximum = number_in(where, "maximum", maximum, 0.0, _INFINITY, open_high=True)
        self.total_steps = integer(where, "total_steps", total_steps, 2)
        self.warmup_fraction = number_in(where, "warmup_fraction", warmup_fraction, 0.0, 1.0, open_high=True)
        self.initial_divisor = number_in(where, "initial_divisor", initial_divisor, 1.0, _INFINITY)
        self.final_divisor = number_in(where, "final_divisor", final_divisor, 1.0, _INFINITY)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        last = self.total_steps - 1
        position = min(max(step, 0), last)
        first = self.maximum / self.initial_divisor
        peak = self.warmup_fraction * self.total_steps - 1.0
        if position <= peak:
            return _along_cosine(first, self.maximum, position / peak if peak > 0 else 1.0)
        fraction = (position - peak) / (last - peak)
        return _along_cosine(self.maximum, first / self.final_divisor, fraction)


class CosineDecay(LearningRateSchedule):
    """Fall along half a cosine, after a linear warm-up if asked.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: steps of the fall, >= 1.
        alpha: the last rate as a fraction of the largest.
        name: a name of your own.
        warmup_target: rate at the end of the warm-up; None for no warm-up.
        warmup_steps: steps of the warm-up.

    Example:
        >>> CosineDecay(0.1, decay_steps=100)(50)
        0.05

    Source: Keras 3 `CosineDecay`; Loshchilov & Hutter, SGDR, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        where = "CosineDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.alpha = number_in(where, "alpha", alpha, 0.0, _INFINITY)
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = integer(where, "warmup_steps", warmup_steps, 0)

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        largest = self.initial_learning_rate
        if self.warmup_target is not None:
            largest = self.warmup_target
            if step < self.warmup_steps:
                rise = largest - self.initial_learning_rate
                return self.initial_learning_rate + rise * step / self.warmup_steps
            step -= self.warmup_steps
        fraction = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * fraction))
        return largest * ((1.0 - self.alpha) * cosine + self.alpha)


class ExponentialDecay(LearningRateSchedule):
    """Multiply the rate by `decay_rate` every `decay_steps` steps, smoothly or in stairs.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: >= 1.
        decay_rate: factor per `decay_steps`, >= 0.
        staircase: whether to change only at multiples of `decay_steps`.
        name: a name of your own.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
        0.025

    Source: Keras 3 `ExponentialDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        where = "ExponentialDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.decay_rate = number_in(where, "decay_rate", decay_rate, 0.0, _INFINITY)
        self.staircase = bool(staircase)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        times = step // self.decay_steps if self.staircase else step / self.decay_steps
        return float(self.initial_learning_rate * self.decay_rate**times)


class InverseTimeDecay(LearningRateSchedule):
    """Divide the rate by `1 + decay_rate * step / decay_steps`: the old optimizers' `decay`.

    Args:
        initial_learning_rate: rate of step 0, >= 0.
        decay_steps: >= 1; 1 gives the meaning of the old `decay=decay_rate`.
        decay_rate: >= 0.
        staircase: whether to change only at multiples of `decay_steps`.
        name: a name of your own.

    Example:
        >>> InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)(2)
        0.05

    Source: Keras 3 `InverseTimeDecay`.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        where = "InverseTimeDecay"
        self.initial_learning_rate = number_in(
            where, "initial_learning_rate", initial_learning_rate, 0.0, _INFINITY
        )
        self.decay_steps = integer(where, "decay_steps", decay_steps)
        self.decay_rate = number_in(where, "decay_rate", decay_rate, 0.0, _INFINITY)
        self.staircase = bool(staircase)
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        times = step // self.decay_steps if self.staircase else step / self.decay_steps
        return self.initial_learning_rate / (1.0 + self.decay_rate * times)


class PiecewiseConstantDecay(LearningRateSchedule):
    """Use `values[0]` up to and including step `boundaries[0]`, then `values[1]`, and so on.

    Args:
        boundaries: steps in increasing order.
        values: rates, one more than boundaries.
        name: a name of your own.

    Example:
        >>> schedule = PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001])
        >>> schedule(10), schedule(11), schedule(21)
        (0.1, 0.01, 0.001)

    Source: Keras 3 `PiecewiseConstantDecay`.
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ArgumentError(
                "PiecewiseConstantDecay: expected one value more than boundaries; received "
                f"{len(boundaries)} boundaries and {len(values)} values."
            )
        if list(boundaries) != sorted(boundaries):
            raise ArgumentError(
                "PiecewiseConstantDecay: boundaries must be in increasing order; "
                f"received {list(boundaries)}."
            )
        self.boundaries = list(boundaries)
        self.values = [
            number_in("PiecewiseConstantDecay", "values", value, 0.0, _INFINITY) for value in values
        ]
        self.name = name

    def __call__(self, step: int) -> float:
        """Return the learning rate of the given step."""
        return self.values[sum(step > boundary for boundary in self.boundaries)]


SCHEDULES: dict[str, type[LearningRateSchedule]] = {
    "OneCycle": OneCycle,
    "CosineDecay": CosineDecay,
    "ExponentialDecay": ExponentialDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay,
}


def of_step(schedule: Callable[..., Any]) -> Callable[[int], float]:
    """Return `schedule` as a function of the step; Keras also allows one without arguments."""
    if isinstance(schedule, LearningRateSchedule):
        return schedule
    try:
        inspect.signature(schedule).bind(0)
    except ValueError:  # a built-in that does not tell its arguments
        return schedule
    except TypeError:
        return lambda step: schedule()
    return schedule


def serialize(schedule: Any) -> dict[str, Any]:
    """Return a schedule as plain values, as Keras writes it.

    Raises:
        ArgumentError: it is not one of `SCHEDULES`, so it has no written form.
    """
    name = type(schedule).__name__
    if SCHEDULES.get(name) is not type(schedule):
        raise ArgumentError(
            f"get_config: the learning rate is a function of your own ({name}), which cannot be "
            f"written down; use one of {', '.join(SCHEDULES)}."
        )
    house = "convolens" if name == "OneCycle" else "keras"
    return {
        "module": f"{house}.optimizers.schedules",
        "class_name": name,
        "config": schedule.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any]) -> LearningRateSchedule:
    """Make a schedule from `serialize(...)`, ours or that of Keras.

    Raises:
        UnknownNameError: no schedule has this name.
    """
    if "class_name" not in config:
        raise ArgumentTypeError(
            f"schedules.deserialize: expected a dictionary with class_name; received {config!r}."
        )
    schedule_class = look_up("schedules", "schedule", str(config["class_name"]), SCHEDULES)
    return schedule_class.from_config(config.get("config", {}))


def _along_cosine(start: float, end: float, fraction: float) -> float:
    """Return the point at `fraction` of half a cosine from `start` to `end`."""
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * fraction))


__all__ = [
    "SCHEDULES",
    "CosineDecay",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "deserialize",
    "of_step",
    "serialize",
]
