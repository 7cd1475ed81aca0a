"""What `compile` decides: optimizer, loss and metrics from names, and checks of labels against the loss."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens import losses, metrics
from convolens.errors import ArgumentError, ShapeError

_SPARSE = losses.SparseCategoricalCrossentropy
_BINARY = (losses.BinaryCrossentropy, losses.BinaryFocalCrossentropy)
_CATEGORICAL = (losses.CategoricalCrossentropy, losses.CategoricalFocalCrossentropy)


def resolve_metrics(given: Any) -> list[metrics.Metric]:
    """Return metric objects from names, objects, functions, or a list of them.

    Raises:
        UnknownNameError: a name that is not known. ArgumentError: two metrics of one name.
    """
    if given is None:
        return []
    items = given if isinstance(given, (list, tuple)) else [given]
    if len(items) == 1 and isinstance(items[0], (list, tuple)):  # Keras' list per output
        items = items[0]
    found = [metrics.get(item) for item in items]
    names = [metric.name for metric in found]
    for name in names:
        if names.count(name) > 1 or name == "loss":
            raise ArgumentError(f"compile: two metrics are named {name!r}; give one of them another name=.")
    return found


def check_targets(where: str, loss: losses.Loss, y: Any, output_shape: Sequence[int | None] | None) -> None:
    """Raise, before training, where labels cannot be the targets of the loss.

    Args:
        where: what an error begins with.
        loss: of the model.
        y: all labels, or those of a batch, as an array.
        output_shape: of the model, with the batch; None where it is not known.

    Raises:
        ArgumentError: a label outside the classes. ShapeError: one-hot labels where numbers are expected, or
            the reverse.
    """
    if output_shape is None or output_shape[-1] is None:
        return
    classes = output_shape[-1]
    y = np.asarray(y) if not hasattr(y, "detach") else y.detach().cpu().numpy()
    if isinstance(loss, _SPARSE):
        if y.ndim == len(output_shape) and y.shape[-1] == classes and classes > 1:
            raise ShapeError(
                f"{where}: {loss.name} expects class numbers of shape (n,); received one-hot labels of shape {y.shape}. "
                "Use loss='categorical_crossentropy', or y.argmax(1)."
            )
        if getattr(loss, "ignore_class", None) is None:
            losses.check_labels(y, classes)
    elif isinstance(loss, _CATEGORICAL) and y.shape[-1:] != (classes,):
        raise ShapeError(
            f"{where}: {loss.name} expects one-hot labels of shape (n, {classes}); received shape {y.shape}. "
            "Use loss='sparse_categorical_crossentropy' for class numbers, or utils.to_categorical(y)."
        )
    elif isinstance(loss, _BINARY) and y.dtype.kind in "iuf":
        bad = (y < -0.5) | (y > 1.5)  # GANs blur their labels a little
        if bad.any():
            advice = "give the last layer one unit per class and use" if classes == 1 else "use"
            raise ArgumentError(
                f"{where}: {loss.name} expects labels from 0 to 1; received {y[bad].flat[0]}. For more than two classes "
                f"{advice} sparse_categorical_crossentropy."
            )
