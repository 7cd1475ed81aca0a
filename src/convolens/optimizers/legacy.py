"""The optimizers where Keras 2.11 and later keeps the earlier ones: the same classes, for all of them honour `decay`."""

from convolens.missing import answer_for
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.adadelta import Adadelta
from convolens.optimizers.rules.adagrad import Adagrad
from convolens.optimizers.rules.adam import Adam
from convolens.optimizers.rules.adamax import Adamax
from convolens.optimizers.rules.ftrl import Ftrl
from convolens.optimizers.rules.nadam import Nadam
from convolens.optimizers.rules.rmsprop import RMSprop
from convolens.optimizers.rules.sgd import SGD

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop"]

__getattr__ = answer_for("convolens.optimizers")  # by the names of today
