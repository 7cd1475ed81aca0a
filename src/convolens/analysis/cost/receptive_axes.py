"""What the rules of receptive fields share: changing the axes that are known, and adding dimensions up."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import torch

from convolens.analysis.cost.receptive_field import Axis, State, merge

Of = Callable[[Any], State | None]  # the state of a tensor; None where it does not depend on the image
Arguments = dict[str, Any]
Rule = Callable[[Arguments, Any, Of], State | None]  # arguments, output -> the state of all its tensors


def tensors_in(values: Iterable[Any]) -> list[torch.Tensor]:
    """Return the tensors among values, and those in lists among them."""
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
    return found


def each(state: State | None, change: Callable[[Axis], Axis | None]) -> State | None:
    """Change the axes that are known."""
    if state is None:
        return None
    rows, columns = (None if axis is None else change(axis) for axis in state)
    return rows, columns


def dims_moved(state: State | None, where: Callable[[int], int]) -> State | None:
    """Give each axis the dimension that `where` says for its own."""
    return each(state, lambda axis: axis if axis.dim is None else axis.at(where(axis.dim)))


def first(given: Arguments) -> Any:
    """Return an operation's first argument."""
    return next(iter(given.values()))


def joined(states: Iterable[State | None]) -> State:
    """Return the state of what depends on several tensors."""
    known = [state for state in states if state is not None]
    rows, columns = (reduce(merge, [state[side] for state in known]) for side in (0, 1))
    return rows, columns


def reduced(state: State | None, dims: Any, keepdim: bool, rank: int) -> State | None:
    """Return the state after some dimensions of `rank` were added up, or the like; None or [] are all."""
    listed = list(range(rank)) if dims is None or dims == [] else dims
    gone = {dim % rank for dim in (listed if isinstance(listed, (list, tuple)) else [listed])}

    def reduce_axis(axis: Axis) -> Axis | None:
        if axis.dim is None:
            return axis
        if axis.dim in gone:
            return axis.whole()
        return axis if keepdim else axis.at(axis.dim - sum(dim < axis.dim for dim in gone))

    return each(state, reduce_axis)


def rules(rule: Rule, names: str) -> dict[str, Rule]:
    """Return one rule under several names, with spaces between them."""
    return dict.fromkeys(names.split(), rule)
