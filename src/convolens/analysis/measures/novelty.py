"""FeatureDistance: how far a photo's features are from those of the photos that were learnt from."""

from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.errors import ArgumentError, ShapeError

BATCH = 256  # photos whose distances are computed at once
MOST_BYTES = 2**25  # of the features that are kept


def chosen_evenly(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Return the places of at most `most` photos, in rising order: one of each class, then the next of each ...

    Args:
        labels: class numbers (n,).
        most: photos.
        seed: of the choice within a class.

    Example:
        >>> len(chosen_evenly(np.array([0, 0, 0, 0, 1]), 3)), 4 in chosen_evenly(np.array([0, 0, 0, 0, 1]), 3)
        (3, True)
    """
    if most >= len(labels):
        return np.arange(len(labels))
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    turn = np.empty(len(labels), np.int64)  # the first photo of each class, then the second ...
    for number in np.unique(labels):
        mine = shuffled[labels[shuffled] == number]
        turn[mine] = np.arange(len(mine))
    return np.sort(shuffled[np.argsort(turn[shuffled], kind="stable")][:most])


class FeatureDistance:
    """The Euclidean distance to the nearest of the features that were learnt from (Sun et al. 2022, with k = 1).

    Args:
        features: of photos that were learnt from, (m, d).

    Raises:
        ShapeError: another rank, or nothing. ArgumentError: numbers that are not finite.

    Example:
        >>> FeatureDistance(np.array([[0.0, 0.0], [3.0, 4.0]]))(np.array([[0.0, 1.0], [6.0, 8.0]]))
        array([1., 5.])
    """

    def __init__(self, features: Any) -> None:
        self.features = self._checked(features)

    @classmethod
    def of_some(
        cls, features: Any, labels: Any, most_bytes: int = MOST_BYTES, seed: int = 0
    ) -> "FeatureDistance":
        """Return the distance to so many of the photos as fit; rare classes keep theirs first.

        Args:
            features: (m, d). labels: class numbers (m,).
            most_bytes: of the float32 features that are kept; at least one photo is.
            seed: of the choice.

        Example:
            >>> FeatureDistance.of_some(np.eye(4), [0, 0, 0, 1], most_bytes=32).features.shape
            (2, 4)
        """
        values, numbers = cls._checked(features), np.asarray(labels)
        if numbers.shape != (len(values),):
            raise ShapeError(
                f"FeatureDistance: {len(values)} rows need as many labels; received {numbers.shape}."
            )
        most = max(1, integer("FeatureDistance", "most_bytes", most_bytes) // (4 * values.shape[1]))
        return cls(values[chosen_evenly(numbers, most, seed)])

    def __call__(self, features: Any) -> np.ndarray:
        """Return each photo's distance, float64 (n,).

        Raises:
            ShapeError: another number of features than it was made with.
        """
        values = self._checked(features, finite=False)
        if values.shape[1] != self.features.shape[1]:
            raise ShapeError(
                f"FeatureDistance: made with {self.features.shape[1]} features a photo; received {values.shape[1]}."
            )
        strange = ~np.isfinite(values).all(axis=1)  # overflow: as far as can be
        return np.where(strange, np.inf, self._nearest(np.where(strange[:, np.newaxis], 0, values)))

    def _nearest(self, values: np.ndarray) -> np.ndarray:
        import torch

        known = torch.from_numpy(self.features).double()
        distances = [
            torch.cdist(some, known, compute_mode="use_mm_for_euclid_dist").amin(dim=1)
            for some in torch.from_numpy(values).double().split(BATCH)  # (batch, photos kept) at a time
        ]
        return torch.cat(distances).numpy()

    @staticmethod
    def _checked(features: Any, finite: bool = True) -> np.ndarray:
        values = np.asarray(features, np.float32)
        if values.ndim != 2 or 0 in values.shape:
            raise ShapeError(
                f"FeatureDistance: features must be (photos, features); received {values.shape}."
            )
        if finite and not np.isfinite(values).all():
            raise ArgumentError("FeatureDistance: features must be finite.")
        return values
