"""Photos with several labels parted so that every class is on both sides, where that can be."""

import numpy as np


def keep_classes_on_both_sides(
    labels: np.ndarray, units: np.ndarray, positions: np.ndarray, validation: np.ndarray
) -> None:
    """Move the fewest photos that bring every class to both sides, the rarest class first; in place.

    For a class that is on one side only, the photo (or group) nearest to the border changes over, of those whose move takes
    no other class from a side. Where there is none, the class stays where it is.

    Args:
        labels: 0 and 1, (n, classes).
        units: what must stay together has the same name, (n,).
        positions: in [0, 1), (n,); small ones are for validation.
        validation: bool (n,), which photos are.

    Example:
        >>> rows, validation = np.array([[1, 0], [1, 1], [0, 1]]), np.array([True, False, False])
        >>> keep_classes_on_both_sides(rows, np.arange(3), np.array([0.1, 0.3, 0.6]), validation)
        >>> validation.tolist()
        [True, False, True]
    """
    has = labels > 0
    for label in np.argsort(has.sum(axis=0), kind="stable"):
        mine = has[:, label]
        for side in (True, False):
            if not mine.any() or (validation[mine] == side).any():
                continue
            candidates = np.flatnonzero(mine)
            order = np.argsort(positions[candidates] if side else -positions[candidates], kind="stable")
            for candidate in candidates[order]:
                moved = np.where(units == units[candidate], side, validation)
                if not (_on_side(has, validation) & ~_on_side(has, moved)).any():
                    validation[:] = moved
                    break


def _on_side(has: np.ndarray, validation: np.ndarray) -> np.ndarray:
    """Return which classes have a photo on each side, bool (2, classes)."""
    return np.stack([has[validation].any(axis=0), has[~validation].any(axis=0)])
