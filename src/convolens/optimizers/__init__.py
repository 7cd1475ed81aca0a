"""Optimizers with Keras' names, arguments and update rules, over torch's kernels.

Example:
    >>> from convolens import optimizers
    >>> optimizers.get("sgd").learning_rate
    0.01
"""

from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentTypeError
from convolens.missing import answer_for
from convolens.optimizers import schedules
from convolens.optimizers.adam import Adam
from convolens.optimizers.adamw import AdamW
from convolens.optimizers.optimizer import Optimizer
from convolens.optimizers.rmsprop import RMSprop
from convolens.optimizers.sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


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


__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
