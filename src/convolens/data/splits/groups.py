"""Groups: photos that a split must keep on one side, by their names, a table or their content."""

import csv
import hashlib
import re
from pathlib import Path

import numpy as np

from convolens.data.folders.folder import ImageFolder, from_root
from convolens.data.folders.names import composed
from convolens.errors import ArgumentError, DataError, MissingFileError


def split_units(contents: list[str], groups: np.ndarray | None) -> list[str]:
    """Return the hash of each photo's unit: what a split must not part, since its photos are identical or of one group.

    Args:
        contents: SHA-256 of each photo's file (n,), as `content_hashes` gives.
        groups: the name of each photo's group (n,); None where identical photos alone stay together. Groups that share a photo
            are one unit.

    Example:
        >>> one, same, linked, other = split_units(["1", "1", "2", "3"], np.array(["a", "b", "b", "c"]))
        >>> one == same == linked, one == other
        (True, False)
    """
    if groups is None:
        return contents
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group, content in zip(groups, contents, strict=True):
        first, second = sorted((root(f"group {group}"), root(f"photo {content}")))
        parent[second] = first  # "group ..." sorts before "photo ...": a unit is named after its first group
    return [
        hashlib.sha256(root(f"group {group}").encode("utf-8", "surrogateescape")).hexdigest()
        for group in groups
    ]


def read_groups(group_by: str, folder: ImageFolder) -> np.ndarray:
    """Return the name of each photo's group.

    Args:
        group_by: a regular expression searched for in each photo's path (its first bracket, or all of it, is the
            group's name; a photo without a match is a group of its own), or a CSV file with the columns path (from
            the data folder, or the bare file name) and group. Names and groups are compared `composed`.
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
        pattern = re.compile(composed(group_by))
    except re.error as error:
        raise ArgumentError(f"--group-by: {group_by!r} is not a regular expression ({error}).") from error
    found = [pattern.search(composed(name)) for name in names]
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
        group = composed(group)
        if group and table.setdefault(composed(from_root(name, root)), group) != group:
            raise DataError(
                f"--group-by: {path}, row {number}: {name!r} is of group {group!r} here and of another above; "
                "where two classes have a file of that name, write class/name."
            )
    groups = [
        table.get(name, table.get(name.rsplit("/", 1)[-1])) for name in (composed(name) for name in names)
    ]
    missing = [name for name, group in zip(names, groups, strict=True) if group is None]
    if missing:
        raise DataError(
            f"--group-by: {path} names no group for {len(missing)} of {len(names)} photos; the first is {missing[0]!r}."
        )
    return np.array(groups, dtype=object)
