"""Usefulness: in which order photos are labelled best: what the run doubts, and what is like nothing that has a label."""

import numpy as np

from convolens.arguments import number_in
from convolens.errors import ShapeError


def entropy(chances: np.ndarray, several: bool = False) -> np.ndarray:
    """Return how undecided each answer is, in [0, 1]: Shannon's entropy as a share of the most there can be, float64 (n,).

    Args:
        chances: (n, classes).
        several: whether a photo has any number of labels; the mean over the labels then.

    Example:
        >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).tolist()
        [1.0, 0.0]
    """
    values = np.clip(np.asarray(chances, np.float64), 1e-12, 1)
    if several:
        other = np.clip(1 - values, 1e-12, 1)
        found = -(values * np.log(values) + other * np.log(other)).mean(axis=1) / np.log(2)
    else:
        found = -(values * np.log(values)).sum(axis=1) / np.log(max(2, values.shape[1]))
    return np.clip(np.round(found, 9), 0, 1)


def margin(chances: np.ndarray) -> np.ndarray:
    """Return by how much the likeliest class is ahead of the next, in [0, 1], float64 (n,).

    Example:
        >>> margin(np.array([[0.7, 0.2, 0.1]])).round(3).tolist()
        [0.5]
    """
    values = np.asarray(chances, np.float64)
    if values.shape[1] < 2:
        return np.abs(2 * values[:, 0] - 1)
    best = np.partition(values, -2, axis=1)
    return best[:, -1] - best[:, -2]


def order(
    uncertainty: np.ndarray, features: np.ndarray, labelled: np.ndarray, novelty: float = 0.5, most: int = 500
) -> tuple[np.ndarray, np.ndarray]:
    """Return the order in which photos are labelled best, and how new each was when it was picked.

    One is picked after the other: the largest sum of uncertainty and novelty. Novelty is the distance of the features to the nearest
    labelled photo or one picked before (the k-center greedy of Sener & Savarese 2018), as a share of the largest there was at first.
    So twenty pictures of one odd thing do not come one after the other.

    Args:
        uncertainty: in [0, 1], (n,).
        features: (n, d).
        labelled: features of photos that have a label, (m, d); m may be 0.
        novelty: its weight, in [0, 1]; the rest is that of uncertainty.
        most: how many are picked so; the others follow by their sums.

    Returns:
        Places, int64 (n,); novelty, float64 (n,), of each photo.

    Raises:
        ShapeError: rows that do not fit.

    Example:
        >>> order(np.array([0.1, 0.1, 0.1]), np.array([[5.0], [5.1], [1.0]]), np.array([[0.0]]))[0].tolist()
        [1, 2, 0]
    """
    number_in("order", "novelty", novelty, 0, 1)
    values = np.nan_to_num(np.asarray(features, np.float32), posinf=3e18, neginf=-3e18)
    known = np.nan_to_num(np.asarray(labelled, np.float32), posinf=3e18, neginf=-3e18)
    count = len(values)
    if values.ndim != 2 or len(uncertainty) != count or (len(known) and known.shape[1:] != values.shape[1:]):
        raise ShapeError(
            f"order: uncertainty {np.shape(uncertainty)}, features {values.shape} and labelled {known.shape} do not fit."
        )
    if not count:
        return np.zeros(0, np.int64), np.zeros(0)
    distance = _nearest(values, known) if len(known) else _nearest(values, values.mean(0, keepdims=True))
    scale = float(distance.max()) or 1.0
    left = np.ones(count, bool)
    new = distance / scale
    picked: list[int] = []
    for _ in range(min(most, count)):
        worth = (1 - novelty) * uncertainty + novelty * distance / scale
        place = int(np.where(left, worth, -1).argmax())
        picked.append(place)
        left[place] = False
        new[place] = distance[place] / scale
        distance = np.minimum(distance, np.sqrt(((values - values[place]) ** 2).sum(1, dtype=np.float64)))
    worth = (1 - novelty) * uncertainty + novelty * distance / scale
    new[left] = (distance / scale)[left]
    rest = np.flatnonzero(left)
    return np.array([*picked, *rest[np.argsort(-worth[rest], kind="stable")]], np.int64), new


def _nearest(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    from convolens.features.neighbours import nearest

    return nearest(known, values, 1, "euclidean").distances[:, 0]
