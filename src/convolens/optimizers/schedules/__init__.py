"""Learning rates as pure functions of the step, counted from 0: a resumed run needs no state."""

from convolens.custom_objects import deserializer
from convolens.missing import answer_for
from convolens.optimizers.schedules.cosine_decay import CosineDecay
from convolens.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from convolens.optimizers.schedules.descriptions import SCHEDULES, serialize
from convolens.optimizers.schedules.descriptions import deserialize as _described
from convolens.optimizers.schedules.exponential_decay import ExponentialDecay
from convolens.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from convolens.optimizers.schedules.one_cycle import OneCycle
from convolens.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from convolens.optimizers.schedules.polynomial_decay import PolynomialDecay
from convolens.optimizers.schedules.schedule import LearningRateSchedule, of_step
from convolens.optimizers.schedules.sequential_schedule import SequentialSchedule

deserialize = deserializer(_described)

__all__ = [
    "SCHEDULES",
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "SequentialSchedule",
    "deserialize",
    "of_step",
    "serialize",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
