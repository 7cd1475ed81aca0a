"""Functions that run functions: choices, loops, maps."""

import operator
from collections.abc import Callable
from typing import Any

from convolens.ops.shapes import stack
from convolens.tensor import as_tensor

__all__ = ["cond", "fori_loop", "map", "scan", "switch", "vectorized_map", "while_loop"]


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return what one of two functions gives.

    Args:
        pred: a truth.
        true_fn, false_fn: what is called where it is true, and where not.
    """
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Return what one of several functions gives.

    Args:
        index: which; the nearest where there is none.
        branches: the functions.
        operands: what it is called with.
    """
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Return values after a loop.

    Args:
        cond: of the values: whether to go on.
        body: of the values: the next ones.
        loop_vars: the first ones: one, or a tuple or list.
        maximum_iterations: how often at most; None for no bound.
    """
    several = isinstance(loop_vars, (tuple, list))
    values = [as_tensor(value) for value in (loop_vars if several else (loop_vars,))]
    left = -1 if maximum_iterations is None else int(maximum_iterations)
    while left and bool(cond(*values)):
        after = body(*values)
        values = list(after) if isinstance(after, (tuple, list)) else [after]
        left -= 1
    return type(loop_vars)(values) if several else values[0]


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return a value after a loop over whole numbers.

    Args:
        lower, upper: from, and up to without.
        body_fun: of the number and the value: the next value.
        init_val: the first value.
    """
    for index in range(operator.index(lower), operator.index(upper)):
        init_val = body_fun(index, init_val)
    return init_val


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return what a function gives for each part of xs along the first axis, stacked.

    Args:
        f: of one part: a tensor, or several in a tuple, list or dict.
        xs: a tensor, or a tuple, list or dict of them.
    """
    return _joined([f(part) for part in _parts(xs)])


vectorized_map = map


def scan(f: Callable[[Any, Any], Any], init: Any, xs: Any) -> Any:
    """Return the last value of a chain of calls, and what each call gave, stacked.

    Args:
        f: of the value and one part: the next value, and what is kept.
        init: the first value.
        xs: a tensor, or a tuple, list or dict of them.
    """
    kept = []
    for part in _parts(xs):
        init, one = f(init, part)
        kept.append(one)
    return init, _joined(kept)


def _parts(xs: Any) -> list[Any]:
    if isinstance(xs, dict):
        return [
            dict(zip(xs, parts, strict=True)) for parts in zip(*(_parts(x) for x in xs.values()), strict=True)
        ]
    if isinstance(xs, (tuple, list)) and xs and hasattr(xs[0], "shape"):
        return [type(xs)(parts) for parts in zip(*(_parts(x) for x in xs), strict=True)]
    return list(as_tensor(xs))


def _joined(results: list[Any]) -> Any:
    first = results[0]
    if isinstance(first, dict):
        return {key: _joined([result[key] for result in results]) for key in first}
    if isinstance(first, (tuple, list)):
        return type(first)(_joined(list(parts)) for parts in zip(*results, strict=True))
    return stack(results)
