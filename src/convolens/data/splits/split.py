"""Training and validation photos parted by content: the same photo never changes sides, identical ones stay together."""

import csv
import hashlib
import re
from pathlib import Path, PurePosixPath

import numpy as np

from convolens.arguments import number_in
from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.data.splits.multi_label_split import keep_classes_on_both_sides
from convolens.errors import ArgumentError, DataError, MissingFileError


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
    hashes = content_hashes(folder)
    units = units_of(hashes, groups)
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


def units_of(hashes: list[str], groups: np.ndarray | None) -> list[str]:
    """Return for each photo the hash of the unit it must stay with."""
    if groups is None:
        return hashes
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group, content in zip(groups, hashes, strict=True):
        first, second = sorted((root(f"group {group}"), root(f"photo {content}")))
        parent[second] = first  # "group ..." sorts before "photo ...": a unit is named after its first group
    return [
        hashlib.sha256(root(f"group {group}").encode("utf-8", "surrogateescape")).hexdigest()
        for group in groups
    ]


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


def read_groups(group_by: str, folder: ImageFolder) -> np.ndarray:
    """Return the name of each photo's group.

    Args:
        group_by: a regular expression searched for in each photo's path (its first bracket, or all of it, is the
            group's name; a photo without a match is a group of its own), or a CSV file with the columns path (from
            the data folder, or the bare file name) and group.
        folder: the photos.

    Raises:
        ArgumentError: not a regular expression, or one that matches no photo.
        MissingFileError: no such CSV file. DataError: the CSV lacks a photo.

    Example:
        >>> folder = ImageFolder(Path("d"), (Path("a/p1_x.jpg"), Path("a/p1_y.jpg")), np.zeros(2, int), ("a",))
        >>> read_groups(r"(p[0-9]+)_", folder).tolist()
        ['p1', 'p1']
    """
    names = [path.as_posix() for path in folder.relative_paths]
    if group_by.casefold().endswith(".csv"):
        return _groups_of_table(Path(group_by), names, folder.root)
    try:
        pattern = re.compile(group_by)
    except re.error as error:
        raise ArgumentError(f"--group-by: {group_by!r} is not a regular expression ({error}).") from error
    found = [pattern.search(name) for name in names]
    if not any(_part_named(match) for match in found):
        raise ArgumentError(
            f"--group-by: {group_by!r} matches none of {len(names)} photos; the first is {names[0]!r}. "
            "Put the part that names the object in brackets."
        )
    return np.array(
        [
            name if part is None else part
            for name, part in zip(names, (_part_named(match) for match in found), strict=True)
        ],
        dtype=object,
    )


def _part_named(match: re.Match[str] | None) -> str | None:
    """Return what the first bracket found, or all of the match; None where nothing was, or that bracket found nothing."""
    if match is None:
        return None
    found: str | None = match.group(1) if match.re.groups else match.group(0)
    return found


def _groups_of_table(path: Path, names: list[str], root: Path) -> np.ndarray:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError as error:
        raise MissingFileError(f"--group-by: {path}: no such CSV file.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"--group-by: {path} cannot be read as CSV in UTF-8 ({error}).") from error
    short = next((number for number, row in enumerate(rows, 1) if len(row) < 2), None)
    if short is not None:
        raise DataError(
            f"--group-by: {path}, row {short}: expected two columns, path and group, parted by a comma."
        )
    table: dict[str, str] = {}
    for number, (name, group, *_) in enumerate(rows, 1):
        if group and table.setdefault(from_root(name, root), group) != group:
            raise DataError(
                f"--group-by: {path}, row {number}: {name!r} is of group {group!r} here and of another above; "
                "where two classes have a file of that name, write class/name."
            )
    groups = [table.get(name, table.get(name.rsplit("/", 1)[-1])) for name in names]
    missing = [name for name, group in zip(names, groups, strict=True) if group is None]
    if missing:
        raise DataError(
            f"--group-by: {path} names no group for {len(missing)} of {len(names)} photos; the first is {missing[0]!r}."
        )
    return np.array(groups, dtype=object)


def from_root(name: str, root: Path) -> str:
    """Return a path as it reads from the data folder: with slashes, and without that folder's own path.

    Example:
        >>> from_root("photos\\\\cat\\\\1.jpg", Path("photos")), from_root("./cat/1.jpg", Path("photos"))
        ('cat/1.jpg', 'cat/1.jpg')
    """
    path = PurePosixPath(name.replace("\\", "/"))
    for start in (root, root.resolve()):
        if path.is_relative_to(start.as_posix()):
            return path.relative_to(start.as_posix()).as_posix()
    return path.as_posix()
