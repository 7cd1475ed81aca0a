"""What optimizers were told in Keras' old words: `lr` and `decay`."""

import warnings
from typing import Any

from convolens.errors import ArgumentError


def learning_rate_of(cls: type, learning_rate: Any, options: dict[str, Any]) -> Any:
    """Return the learning rate, which `lr` in `options` says too, and take the old words out of them; for constructors.

    Raises:
        ArgumentError: a `decay` that is not zero.
    """
    if "lr" in options:
        constructors = sum("__init__" in vars(base) for base in cls.__mro__)  # object's among them
        warnings.warn(
            f"{cls.__name__}: `lr` is deprecated; write `learning_rate={options['lr']!r}`.",
            UserWarning,
            stacklevel=constructors + 1,  # the caller of the outermost of them
        )
        learning_rate = options.pop("lr")
    if options.pop("decay", None):
        raise ArgumentError(
            f"{cls.__name__}: decay is not supported, as in Keras 3; expected a schedule: "
            "learning_rate=schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=decay)."
        )
    return learning_rate
