"""Structures: what an element of a data set is: a value, or tuples and dicts of values, images in Keras' order."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from convolens.errors import ShapeError
from convolens.tensor import Tensor, as_tensor
from convolens.tensorflow.data.text import Text


def map_structure(change: Callable[..., Any], *structures: Any) -> Any:
    """Return a structure with each value changed; of several structures alike, values in one place are taken together.

    Example:
        >>> map_structure(lambda a, b: a + b, (1, {"x": 2}), (10, {"x": 20}))
        (11, {'x': 22})
    """
    first = structures[0]
    if isinstance(first, tuple):
        parts = [map_structure(change, *each) for each in zip(*structures, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if isinstance(first, dict):
        return {name: map_structure(change, *(each[name] for each in structures)) for name in first}
    return change(*structures)


def leaves(structure: Any) -> list[Any]:
    """Return the values in a structure, in their order.

    Example:
        >>> leaves((1, {"x": 2}))
        [1, 2]
    """
    found: list[Any] = []
    map_structure(found.append, structure)
    return found


def plain(value: Any) -> Any:
    """Return a value as it is kept within a data set: an array, a plain tensor or a text; lists and numbers become tensors."""
    if isinstance(value, torch.Tensor):
        value = value if type(value) is torch.Tensor else value.as_subclass(torch.Tensor)
        return value.detach() if value.requires_grad else value
    if isinstance(value, (str, bytes)):
        return Text.of(value)
    if isinstance(value, (list, int, float)):
        texts = (
            np.asarray(value)
            if isinstance(value, list) and value and isinstance(value[0], (str, bytes))
            else None
        )
        return as_tensor(value).as_subclass(torch.Tensor) if texts is None else texts
    return value


def surface(value: Any) -> Any:
    """Return a value as users see it: a `Tensor`, or a text."""
    if isinstance(value, torch.Tensor):
        return value.as_subclass(Tensor)
    if isinstance(value, (str, bytes)):
        return Text.of(value)
    if not isinstance(value, (np.ndarray, np.generic)):
        return value
    array = np.asarray(value)
    if array.dtype.kind in "SUO":
        return array if array.ndim else Text.of(array[()])
    return torch.from_numpy(
        array if array.flags.c_contiguous and array.flags.writeable else array.copy()
    ).as_subclass(Tensor)


def as_numpy(value: Any) -> Any:
    """Return a value as NumPy's array or number, a text as bytes."""
    if isinstance(value, torch.Tensor):
        value = value.cpu().numpy()
    if isinstance(value, str):
        return Text.of(value).numpy()
    return value[()] if isinstance(value, np.ndarray) and not value.ndim else value


def stack(elements: Sequence[Any]) -> Any:
    """Return elements of one structure as a batch.

    Raises:
        ShapeError: they are of different shapes.
    """
    return map_structure(lambda *values: _stacked(values), *elements)


def _stacked(values: Sequence[Any]) -> Any:
    shapes = sorted({tuple(np.shape(value)) for value in values})
    if len(shapes) > 1:
        raise ShapeError(
            f"batch: elements must be of one shape; received {', '.join(map(str, shapes[:3]))}. Resize them in map before, "
            "tf.image.resize(image, (height, width)), or use padded_batch."
        )
    if all(isinstance(value, torch.Tensor) for value in values):
        return torch.stack(list(values))
    return np.stack([np.asarray(value) for value in values])
