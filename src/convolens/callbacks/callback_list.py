"""CallbackList: several callbacks as one; a hook costs nothing where nobody listens."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from convolens.callbacks.callback import Callback
from convolens.callbacks.history import History
from convolens.callbacks.older.names import NamedLogs
from convolens.callbacks.progbar_logger import ProgbarLogger
from convolens.errors import ArgumentError, ArgumentTypeError

# Hooks that by default call another one: heard where either is overridden.
_CALLED_BY = {
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
    "on_epoch_resume": "on_epoch_begin",
}


def _overrides(callback: Callback, hook: str) -> bool:
    return hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)


def _listeners(callbacks: list[Callback], hook: str) -> list[Callable[..., Any]]:
    """Return the hook of each callback that overrides it, or the one that it calls."""
    names = [hook, _CALLED_BY[hook]] if hook in _CALLED_BY else [hook]
    return [
        getattr(callback, hook) for callback in callbacks if any(_overrides(callback, name) for name in names)
    ]


def _of_the_user(callback: Callback) -> bool:
    """Return whether we cannot know what the callback adds to an epoch's logs."""
    written_here = type(callback).__module__.partition(".")[0] == "convolens"
    return "on_epoch_end" in vars(callback) or (not written_here and _overrides(callback, "on_epoch_end"))


def _flat(callbacks: Any) -> list[Any]:
    if isinstance(callbacks, CallbackList):
        return callbacks.callbacks
    if isinstance(callbacks, Iterable) and not isinstance(callbacks, (type, str)):
        return list(callbacks)
    return [] if callbacks is None else [callbacks]


def _check(callback: Any) -> Callback:
    if isinstance(callback, Callback) and not isinstance(callback, CallbackList):
        return callback
    if isinstance(callback, type):
        name = callback.__name__
        given = f"the class {name}; write {name}(...)"
    else:
        given = f"{type(callback).__module__}.{type(callback).__name__}"
    raise ArgumentTypeError(
        f"callbacks: expected convolens.callbacks.Callback objects, alone or in a list; received {given}."
    )


class CallbackList(Callback):
    """Passes each event on to every callback that overrides its hook, in order.

    `History` and then `ProgbarLogger` come last, as in Keras: they see what others add to an epoch's logs, such
    as the "learning_rate" of LearningRateScheduler and ReduceLROnPlateau.

    Those that only write hear nothing where the model is not the writer's.

    Args:
        callbacks: a list of callbacks, one, another CallbackList, or None.
        add_history: end with a `History` unless there is one.
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
        super().__init__()
        self.callbacks: list[Callback] = [_check(callback) for callback in _flat(callbacks)]
        if add_history and not any(isinstance(callback, History) for callback in self.callbacks):
            self.callbacks.append(History())
        if add_progbar and not any(isinstance(callback, ProgbarLogger) for callback in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        self._hooks: dict[str, list[Callable[..., Any]]] = {}
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    @property
    def history(self) -> History:
        """The `History` among the callbacks.

        Raises:
            ArgumentError: there is none.
        """
        for callback in self.callbacks:
            if isinstance(callback, History):
                return callback
        raise ArgumentError("CallbackList: there is no History among the callbacks; give add_history=True.")

    def _named(self) -> dict[str, Callback]:
        """Return the callbacks by class name; a second of a class is "NAME-2"."""
        named: dict[str, Callback] = {}
        for callback in self.callbacks:
            name, number = type(callback).__name__, 1
            while (title := name if number == 1 else f"{name}-{number}") in named:
                number += 1
            named[title] = callback
        return named

    def state_dict(self) -> dict[str, dict[str, Any]]:
        """Return the states of those that have one, by name.

        Example:
            >>> CallbackList([], add_history=True).state_dict()
            {'History': {'history': {}, 'epoch': []}}
        """
        states = {name: callback.state_dict() for name, callback in self._named().items()}
        return {name: state for name, state in states.items() if state}

    def load_state_dict(self, states: dict[str, dict[str, Any]]) -> None:
        """Give each its state; a callback that is new begins anew, one that is gone is told of."""
        named = self._named()
        for name, state in states.items():
            if name in named:
                named[name].load_state_dict(state)
            else:
                warnings.warn(
                    f"callbacks: the state holds one of {name}, which is not among the callbacks now; give it again to "
                    "go on as before.",
                    stacklevel=5,
                )

    def set_model(self, model: Any) -> None:
        """Give every callback the model."""
        super().set_model(model)
        for callback in self.callbacks:
            callback.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give every callback the parameters of the training; "metrics" as it is when the logs reach it."""
        super().set_params(params)
        names, unnamed = list(params.get("metrics") or []), False
        for callback in self.callbacks:
            if "metrics" in params:
                callback.set_params({**params, "metrics": list(names), "unnamed": unnamed})
            else:
                callback.set_params(params)
            names += [name for name in callback.reports if name not in names]
            unnamed = unnamed or _of_the_user(callback)

    def _emit(self, hook: str, *arguments: Any) -> None:
        if hook not in self._hooks:
            heard = [callback for callback in self.callbacks if self.is_writer or not callback.only_writes]
            self._hooks[hook] = _listeners(heard, hook)
        for listener in self._hooks[hook]:
            listener(*arguments)

    def on_train_begin(self, logs: Any = None) -> None:
        self._emit("on_train_begin", logs)

    def on_train_end(self, logs: Any = None) -> None:
        self._emit("on_train_end", logs)

    def on_train_abort(self) -> None:
        self._emit("on_train_abort")

    def on_train_resume(self, logs: Any = None) -> None:
        self._emit("on_train_resume", logs)

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        self._emit("on_checkpoint", epoch, batch)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._emit("on_epoch_begin", epoch, logs)

    def on_epoch_resume(self, epoch: int, batch: int) -> None:
        self._emit("on_epoch_resume", epoch, batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        named = NamedLogs(logs or {})
        self._emit("on_epoch_end", epoch, named)
        if isinstance(logs, dict):
            logs.update(named)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._emit("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._emit("on_train_batch_end", batch, logs)

    on_batch_begin, on_batch_end = on_train_batch_begin, on_train_batch_end

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
