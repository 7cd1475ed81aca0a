"""Optimizers with Keras' names, arguments and update rules, over torch's kernels.

Example:
    >>> from convolens import optimizers
    >>> optimizers.get("sgd").learning_rate
    0.01
"""

from typing import Any

from convolens.arguments import look_up
from convolens.custom_objects import deserializer
from convolens.errors import ArgumentTypeError
from convolens.missing import answer_for
from convolens.optimizers import legacy, schedules
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rules.adadelta import Adadelta
from convolens.optimizers.rules.adagrad import Adagrad
from convolens.optimizers.rules.adam import Adam
from convolens.optimizers.rules.adamax import Adamax
from convolens.optimizers.rules.adamw import AdamW
from convolens.optimizers.rules.ftrl import Ftrl
from convolens.optimizers.rules.lamb import Lamb
from convolens.optimizers.rules.lion import Lion
from convolens.optimizers.rules.nadam import Nadam
from convolens.optimizers.rules.rmsprop import RMSprop
from convolens.optimizers.rules.sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adamax": Adamax,
    "ftrl": Ftrl,
    "lamb": Lamb,
    "lion": Lion,
    "nadam": Nadam,
}

experimental = legacy  # where TensorFlow 2.9 and 2.10 kept the later ones

# Keras 1 and 2 had the classes under these names too.
sgd, rmsprop, adam, adadelta, adagrad, adamax, nadam = SGD, RMSprop, Adam, Adadelta, Adagrad, Adamax, Nadam


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, class, config or optimizer stands for, as `compile` does.

    Args:
        identifier: a name in any case ("sgd", "RMSprop"), an `Optimizer` or its class, or
            `{"class_name": ..., "config": {...}}`, also as Keras writes it.

    Raises:
        UnknownNameError: no optimizer has this name; the nearest is offered.
        ArgumentTypeError: `identifier` is nothing of the above (a `torch.optim` optimizer, say).

    Example:
        >>> get("AdamW").weight_decay
        0.004
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str):
        return look_up("compile", "optimizer", identifier.casefold(), OPTIMIZERS).from_config({})
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier.from_config({})
    if isinstance(identifier, dict) and "class_name" in identifier:
        name = str(identifier["class_name"]).casefold()
        optimizer_class = look_up("optimizers.get", "optimizer", name, OPTIMIZERS)
        return optimizer_class.from_config(identifier.get("config", {}))
    raise ArgumentTypeError(
        f"compile: optimizer must be a name ({', '.join(OPTIMIZERS)}) or an object of "
        f"convolens.optimizers; received {type(identifier).__module__}."
        f"{type(identifier).__qualname__}."
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer as plain values, as Keras writes it.

    Args:
        optimizer: one of this module.
    """
    return {
        "module": "keras.optimizers",
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "registered_name": None,
    }


deserialize = deserializer(get)


__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "legacy",
    "schedules",
    "serialize",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
