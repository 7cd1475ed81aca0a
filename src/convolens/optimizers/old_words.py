"""What optimizers were told in Keras' old words: `lr` and `decay`."""

import warnings
from typing import Any


def learning_rate_of(cls: type, learning_rate: Any, options: dict[str, Any]) -> Any:
    """Return the learning rate, which `lr` in `options` says too, and take that out of them; for constructors."""
    if "lr" not in options:
        return learning_rate
    constructors = sum("__init__" in vars(base) for base in cls.__mro__)  # object's among them
    warnings.warn(
        f"{cls.__name__}: `lr` is deprecated; write `learning_rate={options['lr']!r}`.",
        UserWarning,
        stacklevel=constructors + 1,  # the caller of the outermost of them
    )
    return options.pop("lr")
