"""LambdaCallback: functions as a callback."""

from collections.abc import Callable
from typing import Any

from convolens.arguments import refuse_unknown
from convolens.callbacks.callback import Callback
from convolens.errors import ArgumentTypeError

Hook = Callable[..., Any] | None
HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Calls the given functions at the hooks of the same names, as in Keras.

    Args:
        on_epoch_begin, on_epoch_end: functions (epoch, logs).
        on_train_begin, on_train_end: functions (logs).
        on_train_batch_begin, on_train_batch_end: functions (batch, logs).
        hooks: the other hooks of `Callback`, such as `on_test_end=function(logs)`.

    Raises:
        ArgumentTypeError: a hook that does not exist (the nearest is offered), or that is no function.

    Example:
        >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch)).on_epoch_end(3, {})
        3
    """

    def __init__(
        self,
        on_epoch_begin: Hook = None,
        on_epoch_end: Hook = None,
        on_train_begin: Hook = None,
        on_train_end: Hook = None,
        on_train_batch_begin: Hook = None,
        on_train_batch_end: Hook = None,
        **hooks: Hook,
    ) -> None:
        super().__init__()
        refuse_unknown("LambdaCallback", hooks, HOOKS)
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in hooks.items():
            if function is None:
                continue
            if not callable(function):
                raise ArgumentTypeError(f"LambdaCallback: {name} must be a function; received {function!r}.")
            setattr(self, name, function)
