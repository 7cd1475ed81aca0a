"""What a layer of the user's own defines, `build` and `call`, fitted to what ours define, `build` and `forward`.

In `call` the tensors are `Tensor`s in Keras' order; `forward` is given torch's, as everywhere within a network.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from convolens.layers.axes import inside_tensors, surface_tensors
from convolens.layers.calls.keras_1 import takes_old_words
from convolens.layers.calls.symbols import is_shape


def run_call(self: Any, *arguments: Any, **keywords: Any) -> Any:
    """Run the user's `call`: the `forward` of a class that defines one; arguments and results are torch's tensors.

    Args:
        arguments, keywords: of `call`, but `training`, which is that of the run, and `mask`, which is None.
    """
    names = call_names(type(self)) or ()
    if "training" in names:
        keywords.setdefault("training", self.training)
    if "mask" in names:
        keywords.setdefault("mask", None)
    result = self.call(*surface_tensors(arguments), **surface_tensors(keywords))
    return inside_tensors(result)


def call_names(cls: Any) -> tuple[str, ...] | None:
    """Return the arguments of the `call` that a class's `forward` runs; None for a class of ours, whose `forward` is its own."""
    if getattr(cls, "forward", None) is not run_call:
        return None
    return _arguments(cls.call)


@functools.cache
def _arguments(function: Any) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)[1:]


def forward_of(cls: type) -> Callable[..., Any]:
    """Return the `forward` that a class has of us, below any `call` of the user's own."""
    own = (vars(base).get("forward") for base in cls.__mro__)
    return next(forward for forward in own if forward is not None and forward is not run_call)


def adopt(cls: Any) -> None:
    """Let a class that defines `call` be run by it, one that defines `build` be built once, and ours take Keras 1's words.

    A call by hand that says nothing of training infers, unless `call` says training=True itself.
    """
    names = vars(cls)
    if "__init__" in names and cls.__module__.startswith("convolens."):
        cls.__init__ = takes_old_words(names["__init__"])
    if "call" in names and "forward" not in names:
        cls.forward = run_call
        training = inspect.signature(names["call"]).parameters.get("training")
        if training is not None and isinstance(training.default, bool):
            cls.acts_unasked = training.default
    if "build" in names:
        cls.build = once(names["build"])


def once(build: Callable[..., None]) -> Callable[..., None]:
    """Return a layer's `build` as a user may call it: it builds for good, and another call changes nothing."""

    @functools.wraps(build)
    def built_once(self: Any, input_shape: Any = None, *arguments: Any, **keywords: Any) -> None:
        if self.__dict__.get("_building"):  # from `build_once`, or `super().build` within it
            build(self, input_shape, *arguments, **keywords)
            return
        self.build_once(tuple(input_shape) if is_shape(input_shape) else input_shape)
        self.build_parts()

    return built_once
