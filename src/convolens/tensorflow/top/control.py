"""Functions of `tf` itself that run functions, print, and check."""

import functools
import sys
from collections.abc import Callable
from typing import Any

from convolens import ops
from convolens.tensor import as_tensor

__all__ = [
    "cond",
    "function",
    "group",
    "map_fn",
    "numpy_function",
    "print",
    "py_function",
    "vectorized_map",
    "while_loop",
]


def function(func: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Return a function as it is, for `@tf.function` with or without arguments: everything runs at once here.

    Args:
        func: the function.
        options: `input_signature`, `jit_compile`, `reduce_retracing` and others of TensorFlow's; accepted.

    Example:
        >>> @function(input_signature=None)
        ... def double(x):
        ...     return 2 * x
        >>> double(4)
        8
    """
    if func is None:
        return lambda wrapped: function(wrapped, **options)
    if not hasattr(func, "__dict__"):
        return func

    @functools.wraps(func)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return func(*arguments, **keywords)

    call.python_function = func  # type: ignore[attr-defined]
    call.get_concrete_function = lambda *_, **__: call  # type: ignore[attr-defined]
    return call


def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """Return what one of two functions gives.

    Args:
        pred: a truth.
        true_fn, false_fn: what is called where it is true, and where not.
        name: accepted.
    """
    return ops.cond(pred, true_fn, false_fn)


def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: int | None = None,
    name: str | None = None,
) -> Any:
    """Return values after a loop.

    Args:
        cond: of the values: whether to go on.
        body: of the values: the next ones.
        loop_vars: the first ones.
        shape_invariants, parallel_iterations, back_prop, swap_memory, name: accepted.
        maximum_iterations: how often at most; None for no bound.
    """
    return ops.while_loop(cond, body, loop_vars, maximum_iterations)


def map_fn(fn: Any, elems: Any, dtype: Any = None, fn_output_signature: Any = None, **options: Any) -> Any:
    """Return what a function gives for each part of a tensor along the first axis, stacked.

    Args:
        fn: of one part.
        elems: a tensor, or a tuple, list or dict of them.
        dtype, fn_output_signature, options: accepted.
    """
    return ops.map(fn, elems)


def vectorized_map(fn: Any, elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """Return what a function gives for each part of a tensor along the first axis, stacked.

    Args:
        fn, elems: as of `map_fn`.
        fallback_to_while_loop, warn: accepted.
    """
    return ops.map(fn, elems)


def py_function(func: Any = None, inp: Any = (), Tout: Any = None, name: str | None = None) -> Any:
    """Return what a Python function gives for tensors, as tensors.

    Args:
        func: the function.
        inp: its arguments.
        Tout: the type of the result, or a list of types; None for as it comes.
        name: accepted.
    """
    return _typed(func(*inp), Tout)


def numpy_function(
    func: Any = None, inp: Any = (), Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:
    """Return what a function of arrays gives, as tensors.

    Args:
        func: the function.
        inp: its arguments: tensors, which it gets as arrays.
        Tout: the type of the result, or a list of types; None for as it comes.
        stateful, name: accepted.
    """
    return _typed(func(*[one.numpy() if hasattr(one, "numpy") else one for one in inp]), Tout)


def _typed(result: Any, types: Any) -> Any:
    if isinstance(types, (list, tuple)):
        return [_typed(one, kind) for one, kind in zip(result, types, strict=True)]
    return result if isinstance(result, (str, bytes)) or result is None else as_tensor(result, types)


def group(*inputs: Any, name: str | None = None) -> None:
    """Do nothing: what is to be done is done already.

    Args:
        inputs, name: accepted.
    """


def print(
    *inputs: Any,
    output_stream: Any = None,
    sep: str = " ",
    end: str = "\n",
    summarize: int = 3,
    name: Any = None,
) -> None:
    """Print values.

    Args:
        inputs: tensors, and whatever else.
        output_stream: "stdout", or a file; None for standard error.
        sep, end: between values, and after them.
        summarize, name: accepted.
    """
    stream = {None: sys.stderr, "stdout": sys.stdout, "stderr": sys.stderr}.get(output_stream, output_stream)
    said = [str(one.numpy()) if hasattr(one, "numpy") else str(one) for one in inputs]
    stream.write(sep.join(said) + end)
