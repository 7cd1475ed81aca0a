"""LambdaCallback: functions as a callback."""

from collections.abc import Callable
from typing import Any

from convolens.arguments import refuse_unknown
from convolens.callbacks.callback import Callback

HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Calls the given functions at the hooks of the same names, as in Keras.

    Args:
        hooks: `on_epoch_end=function(epoch, logs)`, `on_train_begin=function(logs)` and so on.

    Raises:
        ArgumentTypeError: a hook that does not exist; the nearest is offered.

    Example:
        >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch)).on_epoch_end(3, {})
        3
    """

    def __init__(self, **hooks: Callable[..., Any] | None) -> None:
        super().__init__()
        refuse_unknown("LambdaCallback", hooks, HOOKS)
        for name, function in hooks.items():
            if function is not None:
                setattr(self, name, function)
