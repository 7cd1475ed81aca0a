"""Plans: which file goes where when photos change their class, are set aside, or classes are renamed or merged."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from convolens.data.folders.folder import is_image_file, subfolders
from convolens.data.folders.names import composed
from convolens.errors import ArgumentError, DataError, MissingFileError
from convolens.files.atomic import digest_of
from convolens.studio.editing.edits import Done, edit
from convolens.studio.editing.moving import Move, free_place
from convolens.studio.editing.names import check_class_name
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import path_of, shown
from convolens.studio.workspace.photos import Photos


def move(studio: Studio, photos: Sequence[str], to: str, place: str = "photos") -> Done:
    """Move photos into a class, which is made where it is not there; each stays on its side (training, validation, test).

    Args:
        studio: whose photos they are.
        photos: their identities.
        to: the class.
        place: that the photos lie in, see `Workspace.place`.

    Raises:
        ArgumentError: a name that no class can have; no photos. MissingFileError: one is gone. Others: those of `edits.edit`.
    """

    def plan(studio: Studio) -> tuple[str, list[Move]]:
        paths = _files(studio, photos, place)
        there = studio.listing.photos()
        name = there.find_class(to) or check_class_name(to)
        taken: set[Path] = set()
        moves = []
        for path in paths:
            side = _side_of(there, path.relative_to(studio.workspace.place(place)))
            folder = class_folder(there, side, name)
            if path.parent != folder and not _lies_in(there, path, name):
                moves.append((path, free_place(folder, path.name, taken)))
        if not moves:
            return f"{_counted(len(paths))} in {name} already", []
        return f"Moved {_counted(len(moves))} to {name}", moves

    return edit(studio, plan)


def quarantine(studio: Studio, photos: Sequence[str], place: str = "photos", copies: bool = False) -> Done:
    """Set photos aside: they lie in the studio's own folder then, and no training sees them.

    Args:
        studio, photos, place: as of `move`.
        copies: whether files of the same bytes go with them, as a photo with several labels lies in several classes.

    Raises:
        As of `move`.
    """

    def plan(studio: Studio) -> tuple[str, list[Move]]:
        taken: set[Path] = set()
        root, aside = studio.workspace.place(place), studio.workspace.quarantine
        paths = _files(studio, photos, place)
        if copies and place == "photos":
            paths = [*paths, *_copies(studio.listing.photos(), paths)]
        moves = [(path, free_place(aside, os.fspath(path.relative_to(root)), taken)) for path in paths]
        return f"Set {_counted(len(moves))} aside", moves

    return edit(studio, plan)


def restore(studio: Studio, photos: Sequence[str]) -> Done:
    """Bring photos back that were set aside, to where they lay, whatever their class is called by now.

    Args, Raises: as of `move`.
    """

    def plan(studio: Studio) -> tuple[str, list[Move]]:
        taken: set[Path] = set()
        root, aside = studio.workspace.check_folder(), studio.workspace.quarantine
        moves = [
            (path, free_place(root, os.fspath(path.relative_to(aside)), taken))
            for path in _files(studio, photos, "quarantine")
        ]
        return f"Brought {_counted(len(moves))} back", moves

    return edit(studio, plan)


def rename(studio: Studio, old: str, new: str) -> Done:
    """Give a class another name, on all sides.

    Args:
        studio: whose photos they are.
        old, new: the names.

    Raises:
        MissingFileError: there is no such class. DataError: another has the name. ArgumentError: a name that no class can have.
        Others: those of `edits.edit`.
    """

    def plan(studio: Studio) -> tuple[str, list[Move]]:
        there = studio.listing.photos()
        name, wanted = _class(there, old), check_class_name(new)
        if name == wanted:
            return f"{name} has this name already", []
        taken = there.find_class(wanted)
        if taken is not None and taken != name:
            raise DataError(f"there is a class {taken} already; merge {name} into it instead.")
        moves: list[Move] = []
        claimed: set[Path] = set()
        for folder in there.folders:
            if composed(folder.name) == composed(name):
                target = there.root / folder.side / wanted
                if len(folder.folders) == 1:
                    moves.append((there.root / folder.folders[0], target))
                else:  # one class in several spellings
                    moves += _contents(there.root, folder.folders, target, claimed)
        moves += _set_aside(studio, there, {composed(name)}, wanted, claimed)
        return f"Renamed {name} to {wanted}", moves

    return edit(studio, plan)


def merge(studio: Studio, classes: Sequence[str], into: str) -> Done:
    """Make several classes one, on all sides.

    Args:
        studio: whose photos they are.
        classes: that lose their names.
        into: the class that gets their photos; it is made where it is not there.

    Raises:
        As of `rename`.
    """

    def plan(studio: Studio) -> tuple[str, list[Move]]:
        there = studio.listing.photos()
        name = there.find_class(into) or check_class_name(into)
        merged = [one for one in dict.fromkeys(_class(there, one) for one in classes) if one != name]
        if not merged:
            raise ArgumentError(f"name the classes that are to become {name}.")
        wanted = {composed(one) for one in merged}
        claimed: set[Path] = set()
        moves: list[Move] = []
        photos = 0
        for folder in there.folders:
            if composed(folder.name) in wanted:
                photos += len(folder.photos)
                target = class_folder(there, folder.side, name)
                within = _contents(there.root, folder.folders, target, claimed)
                emptied = studio.workspace.state / "emptied"  # a folder without files would stay a class
                moves += within or [
                    (there.root / one, free_place(emptied, one, claimed)) for one in folder.folders
                ]
        moves += _set_aside(studio, there, wanted, name, claimed)
        return f"Merged {' and '.join(merged)} into {name}, {_counted(photos)}", moves

    return edit(studio, plan)


def class_folder(there: Photos, side: str, name: str) -> Path:
    """Return the folder of a class on a side, as it is spelt there; it may have to be made."""
    for folder in there.folders:
        if folder.side == side and composed(folder.name) == composed(name):
            return there.root / folder.folders[0]
    return there.root / side / name


def _contents(root: Path, folders: Sequence[str], target: Path, claimed: set[Path]) -> list[Move]:
    """Return the moves of all that lies in folders, hidden files too, so that nothing of them stays."""
    moves = []
    for folder in folders:
        base = root / folder
        for place, inner, names in os.walk(base):
            inner.sort()
            links = [name for name in inner if Path(place, name).is_symlink()]
            for name in sorted([*names, *links]):
                source = Path(place, name)
                moves.append((source, free_place(target, os.fspath(source.relative_to(base)), claimed)))
    return moves


def _set_aside(studio: Studio, there: Photos, classes: set[str], name: str, claimed: set[Path]) -> list[Move]:
    """Return the moves of photos of classes that were set aside, so that they come back to what the class is called now."""
    aside = studio.workspace.quarantine
    moves = []
    for side in (aside / one for one in there.sides):
        if side.is_dir():
            folders = [one for one in subfolders(side) if composed(one) in classes and one != name]
            moves += _contents(side, folders, side / name, claimed)
    return moves


def _files(studio: Studio, photos: Sequence[str], place: str) -> list[Path]:
    if not photos:
        raise ArgumentError("no photos are chosen; choose some.")
    root = studio.workspace.place(place)
    paths = [path_of(photo, root) for photo in dict.fromkeys(photos)]
    for path in paths:
        if path.is_dir() or not is_image_file(path):
            raise ArgumentError(f"{shown(path.relative_to(root))!r} is no photo; choose photos.")
    return paths


def _copies(there: Photos, paths: Sequence[Path]) -> list[Path]:
    """Return the other photos of the open folder that have the same bytes."""
    sizes = {path.stat().st_size for path in paths}
    digests = {digest_of(path) for path in paths}
    found = []
    for photo in there.class_of:
        with suppress(OSError):  # gone meanwhile, or a link to nothing
            same_size = os.stat(os.path.join(there.root, photo)).st_size in sizes
            if same_size and digest_of(there.root / photo) in digests:
                found.append(there.root / photo)
    return [path for path in found if path not in paths]


def _class(there: Photos, name: str) -> str:
    found = there.find_class(name)
    if found is None:
        raise MissingFileError(
            f"there is no class {name!r}; it was renamed, merged or emptied. Reload the page."
        )
    return found


def _side_of(there: Photos, relative: Path) -> str:
    """Return the side that a photo lies on; the first where it lies on none."""
    return relative.parts[0] if relative.parts[0] in there.sides else there.sides[0]


def _lies_in(there: Photos, path: Path, name: str) -> bool:
    folder = there.class_of.get(os.path.relpath(path, there.root))
    return folder is not None and composed(folder.name) == composed(name)


def _counted(photos: int) -> str:
    return "1 photo" if photos == 1 else f"{photos:,} photos"
