"""The nearest samples by their features; every one is looked at."""

from dataclasses import dataclass

import numpy as np

from convolens.arguments import integer, one_of
from convolens.errors import ShapeError

METRICS = ("cosine", "euclidean")


@dataclass(frozen=True)
class Neighbours:
    """The nearest samples of each query, the nearest first.

    Attributes:
        places: int64 (queries, count).
        distances: float64 of the same shape: 1 minus the cosine of the angle (0 to 2), or Euclidean.
    """

    places: np.ndarray
    distances: np.ndarray


def nearest(x: np.ndarray, queries: np.ndarray, count: int = 12, metric: str = "cosine") -> Neighbours:
    """Return the `count` nearest rows of `x` to each query (all where there are fewer), exactly.

    Args:
        x: features (n, d).
        queries: features (m, d).
        count: how many, at least 1.
        metric: "cosine" (whatever the lengths of the rows) or "euclidean".

    Raises:
        ShapeError: rows of different lengths, or no rows. UnknownNameError: another metric.

    Example:
        >>> found = nearest(np.eye(3), np.array([[2.0, 1.0, 0.0]]), 2)
        >>> found.places.tolist(), found.distances.round(3).tolist()
        ([[0, 1]], [[0.106, 0.553]])
    """
    from sklearn.neighbors import NearestNeighbors

    integer("nearest", "count", count)
    one_of("nearest", "metric", metric, METRICS)
    if x.ndim != 2 or queries.ndim != 2 or len(x) == 0 or x.shape[1] != queries.shape[1]:
        raise ShapeError(
            f"nearest: features must be (n, d) and queries (m, d); received {x.shape} and {queries.shape}."
        )
    search = NearestNeighbors(n_neighbors=min(count, len(x)), algorithm="brute", metric=metric).fit(x)
    distances, places = search.kneighbors(queries)
    return Neighbours(places.astype(np.int64), distances.astype(np.float64))
