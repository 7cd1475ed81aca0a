"""What a call of a layer does with symbols, which draw a graph, and with values in Keras' order."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ConvolensError
from convolens.layers.axes import Values, inside_tensors, surface, surface_tensors
from convolens.layers.calls.input_spec import check_inputs, shapes_of
from convolens.layers.calls.own_call import call_names
from convolens.layers.calls.own_state import Drawn
from convolens.layers.calls.symbols import Node, SymbolicTensor, is_symbolic, leaves, mapped
from convolens.tensor import Tensor
from convolens.tensor.recording import recording
from convolens.training.added_losses import are_collected, collected
from convolens.training.mode import asked, mode


def call(layer: Any, run: Callable[..., Any], arguments: Any, keywords: dict[str, Any]) -> Any:
    """Return what a layer gives for symbols, or for values of any kind.

    Args:
        layer: that is called.
        run: runs it on torch's tensors.
        arguments, keywords: as of `Layer.__call__`.

    Raises:
        ArgumentError: symbols among values, or nothing to be called on.
    """
    training = keywords.pop("training", None)
    if not arguments:
        name = "inputs" if "inputs" in keywords else next(iter(keywords), None)
        if name is None:
            raise ArgumentError(f"{layer.title}: called on nothing; give a tensor or an array.")
        arguments = (keywords.pop(name),)
    if call_names(type(layer)) is None:  # one of ours: what else Keras' layers take
        keywords.pop("mask", None)
        if len(arguments) == 2 and isinstance(arguments[1], (bool, type(None))):
            arguments, training = arguments[:1], arguments[1]
        if isinstance(
            arguments[0], (list, tuple)
        ):  # what `K.gradients` and the like gave: [x, [y]] is [x, y]
            branches = [b[0] if isinstance(b, list) and len(b) == 1 else b for b in arguments[0]]
            arguments = (type(arguments[0])(branches), *arguments[1:])
    training = None if training is None else bool(training)
    if layer.input_spec is not None:
        check_inputs(layer.title, layer.input_spec, shapes_of(arguments[0], _shape))
    if is_symbolic(arguments) or is_symbolic(keywords):
        return _on_symbols(layer, arguments, keywords, training)
    return _on_values(layer, run, arguments, keywords, training)


def _on_symbols(
    layer: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], training: bool | None
) -> Any:
    """Draw the call, and return what comes out as symbols."""
    wrong = [leaf for leaf in leaves(arguments) if not isinstance(leaf, SymbolicTensor)]
    if call_names(type(layer)) is None:
        if wrong:
            raise ArgumentError(
                f"{layer.title}: called on a mix of symbolic tensors and {type(wrong[0]).__name__}; give symbolic tensors only."
            )
        if isinstance(arguments[0], tuple):
            arguments = (list(arguments[0]), *arguments[1:])
    layer.build_once(mapped(lambda leaf: getattr(leaf, "shape", None), arguments[0]))
    try:
        shapes = layer.output_shapes(arguments, keywords)
    except ConvolensError as error:
        if call_names(type(layer)) is None:
            raise
        return _drawn(layer, arguments, keywords, training, error)
    layer.build_parts()
    return Node(layer, arguments, shapes, keywords, training).output


def _drawn(
    layer: Any,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    training: bool | None,
    error: ConvolensError,
) -> Any:
    """Return what a `call` gives for symbols themselves: one that uses symbols from outside cannot be run alone.

    Raises:
        ConvolensError: it fails on symbols too; what its run on zeros said.
    """
    from convolens.layers.calls.adding import Adding  # a layer, whose calls come here

    drawn = layer.__dict__["_drawn"] = Drawn()
    given = {"training": bool(training)} if "training" in (call_names(type(layer)) or ()) else {}
    try:
        result = layer.call(*arguments, **given, **keywords)
    except Exception:
        raise error from None
    finally:
        del layer.__dict__["_drawn"]
    if not all(isinstance(leaf, SymbolicTensor) for leaf in leaves(result)):
        raise error
    layer.register_parts()
    return Adding(layer, name=layer.name)(result, drawn.losses, drawn.metrics)


def _on_values(
    layer: Any,
    run: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    training: bool | None,
) -> Any:
    """Run on `Tensor`s, or on arrays, for which no gradient is kept outside of a `GradientTape`; on torch's own tensors, which lie as within a network."""
    values = leaves((arguments, keywords))
    tensors = recording() or any(isinstance(value, Tensor) for value in values)
    if not any(isinstance(value, Tensor) for value in values) and any(
        isinstance(value, torch.Tensor) for value in values
    ):
        layer.build_for(arguments[0])
        with _in_mode(layer, training):
            return run(*arguments, **keywords)
    tensors = tensors or recording()  # within a GradientTape arrays give tensors too
    alone = asked(layer) is None  # no run of something around it
    if alone:
        layer.forget_losses()
    ours = call_names(type(layer)) is None
    inputs = inside_tensors(_as_arrays(arguments[0]), ours)
    layer.build_for(inputs)
    with (
        collected()
        if alone and not are_collected()
        else nullcontext(),  # for whoever asks for `layer.losses` then
        _in_mode(layer, training) if training is not None or not alone else _unasked(layer),
        torch.set_grad_enabled(torch.is_grad_enabled() and tensors),
    ):
        result = run(inputs, *inside_tensors(arguments[1:], ours), **inside_tensors(keywords, ours))
    return surface_tensors(result) if tensors else mapped(_as_values, result)


def _shape(x: Any) -> Any:
    """Return the shape in Keras' order; torch's own tensors lie as within a network."""
    inside = isinstance(x, torch.Tensor) and not isinstance(x, Tensor)
    return surface(x).shape if inside else x.shape


def _in_mode(layer: Any, training: bool | None) -> AbstractContextManager[None]:
    return nullcontext() if training is None or asked(layer) is training else mode(layer, training)


def _unasked(layer: Any) -> AbstractContextManager[None]:
    """Return the mode of a call by hand that says nothing of training: layers infer, but those that change images at random act."""
    return mode(layer, False, [part for part in layer.modules() if getattr(part, "acts_unasked", False)])


def _as_arrays(x: Any) -> Any:
    """Return what is no tensor as arrays: numbers in lists, and whatever NumPy knows."""
    values = leaves(x)
    if values and not any(isinstance(value, (torch.Tensor, np.ndarray)) for value in values):
        return np.asarray(x, dtype=np.float32)
    return x


def _as_values(x: Any) -> Any:
    return surface(x).view(Values) if isinstance(x, torch.Tensor) else x
