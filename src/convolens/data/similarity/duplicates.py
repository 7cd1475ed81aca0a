"""Duplicates: all photos of a set that are there more than once, by their bytes or by what they show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from convolens.data.similarity.near_duplicates import find_near_duplicates
from convolens.pixel_rows import PixelRows

KINDS = ("identical", "near", "mirrored", "moved", "moved, mirrored")
MOVED, MOVED_MIRRORED = 3, 4


@dataclass(frozen=True)
class Duplicates:
    """Pairs of photos that are the same, and what hangs together by them.

    Attributes:
        pairs: places (m, 2), the smaller first.
        kinds: a place in `KINDS` for each pair.
        similarity: correlation of brightness of each pair, where both are; 1 of identical files.
        groups: a number for each photo (n,); photos that hang together have the same.
        bar: see `NearDuplicates`.
        smooth: places of photos that show too little to be compared by more than their bytes.
    """

    pairs: np.ndarray
    kinds: np.ndarray
    similarity: np.ndarray
    groups: np.ndarray
    bar: float
    smooth: np.ndarray


def find_duplicates(
    contents: Sequence[str],
    thumbnails: PixelRows,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Duplicates:
    """Return identical files, near-duplicates and mirror images.

    Of files with the same bytes each is paired with the first; of a near pair also each copy with the other's first.

    Args:
        contents: a hash of each file's bytes, (n,).
        thumbnails: uint8 (n, 32, 32, 3).
        advance: see `find_near_duplicates`.

    Example:
        >>> found = find_duplicates(["a", "b", "a"], np.zeros((3, 32, 32, 3), np.uint8))
        >>> found.pairs.tolist(), found.groups.tolist()
        ([[0, 2]], [0, 1, 0])
    """
    _, firsts, which = np.unique(
        np.asarray(contents, dtype=object).astype(str), return_index=True, return_inverse=True
    )
    kept = np.sort(firsts)
    first = firsts[which]  # (n,): the first file with these bytes
    copies = np.flatnonzero(first != np.arange(len(first)))
    near = find_near_duplicates(thumbnails if len(kept) == len(first) else thumbnails[kept], advance)
    pairs = [np.stack([first[copies], copies], 1), kept[near.pairs]]
    kinds = [np.zeros(len(copies), np.int64), np.where(near.mirrored, 2, 1)]
    similarity = [np.ones(len(copies), np.float32), near.similarity]
    of_first: dict[int, list[int]] = {}
    for copy in copies.tolist():
        of_first.setdefault(int(first[copy]), []).append(copy)
    more = [
        (sorted((copy, other)), number)
        for number, (a, b) in enumerate(kept[near.pairs].tolist())
        for mine, other in ((a, b), (b, a))
        for copy in of_first.get(mine, ())
    ]
    if more:
        pairs.append(np.array([pair for pair, _ in more], np.int64))
        kinds.append(kinds[1][[number for _, number in more]])
        similarity.append(near.similarity[[number for _, number in more]])
    together = np.concatenate(pairs).astype(np.int64)
    order = np.lexsort((together[:, 1], together[:, 0]))
    return Duplicates(
        together[order], np.concatenate(kinds)[order], np.concatenate(similarity)[order], _groups(together, len(first)),
        near.bar, kept[near.smooth],
    )  # fmt: skip


def with_moved(
    duplicates: Duplicates, pairs: np.ndarray, similarity: np.ndarray, mirrored: np.ndarray
) -> Duplicates:
    """Return the duplicates with pairs that show the same once one photo is moved (cropped, turned).

    Args:
        duplicates: known so far.
        pairs: others (m, 2), the smaller place first. similarity: theirs (m,). mirrored: whether one is mirrored too, (m,).

    Example:
        >>> found = find_duplicates(["a", "b", "a"], np.zeros((3, 32, 32, 3), np.uint8))
        >>> more = with_moved(found, np.array([[0, 1]]), np.array([0.99]), np.array([False]))
        >>> more.pairs.tolist(), [KINDS[kind] for kind in more.kinds], more.groups.tolist()
        ([[0, 1], [0, 2]], ['moved', 'identical'], [0, 0, 0])
    """
    together = np.concatenate([duplicates.pairs, pairs])
    kinds = np.concatenate([duplicates.kinds, np.where(mirrored, MOVED_MIRRORED, MOVED)])
    order = np.lexsort((together[:, 1], together[:, 0]))
    return replace(
        duplicates,
        pairs=together[order],
        kinds=kinds[order],
        similarity=np.concatenate([duplicates.similarity, similarity])[order],
        groups=_groups(together, len(duplicates.groups)),
    )


def _groups(pairs: np.ndarray, n: int) -> np.ndarray:
    """Return a number for each of n photos; those that hang together by pairs have the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(links, directed=False)[1].astype(np.int64)
