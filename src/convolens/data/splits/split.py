"""Training and validation photos parted by content: the same photo never changes sides, identical ones stay together."""

import numpy as np

from convolens.arguments import number_in
from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.data.splits.groups import split_units
from convolens.data.splits.multi_label_split import keep_classes_on_both_sides
from convolens.errors import DataError


def split_by_content(
    folder: ImageFolder, share: float, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of training and of validation photos.

    A photo's side follows from its content alone (of a group, from the group's name): its hash, read as a number in
    [0, 1), is below `share` or not. So a photo that is renamed, or joined by others, stays where it was. Only where a
    class would have no photo on one side, its nearest photo (or group) changes over.

    Args:
        folder: the photos.
        share: wanted for validation of each class, in (0, 1); classes of n photos have share * n, give or take
            sqrt(n * share * (1 - share)).
        groups: the name of each photo's group (n,), as `read_groups` gives; photos of a group, and groups that share
            an identical photo, stay on one side.

    Returns:
        Two rising int64 arrays that hold each place once.

    Raises:
        ArgumentError: a share outside (0, 1). DataError: everything hangs together, nothing can be parted.
    """
    number_in("split_by_content", "share", share, 0.0, 1.0, open_high=True)
    units = split_units(content_hashes(folder), groups)
    positions = np.array([int(unit[:13], 16) / 16**13 for unit in units])  # in [0, 1)
    names = np.array(units)
    validation = positions < share
    if folder.labels.ndim == 2:  # several labels a photo
        keep_classes_on_both_sides(folder.labels, names, positions, validation)
    else:
        for label in range(len(folder.class_names)):
            _keep_both_sides(label, folder.labels, names, positions, validation)
    if validation.all() or not validation.any():
        raise DataError(
            f"{folder.root}: the photos cannot be parted, each class has one photo, or photos of one group or identical "
            "ones only; give more photos, or a validation folder with --val."
        )
    return np.flatnonzero(~validation), np.flatnonzero(validation)


def _keep_both_sides(
    label: int, labels: np.ndarray, units: np.ndarray, positions: np.ndarray, validation: np.ndarray
) -> None:
    """Move one unit of a class where all of the class is on one side and there is more than one unit."""
    of_class = labels == label
    if not of_class.any() or len(np.unique(units[of_class])) < 2:
        if of_class.any() and validation[of_class].all():  # one unit: learn from it
            validation[np.isin(units, units[of_class])] = False
        return
    for side in (True, False):  # no validation photo; no training photo
        if (validation[of_class] == side).any():
            continue
        candidates = np.flatnonzero(of_class)
        nearest = candidates[np.argmin(positions[candidates]) if side else np.argmax(positions[candidates])]
        validation[units == units[nearest]] = side
