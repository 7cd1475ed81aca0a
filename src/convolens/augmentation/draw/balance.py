"""Balance: class weights and an order of samples in which every class counts the same, however rare it is."""

from typing import Any

import numpy as np
import torch

from convolens.augmentation.draw.philox import permutation
from convolens.errors import ArgumentError

_STREAM_MEMBERS, _STREAM_EPOCH = 61, 62  # random numbers of their own for the same seed
_NAMES = ("classes", "labels", "y")  # where image iterators keep their labels


def labels_of(data: Any) -> Any:
    """Return the labels that an iterator or indexed data set knows of all of its samples, or None.

    Example:
        >>> from types import SimpleNamespace
        >>> labels_of(SimpleNamespace(classes=["cat", "dog"], labels=np.array([0, 1, 1])))
        array([0, 1, 1])
    """
    if getattr(data, "class_mode", "sparse") in ("input", "multi_output", None):  # y is not these labels
        return None
    for name in _NAMES:
        found = getattr(data, name, None)
        if found is not None and not callable(found) and _is_numeric(found):
            return found
    return None


def _is_numeric(values: Any) -> bool:
    if isinstance(values, torch.Tensor):
        return True
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        return False
    return array.dtype.kind in "biuf" and array.ndim > 0 and array.size > 0


def class_numbers(where: str, labels: Any) -> np.ndarray:
    """Return each sample's class number, int64 (n,).

    Args:
        where: for the message.
        labels: class numbers (n,) or (n, 1), or one-hot rows (n, classes).

    Raises:
        ArgumentError: labels that name no single class for each sample.

    Example:
        >>> class_numbers("fit", [[0, 1], [1, 0]])
        array([1, 0])
    """
    if isinstance(labels, torch.Tensor):
        labels = labels.detach().cpu().numpy()
    if labels is None or not _is_numeric(labels):
        raise ArgumentError(
            f"{where}: balance needs one label a sample, as class numbers or one-hot rows; "
            f"{'there are none' if labels is None else 'these are something else'}. Give a dict of class number to "
            "weight."
        )
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] > 1:
        if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ArgumentError(
                f"{where}: balance needs one class a sample; these rows are not one-hot: several labels a sample, or "
                "soft ones. Give a dict of class number to weight."
            )
        return array.argmax(axis=1).astype(np.int64)
    if array.ndim > 2 or (array.dtype.kind == "f" and not (array == np.floor(array)).all()):
        raise ArgumentError(
            f"{where}: balance needs class numbers (n,) or one-hot rows (n, classes); "
            f"received {array.dtype} of shape {array.shape}{'' if array.ndim > 2 else ' with fractions'}."
        )
    return array.reshape(-1).astype(np.int64)


def balanced_weights(where: str, labels: Any) -> dict[int, float]:
    """Return class number -> weight, so that every class has the same share of the loss: n / (classes * count).

    Args:
        where: for the message.
        labels: as in `class_numbers`; classes are those that occur.

    Raises:
        ArgumentError: labels that name no single class for each sample.

    Source:
        scikit-learn's `compute_class_weight("balanced")`.

    Example:
        >>> balanced_weights("fit", [0, 0, 0, 1])
        {0: 0.6666666666666666, 1: 2.0}
    """
    classes, counts = np.unique(class_numbers(where, labels), return_counts=True)
    weights = counts.sum() / (len(classes) * counts)
    return dict(zip(classes.tolist(), weights.tolist(), strict=True))


def balanced_order(labels: Any, seed: int, epoch: int) -> np.ndarray:
    """Return which samples an epoch takes, and in which order, so that each class comes equally often.

    With n samples of k classes, whatever the seed:
    - an epoch has n places, and the places of any two classes differ by at most one; the odd ones go around, so that
      after k epochs, and after any multiple of k, all classes came exactly equally often;
    - within an epoch the samples of a class come equally often, up to one. So every sample of a class that has at
      most n // k comes at least once, as the rarest class always has, and no sample comes twice of a class that has
      more than n / k;
    - the same holds for the epochs 0 to e taken together, so that nothing is left out for good: of a class of m
      samples each came at least once in the epochs 0 to ceil(m / (n // k)) - 1.
    It is a pure function of its arguments: no epoch has to be drawn before another.

    Args:
        labels: class numbers (n,) or one-hot rows (n, classes).
        seed: any integer.
        epoch: from 0.

    Returns:
        int64 (n,): places in `labels`.

    Raises:
        ArgumentError: labels that name no single class for each sample.

    Example:
        >>> labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])
        >>> np.bincount(labels[balanced_order(labels, seed=7, epoch=0)]).tolist()
        [4, 4]
    """
    numbers = class_numbers("balanced_order", labels)
    n = len(numbers)
    shuffled = permutation(seed, 0, n, _STREAM_MEMBERS)
    classes = np.unique(numbers)
    parts = []
    for place, number in enumerate(classes):
        members = shuffled[numbers[shuffled] == number]
        # The class goes around its members for ever; this epoch takes the stretch from `start` to `stop`.
        start, stop = (_places_before(e, place, n, len(classes)) for e in (epoch, epoch + 1))
        parts.append(members[np.arange(start, stop) % len(members)])
    chosen = np.concatenate(parts)
    return chosen[permutation(seed, epoch, n, _STREAM_EPOCH)]


def _places_before(epoch: int, place: int, n: int, classes: int) -> int:
    """Return how many places the class number `place` of `classes` had in all epochs before `epoch`."""
    each, odd = divmod(n, classes)
    return epoch * each + (epoch * odd - place + classes - 1) // classes


def times_before(order: np.ndarray) -> np.ndarray:
    """Return how often each entry came before in the order.

    Example:
        >>> times_before(np.array([7, 2, 7, 7, 2])).tolist()
        [0, 0, 1, 2, 1]
    """
    by_entry = np.argsort(order, kind="stable")
    ordered = order[by_entry]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[begins, len(order)])
    times = np.empty(len(order), np.int64)
    times[by_entry] = np.arange(len(order)) - np.repeat(begins, lengths)
    return times
