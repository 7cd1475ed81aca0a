"""The check of class numbers before training: a bad one is named, with its place and the range."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer
from convolens.errors import ArgumentError


def check_labels(y: Any, classes: int, class_names: Sequence[str] | None = None) -> None:
    """Raise unless every label is a whole number in [0, classes).

    Args:
        y: class numbers of any shape; array, tensor or list; whole floats are accepted.
        classes: number of outputs of the network, >= 1.
        class_names: their names, for the message.

    Raises:
        ArgumentError: a label is outside the range, or is not a whole number.

    Example:
        >>> check_labels([0, 1, 9], classes=10)
    """
    classes = integer("check_labels", "classes", classes)
    labels = y.detach().cpu().numpy() if isinstance(y, torch.Tensor) else np.asarray(y)
    if labels.dtype == bool:
        labels = labels.astype(np.int64)
    named = ""
    if class_names is not None and len(class_names) == classes:
        named = f" ({class_names[0]!r} to {class_names[-1]!r})"
    allowed = f"{classes} classes need labels 0 to {classes - 1}{named}"
    if not np.issubdtype(labels.dtype, np.number) or np.iscomplexobj(labels):
        raise ArgumentError(
            f"labels: must be class numbers; received {labels.dtype} values such as "
            f"{labels.flat[0]!r}; {allowed}."
        )
    bad = ~((labels >= 0) & (labels < classes))
    if np.issubdtype(labels.dtype, np.floating):
        bad |= labels != np.floor(labels)
    count = int(np.count_nonzero(bad))
    if not count:
        return
    place = int(np.flatnonzero(bad)[0])
    label = labels.flat[place].item()
    hint = ""
    if float(np.min(labels)) == 1 and label == classes:
        hint = " They seem to start at 1: subtract 1."
    elif label >= classes and classes == 1:
        hint = " For more than two classes give the last layer one unit per class."
    elif label >= classes:
        hint = f" Give the last layer {int(np.nanmax(labels)) + 1} units, or correct the labels."
    raise ArgumentError(
        f"labels: {label!r} at position {place} is outside the classes ({count} of {labels.size} "
        f"labels are); {allowed}.{hint}"
    )
