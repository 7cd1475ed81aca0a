"""Mode: whether a network trains or infers, asked for by each thread for itself; nothing of it stays on the network.

Our own layers look at what their thread asked for, so that predictions from several threads, beside a training, do not see each
other. Modules of others read their own flag (`torch.nn.Module.training`): it is set as long as they run, one thread after the other.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
from torch.nn.modules.batchnorm import _NormBase

_NOTHING: Mapping[int, bool] = MappingProxyType({})
_asked: ContextVar[Mapping[int, bool]] = ContextVar("asked", default=_NOTHING)  # by the module's id
_INNERMOST = 0  # no module's id: what was asked for last
_flags_in_use = threading.RLock()


class Modal:
    """Before `torch.nn.Module` among a class's bases: its `training` is what the thread asked for by `mode`, else its own flag.

    Example:
        >>> from convolens.layers import Dropout
        >>> layer = Dropout(0.5)
        >>> with mode(layer, training=False):
        ...     layer.training
        False
        >>> layer.training
        True
    """

    @property
    def training(self) -> bool:
        """Whether it trains. Setting it, as `train` and `eval` do, sets the flag."""
        return _asked.get().get(id(self), self.__dict__["training"])

    @training.setter
    def training(self, value: bool) -> None:
        self.__dict__["training"] = value


def asked(module: torch.nn.Module | None = None) -> bool | None:
    """Return the mode that this thread asked of a module, else (or of None) of the module whose run this is; None where nothing runs.

    Example:
        >>> asked(torch.nn.Identity()) is None
        True
    """
    wanted = _asked.get()
    return wanted.get(id(module), wanted.get(_INNERMOST))


@contextmanager
def mode(module: torch.nn.Module, training: bool, acting: Iterable[torch.nn.Module] = ()) -> Iterator[None]:
    """Let this thread run a module in training or inference mode as long as the block runs: a step, not an epoch.

    Args:
        module: all of its parts are meant. While some of them read their own flags, no other thread runs a network with such parts.
        training: True for training mode; normalisation of torch's that is frozen stays in inference mode.
        acting: parts of ours that are in training mode whatever the others are in.
    """
    parts = list(module.modules())
    wanted = {**dict.fromkeys(map(id, parts), training), **dict.fromkeys(map(id, acting), True)}
    token = _asked.set({**_asked.get(), **wanted, _INNERMOST: training})
    try:
        kinds: set[Any] = {type(part) for part in parts}
        if any(map(_reads_flag, kinds)):
            with _flags_in_use, _flags(parts, training):
                yield
        else:
            yield
    finally:
        _asked.reset(token)


def set_mode(module: torch.nn.Module, training: bool) -> None:
    """Put a module's flags into training or inference mode, for all threads; normalisation that is frozen stays in inference mode.

    Args:
        module: any torch module.
        training: True for training mode.
    """
    module.train(training)
    if training:
        for part in module.modules():
            if isinstance(part, _NormBase) and not getattr(part, "trainable", True):
                part.eval()


@contextmanager
def _flags(parts: list[torch.nn.Module], training: bool) -> Iterator[None]:
    """Set the flags of a module, the first of its parts, and put each back as it was."""
    before = [
        (part, part.__dict__["training"] if isinstance(part, Modal) else part.training) for part in parts
    ]
    set_mode(parts[0], training)
    try:
        yield
    finally:
        for part, flag in before:
            part.training = flag


@cache
def _reads_flag(kind: type[torch.nn.Module]) -> bool:
    """Return whether modules of a class may look at their own flag: all but ours, and those of torch that do not."""
    if issubclass(kind, Modal):
        return False
    if not kind.__module__.startswith("torch.nn.modules."):
        return True
    own = [
        vars(base)
        for base in kind.__mro__
        if issubclass(base, torch.nn.Module) and base is not torch.nn.Module
    ]
    functions = [function for names in own for function in names.values() if hasattr(function, "__code__")]
    return any("training" in function.__code__.co_names for function in functions)
