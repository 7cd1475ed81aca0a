"""Folds by content: every photo in one of N, each class shared evenly, identical photos and those of a group together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.data.splits.groups import split_units
from convolens.errors import DataError


def folds_by_content(folder: ImageFolder, folds: int, groups: np.ndarray | None = None) -> np.ndarray:
    """Return the number of each photo's fold, from 0, int64 (n,).

    What belongs together (identical photos, those of a group, groups that share a photo) is a unit. Units are dealt in the
    order of their size, the largest first, and among equals of their hash, each to the fold that has least of its
    classes. So names and order of the files do not matter, and the counts of a class differ between the folds by
    no more than its largest unit (by 1 where every photo stands alone), where no unit holds photos of several classes.

    Args:
        folder: the photos.
        folds: how many, at least 2.
        groups: the name of each photo's group (n,), as `read_groups` gives.

    Raises:
        ArgumentError: fewer than 2 folds.
        DataError: a class with fewer photos (or units) than folds, or units so large that a fold stays empty.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as root:
        ...     names = tuple(Path("a", str(i)) for i in range(6))
        ...     Path(root, "a").mkdir()
        ...     _ = [Path(root, name).write_bytes(bytes([i])) for i, name in enumerate(names)]
        ...     found = folds_by_content(ImageFolder(Path(root), names, np.zeros(6, np.int64), ("a",)), 3)
        >>> np.bincount(found).tolist()
        [2, 2, 2]
    """
    folds = integer("folds_by_content", "folds", folds, minimum=2)
    units = split_units(content_hashes(folder), groups)
    counts, members = _count(units, folder.labels, len(folder.class_names))
    _check_enough(folder, counts, folds)
    found = _deal(counts, np.bincount(members), folds)[members]
    _check_spread(folder, found, folds)
    return found


def deal(units: Sequence[str], labels: np.ndarray, classes: int, folds: int) -> np.ndarray:
    """Return the number of each sample's fold, from 0, int64 (n,), as `folds_by_content` deals them; a fold may stay empty.

    Args:
        units: what the samples of a unit have in common (n,); their order is that of these texts.
        labels: class numbers (n,), or 0 and 1 (n, classes).
        classes: how many there are.
        folds: how many, at least 2.

    Example:
        >>> deal(["a", "a", "b", "c"], np.array([0, 0, 1, 1]), 2, 2).tolist()
        [0, 0, 1, 0]
    """
    counts, members = _count(units, labels, classes)
    return _deal(counts, np.bincount(members), folds)[members]


def _count(units: Sequence[str], labels: np.ndarray, classes: int) -> tuple[Any, np.ndarray]:
    """Return how many samples of each class a unit holds, a sparse array in rows (units, classes), and each sample's unit (n,)."""
    from scipy.sparse import csr_array

    names, members = np.unique(units, return_inverse=True)
    samples, numbers = np.nonzero(has_class(labels, classes))
    ones = np.ones(len(samples), np.int64)
    places = (members[samples], numbers)
    counts = csr_array((ones, places), shape=(len(names), classes))  # equal places are summed
    counts.sum_duplicates()
    return counts, members


def has_class(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return which photo is of which class, or has which label, bool (n, classes).

    Args:
        labels: class numbers (n,), or 0 and 1 (n, classes).
        classes: how many there are.

    Example:
        >>> has_class(np.array([1, 0]), 2).tolist(), has_class(np.array([[1.0, 1.0]]), 2).tolist()
        ([[False, True], [True, False]], [[True, True]])
    """
    return labels > 0 if labels.ndim == 2 else labels[:, np.newaxis] == np.arange(classes)


def _deal(counts: Any, sizes: np.ndarray, folds: int) -> np.ndarray:
    """Return the fold of each unit, of so many samples, int64 (units,)."""
    of_class = counts.sum(axis=0)
    held = np.zeros((folds, counts.shape[1]))  # share of each class that a fold has
    totals = [0] * folds
    found = np.zeros(counts.shape[0], np.int64)
    for unit in np.argsort(-sizes, kind="stable"):
        row = slice(counts.indptr[unit], counts.indptr[unit + 1])
        classes, photos = counts.indices[row], counts.data[row]
        least = held[:, classes].sum(axis=1).round(12).tolist()  # 1/3 + 1/3 is 2/3
        fold = min(range(folds), key=lambda number: (least[number], totals[number]))
        held[fold, classes] += photos / of_class[classes]
        totals[fold] += int(sizes[unit])
        found[unit] = fold
    return found


def _check_enough(folder: ImageFolder, counts: Any, folds: int) -> None:
    photos, units = counts.sum(axis=0), (counts > 0).sum(axis=0)
    if units.min() >= folds:
        return
    label = int(units.argmin())
    name, few = folder.class_names[label], int(units[label])
    all_photos = int(photos[label])
    held = f"{all_photos} photo{'s' * (all_photos != 1)}"
    if few < all_photos:
        held += f" in {few} part{'s' * (few != 1)} that stay together (identical photos, or one group)"
    instead = f"give --kfold {few}, or add photos" if few > 1 else "add photos, or take the folder out"
    raise DataError(
        f"{folder.root}: class {name!r} has {held}, fewer than the {folds} folds, so not every fold could be scored on it; {instead}."
    )


def _check_spread(folder: ImageFolder, found: np.ndarray, folds: int) -> None:
    """Raise where a fold is empty, or holds all of a class: there would be nothing to score, or nothing to learn from."""
    if len(np.unique(found)) < folds:
        raise DataError(
            f"{folder.root}: photos that stay together are too many to fill {folds} folds; give a smaller --kfold, or finer groups."
        )
    mine = has_class(folder.labels, len(folder.class_names))
    for label, name in enumerate(folder.class_names):
        if len(np.unique(found[mine[:, label]])) < 2:
            raise DataError(
                f"{folder.root}: all photos of class {name!r} hang together by photos of other classes, so they fall into one fold; "
                "give finer groups, or a smaller --kfold."
            )
