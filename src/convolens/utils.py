"""Two helpers of `keras.utils` that course programs use."""

import random
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.missing import answer_for


def to_categorical(y: Any, num_classes: int | None = None) -> np.ndarray:
    """Return class numbers as one-hot rows.

    Args:
        y: whole numbers from 0, shape (n,) or (n, 1).
        num_classes: columns; None takes the largest number plus one.

    Returns:
        (n, num_classes) float64, as Keras gives.

    Raises:
        ArgumentError: a number outside the classes.

    Example:
        >>> to_categorical([1, 0], 3).tolist()
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    labels = np.asarray(y).astype(np.int64)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = (
        int(labels.max()) + 1
        if num_classes is None
        else integer("to_categorical", "num_classes", num_classes)
    )
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise ArgumentError(f"to_categorical: labels must be 0 to {classes - 1}; received {wrong}.")
    return np.eye(classes)[labels]


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators.

    Example:
        >>> set_random_seed(1)
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
