"""The check that all measures begin with: probabilities and labels that belong together."""

from typing import Any

import numpy as np

from convolens.errors import ArgumentError, ShapeError


def probabilities_of(where: str, probability: Any) -> np.ndarray:
    """Return probabilities as float64 (n, classes).

    Raises:
        ShapeError: another rank, or no rows. ArgumentError: values outside [0, 1].
    """
    values = np.asarray(probability, np.float64)
    if values.ndim != 2 or len(values) == 0 or values.shape[1] < 2:
        raise ShapeError(
            f"{where}: expected probabilities of shape (n, classes), at least one row and two classes; "
            f"received {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ArgumentError(
            f"{where}: probabilities must be finite; are the network's weights? (NaN or infinity)"
        )
    if values.min() < 0 or values.max() > 1 + 1e-6:
        raise ArgumentError(f"{where}: probabilities must be in [0, 1]; give a softmax's output, not logits.")
    return values


def with_labels(where: str, probability: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities as float64 (n, classes) and labels as int64 (n,).

    Raises:
        ShapeError: not as many labels as rows. ArgumentError: a label that is no class number.
    """
    values, numbers = probabilities_of(where, probability), np.asarray(labels)
    if numbers.shape != (len(values),):
        raise ShapeError(f"{where}: {len(values)} rows need as many labels; received {numbers.shape}.")
    if numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= values.shape[1]:
        raise ArgumentError(f"{where}: labels must be class numbers 0 to {values.shape[1] - 1}, as integers.")
    return values, numbers.astype(np.int64)
