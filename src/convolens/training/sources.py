"""make_source: the source of batches that fits what a user gives to `fit`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.training.array_source import ArraySource, length
from convolens.training.batches import Source, labels
from convolens.training.indexed_source import IndexedSource
from convolens.training.iterator_source import IteratorSource
from convolens.training.loader_source import LoaderSource


def make_source(
    where: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: bool = False,
    seed: int = 0,
    class_weight: Mapping[int, float] | None = None,
    image_shape: tuple[int | None, ...] | None = None,
    pin: bool = False,
) -> Source:
    """Return the source that fits what the user gave.

    Args:
        where: what an error begins with: "fit" ...
        x: an array (n, ...) or a list of them for several inputs, a `DataLoader`, an object that knows its batches by number
            (`len`, `[i]`), or a generator or iterable of x, (x, y) or (x, y, weight).
        y, sample_weight: beside arrays: labels (n, ...) and weights (n,), or None.
        batch_size: of arrays; None is 32.
        steps: batches an epoch; None takes all that there are.
        shuffle: arrays, in a new order each epoch.
        seed: of that order.
        class_weight: class number -> weight, or None.
        image_shape: (rows, columns, channels) that the model expects, to tell a loader's NCHW from NHWC; or None.
        pin: prepare batches in memory from which a GPU copies while the program goes on.

    Raises:
        ArgumentError: no data, or labels beside a generator.
        ShapeError: x, y and weights of different lengths.
    """
    if x is None:
        raise ArgumentError(f"{where}: x is missing; give arrays, a generator or a DataLoader.")
    arrays = isinstance(x, (np.ndarray, torch.Tensor)) or (
        isinstance(x, (list, tuple))
        and len(x) > 0
        and all(isinstance(i, (np.ndarray, torch.Tensor)) for i in x)
    )
    if isinstance(x, list) and not arrays and not (x and isinstance(x[0], tuple)):  # nested lists of numbers
        x, arrays = np.asarray(x), True
    if not arrays:
        if y is not None or sample_weight is not None:
            raise ArgumentError(
                f"{where}: y and sample_weight come from the generator itself; leave them out."
            )
        if isinstance(x, torch.utils.data.DataLoader):
            return LoaderSource(x, image_shape, steps, class_weight)
        if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
            return IndexedSource(x, steps, class_weight, pin)
        if hasattr(x, "__iter__") or hasattr(x, "__next__"):
            return IteratorSource(x, steps, class_weight)
        raise ArgumentError(
            f"{where}: x must be an array, a list of arrays, a generator or a DataLoader; received {type(x).__name__}."
        )
    count = length(x)
    if isinstance(x, (list, tuple)) and any(len(item) != count for item in x):
        raise ShapeError(f"{where}: the inputs have different lengths: {[len(item) for item in x]}.")
    if count == 0:
        raise ArgumentError(f"{where}: x is empty; give at least one sample.")
    if y is not None:
        y = y if isinstance(y, (np.ndarray, torch.Tensor)) else np.asarray(y)
        if len(y) != count:
            raise ShapeError(
                f"{where}: x and y must have the same length; received {count} samples and {len(y)} labels."
            )
        labels(y[:1])
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight, dtype=np.float32)
        if len(sample_weight) != count:
            raise ShapeError(
                f"{where}: sample_weight must have the length of x; received {len(sample_weight)} weights "
                f"for {count} samples."
            )
    return ArraySource(x, y, sample_weight, batch_size or 32, shuffle, seed, class_weight, steps)
