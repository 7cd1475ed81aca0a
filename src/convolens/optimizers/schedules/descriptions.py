"""Schedules as plain values, as Keras writes them, and the way back."""

from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.optimizers.schedules.cosine_decay import CosineDecay
from convolens.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from convolens.optimizers.schedules.exponential_decay import ExponentialDecay
from convolens.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from convolens.optimizers.schedules.one_cycle import OneCycle
from convolens.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from convolens.optimizers.schedules.polynomial_decay import PolynomialDecay
from convolens.optimizers.schedules.schedule import LearningRateSchedule
from convolens.optimizers.schedules.sequential_schedule import SequentialSchedule

SCHEDULES: dict[str, type[LearningRateSchedule]] = {
    "OneCycle": OneCycle,
    "CosineDecay": CosineDecay,
    "CosineDecayRestarts": CosineDecayRestarts,
    "ExponentialDecay": ExponentialDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay,
    "PolynomialDecay": PolynomialDecay,
    "SequentialSchedule": SequentialSchedule,
}
_OWN = ("OneCycle", "SequentialSchedule")  # that Keras does not have


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
    house = "convolens" if name in _OWN else "keras"
    return {
        "module": f"{house}.optimizers.schedules",
        "class_name": name,
        "config": {word: _plain(value) for word, value in schedule.get_config().items()},
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
    given = config.get("config", {})
    return schedule_class.from_config({word: _made(value) for word, value in given.items()})


def _plain(value: Any) -> Any:
    """Return an argument of a schedule, which may be made of schedules, as plain values."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return serialize(value) if callable(value) else value


def _made(value: Any) -> Any:
    """Return the argument that `_plain` wrote."""
    if isinstance(value, list):
        return [_made(item) for item in value]
    return deserialize(value) if isinstance(value, dict) else value
