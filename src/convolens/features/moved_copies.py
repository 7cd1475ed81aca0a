"""Moved copies: photos that show the same, cropped, turned or shifted, found by features and confirmed by laying them over each other.

Features alone cannot tell: two hands that make the same sign before the same wall are as near as a photo and its crop. So they
propose, each photo its nearest few, and `data.similarity.registration` decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convolens.data.decoding.decode import read_pixels
from convolens.data.similarity.registration import SIDE, register
from convolens.features.learners.ridge import unit_length
from convolens.features.neighbours import nearest
from convolens.threads import in_threads

NEIGHBOURS = 3  # of each photo that are looked at
NEAR = 0.7  # cosine of the features that is worth a look
SIMILAR = 0.985  # correlation of brightness that copies have at least; signs by two hands reach 0.978 (docs/checking.md)
_COLOUR = 0.9  # the same of red, green and blue
_WORTH = 0.85  # correlation at a quarter of the size that is worth the rest of the work
_CONTRAST = 8.0  # standard deviation of brightness (of 255) below which a photo shows too little to compare
_AT_ONCE = 4096  # pairs


@dataclass(frozen=True)
class MovedCopies:
    """Pairs of photos that show the same once one is moved.

    Attributes:
        pairs: places (m, 2), the smaller first, in rising order.
        similarity: correlation of brightness where both are, (m,).
        mirrored: whether one of a pair is mirrored, too.
        looked_at: how many pairs were laid over each other.
    """

    pairs: np.ndarray
    similarity: np.ndarray
    mirrored: np.ndarray
    looked_at: int


def find_moved_copies(
    features: np.ndarray,
    paths: Sequence[Path],
    groups: np.ndarray,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> MovedCopies:
    """Return the pairs that show the same and are not in one group yet.

    Args:
        features: of a learnt network, (n, d).
        paths: of the photos, (n,).
        groups: a number for each photo (n,); photos of the same are known to be copies.
        advance: told how many pairs of how many are compared.

    Example:
        >>> find_moved_copies(np.eye(3), [], np.arange(3)).looked_at
        0
    """
    pairs = _proposals(features, groups)
    kept, similarity, mirrored = [], [], []
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        places = np.unique(some)
        photos = np.stack(
            in_threads(
                lambda place: read_pixels(paths[place], "rgb", (SIDE, SIDE), shrink_early=True),
                places.tolist(),
            )
        )
        shown = photos.mean(-1).std((1, 2)) >= _CONTRAST
        first, second = np.searchsorted(places, some[:, 0]), np.searchsorted(places, some[:, 1])
        asked = np.flatnonzero(shown[first] & shown[second])
        found = register(
            photos[first[asked]],
            photos[second[asked]],
            _WORTH,
            lambda done, _, start=start: advance(start + done, len(pairs)),  # type: ignore[misc]
        )
        same = (found.similarity >= SIMILAR) & (found.colour >= _COLOUR)
        kept.append(some[asked[same]])
        similarity.append(found.similarity[same])
        mirrored.append(found.mirrored[same])
    return MovedCopies(
        np.concatenate([np.empty((0, 2), np.int64), *kept]),
        np.concatenate([np.empty(0, np.float32), *similarity]),
        np.concatenate([np.empty(0, bool), *mirrored]),
        len(pairs),
    )


def _proposals(features: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return pairs (m, 2) of which one is among the other's nearest, in rising order, none within a group."""
    directions = unit_length(features).astype(np.float32)
    if len(directions) < 2:
        return np.empty((0, 2), np.int64)
    near = nearest(directions, directions, min(NEIGHBOURS + 1, len(directions)), "cosine")  # with itself
    first = np.repeat(np.arange(len(directions)), near.places.shape[1])
    second, distance = near.places.ravel(), near.distances.ravel()
    worth = (groups[first] != groups[second]) & (distance <= 1 - NEAR)
    return np.unique(np.sort(np.stack([first, second], 1)[worth], 1), axis=0).reshape(-1, 2)
