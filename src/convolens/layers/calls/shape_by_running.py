"""shape_by_running: the shape of what a function of the user's own gives, found by running it on zeros of small sizes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from convolens.errors import ConvolensError, ShapeError
from convolens.layers.calls.symbols import SymbolicTensor, is_shape, leaves, mapped
from convolens.tensor import Tensor

_SIZES = ((2, 64), (3, 96))  # of the batch, and of other free axes; where two runs differ, an axis is free


def shape_by_running(
    where: str,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    runs: int = 1,
    device: torch.device | str = "cpu",
) -> Any:
    """Return the shapes of what a function gives, None where an axis is free: a shape, or a list, tuple or dict of them.

    Args:
        where: what an error begins with.
        function: of `Tensor`s in Keras' order.
        arguments, keywords: with symbolic tensors, instead of which zeros are given.
        runs: 2 finds free axes wherever they are; 1 takes the first axis for the batch, unless others are free.
        device: of the zeros; torch's "meta" computes nothing.

    Raises:
        ShapeError: the function cannot be run, or gives no tensor.
    """
    symbols = [leaf for leaf in leaves((arguments, dict(keywords))) if isinstance(leaf, SymbolicTensor)]
    if any(None in symbol.shape[1:] for symbol in symbols):
        runs = 2
    found = [_shapes(where, function, arguments, keywords, sizes, device) for sizes in _SIZES[:runs]]
    if runs == 1:
        fixed = all(symbol.shape and symbol.shape[0] is not None for symbol in symbols)
        return mapped(lambda shape: shape if fixed else _free_batch(shape), found[0], until=is_shape)
    others = iter(_flat(found[1]))

    def merged(shape: tuple[int, ...]) -> tuple[int | None, ...]:
        return tuple(a if a == b else None for a, b in zip(shape, next(others), strict=True))

    return mapped(merged, found[0], until=is_shape)


def _free_batch(shape: tuple[int, ...]) -> tuple[int | None, ...]:
    return (None, *shape[1:]) if shape and shape[0] == _SIZES[0][0] else shape


def _flat(shapes: Any) -> list[Any]:
    found: list[Any] = []
    mapped(found.append, shapes, until=is_shape)
    return found


def _shapes(
    where: str,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
    sizes: tuple[int, int],
    device: torch.device | str,
) -> Any:
    def zeros(leaf: Any) -> Any:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        shape = [sizes[axis > 0] if size is None else size for axis, size in enumerate(leaf.shape)]
        return torch.zeros(shape, device=device).as_subclass(Tensor)

    try:
        with torch.no_grad(), _PlainTensors() if str(device) == "meta" else nullcontext():
            result = function(*mapped(zeros, arguments), **mapped(zeros, dict(keywords)))
    except ConvolensError:
        raise
    except Exception as error:
        raise ShapeError(
            f"{where}: its output shape is found by running it on zeros, and that fails: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:300]}"
        ) from error
    if not leaves(result) or any(not isinstance(leaf, torch.Tensor) for leaf in leaves(result)):
        kinds = ", ".join(sorted({type(leaf).__name__ for leaf in leaves(result)})) or "nothing"
        raise ShapeError(f"{where}: must return a tensor, or a list or dict of them; it returned {kinds}.")
    return mapped(lambda tensor: tuple(int(size) for size in tensor.shape), result)


class _PlainTensors(TorchFunctionMode):
    """Gives torch tensors of its own class: what it does with "meta" ones in Python asks them for a type of its own."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        arguments: Sequence[Any] = (),
        keywords: Mapping[str, Any] | None = None,
    ) -> Any:
        given = (tuple(arguments), dict(keywords or {}))
        if not any(isinstance(leaf, Tensor) for leaf in leaves(given)):
            return function(*given[0], **given[1])
        return Tensor.__torch_function__(function, types, *mapped(_plain, given))


def _plain(leaf: Any) -> Any:
    return leaf.as_subclass(torch.Tensor) if isinstance(leaf, Tensor) else leaf
