"""CallbackList: several callbacks as one; a hook costs nothing where nobody listens."""

from collections.abc import Callable, Iterable
from typing import Any

from convolens.callbacks.callback import Callback
from convolens.callbacks.history import History
from convolens.callbacks.progbar_logger import ProgbarLogger
from convolens.errors import ArgumentTypeError

_OLD_NAMES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


def _listeners(callbacks: list[Callback], hook: str) -> list[Callable[..., Any]]:
    found = []
    for callback in callbacks:
        for name in (hook, _OLD_NAMES.get(hook)):
            if (name is not None and getattr(type(callback), name, None) is not getattr(Callback, name)) or (
                name is not None and name in vars(callback)
            ):
                found.append(getattr(callback, name))
    return found


class CallbackList:
    """Passes each event on to every callback that overrides its hook, in order.

    Args:
        callbacks: callbacks, or None.
        add_history: begin with a `History` unless there is one.
        add_progbar: end with a `ProgbarLogger` unless there is one.
        model: given to each with `set_model`.
        params: given to each with `set_params` (Keras' words: epochs, steps, verbose, metrics).

    Raises:
        ArgumentTypeError: something that is not a callback.

    Example:
        >>> CallbackList([], add_history=True).history.epoch
        []
    """

    def __init__(
        self,
        callbacks: Iterable[Callback] | Callback | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        given = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or [])
        for callback in given:
            if not isinstance(callback, Callback):
                raise ArgumentTypeError(
                    f"callbacks: expected convolens.callbacks.Callback objects; received {type(callback).__name__}."
                )
        if add_progbar and not any(isinstance(callback, ProgbarLogger) for callback in given):
            given.insert(0, ProgbarLogger())
        if add_history and not any(isinstance(callback, History) for callback in given):
            given.insert(0, History())
        self.callbacks = given
        self._hooks: dict[str, list[Callable[..., Any]]] = {}
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    @property
    def history(self) -> History:
        """The `History` among the callbacks."""
        return next(callback for callback in self.callbacks if isinstance(callback, History))

    def set_model(self, model: Any) -> None:
        """Give every callback the model."""
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give every callback the parameters of the training."""
        for callback in self.callbacks:
            callback.set_params(params)

    def _emit(self, hook: str, *arguments: Any) -> None:
        if hook not in self._hooks:
            self._hooks[hook] = _listeners(self.callbacks, hook)
        for listener in self._hooks[hook]:
            listener(*arguments)

    def on_train_begin(self, logs: Any = None) -> None:
        self._emit("on_train_begin", logs)

    def on_train_end(self, logs: Any = None) -> None:
        self._emit("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._emit("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._emit("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._emit("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._emit("on_train_batch_end", batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        self._emit("on_test_begin", logs)

    def on_test_end(self, logs: Any = None) -> None:
        self._emit("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._emit("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._emit("on_test_batch_end", batch, logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._emit("on_predict_begin", logs)

    def on_predict_end(self, logs: Any = None) -> None:
        self._emit("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._emit("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._emit("on_predict_batch_end", batch, logs)
