"""make_source: the source of batches that fits what a user gives to `fit`."""

import math
import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError
from convolens.training.batches import Feed, Source, labels
from convolens.training.inputs.array_source import ArraySource, length
from convolens.training.inputs.arrays import as_arrays, as_labels
from convolens.training.inputs.indexed_source import IndexedSource
from convolens.training.inputs.iterator_source import IteratorSource
from convolens.training.inputs.loader_source import LoaderSource
from convolens.training.inputs.pass_source import PassSource, gives_passes, steps_word


def make_source(
    where: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    steps: float | None = None,
    shuffle: bool = False,
    seed: int = 0,
    class_weight: Mapping[int, float] | None = None,
    image_shape: tuple[int | None, ...] | None = None,
    pin: bool = False,
    feed: Feed | None = None,
    outputs: int = 1,
) -> Source:
    """Return the source that fits what the user gave.

    Args:
        where: what an error begins with: "fit" ...
        x: an array (n, ...), of any kind that `as_array` knows, or a list of them for several inputs, a `DataLoader`, an object
            that knows its batches by number (`len`, `[i]`), one whose passes can be asked for (`tf.data.Dataset`), or a generator or iterable of x, (x, y) or (x, y, weight).
        y, sample_weight: beside arrays: labels (n, ...) and weights (n,), or None.
        batch_size: of arrays; None is 32.
        steps: batches an epoch, of a fraction the next whole number; None takes all that there are.
        shuffle: arrays and the batches of Sequences, in a new order each epoch.
        seed: of that order.
        class_weight: class number -> weight, or None.
        image_shape: (rows, columns, channels) that the model expects, to tell a loader's NCHW from NHWC; or None.
        pin: prepare batches in memory from which a GPU copies while the program goes on.
        feed: as of `make_batch`, of all but arrays.
        outputs: how many the model has; of several, y is a list of one for each, and the weights may be.

    Raises:
        ArgumentError: no data, what gives no batches, or labels beside a generator.
        ShapeError: x, y and weights of different lengths.
    """
    if x is None:
        raise ArgumentError(f"{where}: x is missing; give arrays, a generator or a DataLoader.")
    steps = _whole(where, steps)
    arrays = as_arrays(x)
    if arrays is None:
        if y is not None or sample_weight is not None:
            raise ArgumentError(
                f"{where}: y and sample_weight come from the generator itself; leave them out."
            )
        _check_batches(where, x)
        if isinstance(x, torch.utils.data.DataLoader):
            return LoaderSource(x, image_shape, steps, class_weight, feed)
        if gives_passes(x):
            return PassSource(where, x, steps, class_weight, feed)
        if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
            return IndexedSource(x, steps, class_weight, pin, feed, shuffle, seed)
        return IteratorSource(x, steps, class_weight, feed)
    x = arrays
    if any(item.ndim == 0 for item in (x if isinstance(x, list) else [x])):
        raise ShapeError(f"{where}: x is a single number; give samples along the first axis.")
    count = length(x)
    if isinstance(x, list) and any(len(item) != count for item in x):
        raise ShapeError(f"{where}: the inputs have different lengths: {[len(item) for item in x]}.")
    if count == 0:
        raise ArgumentError(f"{where}: x is empty; give at least one sample.")
    if y is not None:
        y = (
            [None if one is None else as_labels(where, one) for one in y]
            if outputs > 1
            else as_labels(where, y)
        )
        for one in y if outputs > 1 else [y]:
            if one is None:
                continue
            if len(one) != count:
                raise ShapeError(
                    f"{where}: x and y must have the same length; received {count} samples and {len(one)} labels."
                )
            labels(one[:1])
    if sample_weight is not None:
        several_weights = outputs > 1 and isinstance(sample_weight, list)
        sample_weight = (
            [_weights(where, one, count) for one in sample_weight]
            if several_weights
            else _weights(where, sample_weight, count)
        )
    source = ArraySource(x, y, sample_weight, batch_size or 32, shuffle, seed, class_weight, steps)
    if steps is not None and steps > source.batches:
        warnings.warn(
            f"{where}: {steps_word(where)} is {steps}, and the {count} samples make {source.batches} batches: an epoch is these.",
            stacklevel=4,
        )
    return source


def _whole(where: str, steps: float | None) -> int | None:
    """Return a number of steps: half a batch is one too, `len(x) / batch_size` is what programs write."""
    if steps is None:
        return None
    fraction = isinstance(steps, (float, np.floating)) and math.isfinite(steps)
    return integer(
        where.replace("validation_data", "fit"), steps_word(where), math.ceil(steps) if fraction else steps
    )


def _weights(where: str, given: Any, count: int) -> np.ndarray | None:
    """Return sample weights as an array, one for each of `count` samples."""
    if given is None:
        return None
    weights = np.asarray(given, dtype=np.float32)
    if len(weights) != count:
        raise ShapeError(
            f"{where}: sample_weight must have the length of x; received {len(weights)} weights for {count} samples."
        )
    return weights


def _check_batches(where: str, x: Any) -> None:
    """Raise an `ArgumentError` that says what to give instead where `x` gives no batches."""
    kind, hint = type(x).__name__, ""
    if isinstance(x, (str, bytes, os.PathLike)):
        hint = " Photos in a folder are read by ImageDataGenerator().flow_from_directory."
    elif isinstance(x, Mapping):
        hint = f" It holds {', '.join(map(repr, list(x)[:6])) or 'nothing'}: give one of them, as by x[NAME]."
    elif isinstance(x, torch.utils.data.Dataset):
        hint = " It gives one sample at a time: give torch.utils.data.DataLoader(x, batch_size=32)."
    elif callable(x) and not hasattr(x, "__iter__") and not hasattr(x, "__getitem__"):
        hint = " Call it: a generator is what the function returns."
    elif (
        hasattr(x, "__iter__")
        or hasattr(x, "__next__")
        or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))
    ):
        return
    raise ArgumentError(
        f"{where}: x must be an array, a list of arrays, a generator or a DataLoader; received {kind}.{hint}"
    )
