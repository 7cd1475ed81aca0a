"""Sources: where photos without a label lie: loose in the open folder, added without a class, in folders near it."""

import os
from dataclasses import dataclass
from pathlib import Path

from convolens.data.folders.folder import is_hidden, is_image_file, names_below
from convolens.errors import ArgumentError, ConvolensError, MissingFileError
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import identity, path_of, shown
from convolens.studio.workspace.workspace import Workspace

LOOSE, ADDED = "loose", "added"
_LOOKED_AT = 200  # folders near
_PEEKED = 40  # entries of each
_MOST = 100_000  # photos that are counted


@dataclass(frozen=True)
class Source:
    """A place with photos without a label.

    Attributes:
        id: "loose", "added", or "folder." and the identity of a folder of the workspace's home.
        name: for people.
        place: that pictures are asked from, see `Workspace.place`.
        root: of that place.
        folder: that holds the photos.
        photos: paths from it, sorted.
    """

    id: str
    name: str
    place: str
    root: Path
    folder: Path
    photos: tuple[str, ...]


def sources(studio: Studio) -> list[dict[str, object]]:
    """Return the places where photos without a label lie, as plain values, those with photos alone."""
    found: list[Source] = []
    for one in (LOOSE, ADDED):
        source = find_source(studio, one)
        if source.photos:
            found.append(source)
    rows: list[dict[str, object]] = [
        {"id": one.id, "name": one.name, "photos": len(one.photos)} for one in found
    ]
    for folder in near(studio.workspace):
        source = find_source(studio, f"folder.{identity(folder)}")
        rows.append({"id": source.id, "name": source.name, "photos": len(source.photos)})
    return rows


def near(workspace: Workspace) -> list[str]:
    """Return folders of the home that hold photos themselves, so that they are no folders of classes; paths from the home."""
    photos, runs = workspace.folder(), workspace.runs
    found = []
    for name in _folders(workspace.home)[:_LOOKED_AT]:
        path = workspace.home / name
        if path == runs or photos.is_relative_to(path) or path.is_relative_to(photos):
            continue
        if _holds_photos(path):
            found.append(name)
    return found


def find_source(studio: Studio, source: str) -> Source:
    """Return a source with the photos that it has now.

    Args:
        studio: whose photos they are.
        source: its id.

    Raises:
        ArgumentError: no such source. MissingFileError: it is gone.
    """
    workspace = studio.workspace
    photos = workspace.check_folder()
    if source == LOOSE:
        found = tuple(sorted(name for name in _files(photos) if is_image_file(photos / name)))
        return Source(LOOSE, "photos that lie in no class", "photos", photos, photos, found)
    if source == ADDED:
        aside = workspace.unlabelled
        return Source(ADDED, "photos added without a class", "unlabelled", aside, aside, _below(aside))
    kind, _, folder = source.partition(".")
    if kind != "folder" or not folder:
        raise ArgumentError(f"there is no source {source!r}; choose one of the list.")
    path = path_of(folder, workspace.home)
    if not path.is_dir():
        raise MissingFileError(f"{path}: is no folder; choose another.")
    if path == photos or photos.is_relative_to(path) or path.is_relative_to(photos):
        raise ArgumentError(f"{path}: holds the photos that have labels; choose another folder.")
    before = os.path.relpath(path, workspace.home)
    names = tuple(os.path.join(before, name) for name in _below(path))
    return Source(source, shown(before), "home", workspace.home, path, names)


def _below(folder: Path) -> tuple[str, ...]:
    start = len(os.path.join(folder, ""))
    try:
        return tuple(path[start:] for path in names_below(os.fspath(folder)) if is_image_file(path))[:_MOST]
    except ConvolensError:
        return ()


def _files(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [one.name for one in entries if not is_hidden(one.name) and one.is_file()]
    except OSError:
        return []


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(one.name for one in entries if not is_hidden(one.name) and one.is_dir())
    except OSError:
        return []


def _holds_photos(folder: Path) -> bool:
    return any(is_image_file(folder / name) for name in _files(folder)[:_PEEKED])
