"""Sort photos into folders by what a run said of them, one with several labels into each; an undo list takes it all back."""

import csv
import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from convolens.arguments import number_in
from convolens.errors import ArgumentError, DataError, MissingFileError
from convolens.files.atomic import write_error
from convolens.runs.answers.predict import searched_folders
from convolens.runs.folder.calibration_file import UNKNOWN
from convolens.runs.output.places import check_outside, check_place, check_writable
from convolens.runs.output.tables import write_csv
from convolens.runs.report.prediction import Prediction

UNDO_NAME = "undo.csv"
_COLUMNS = ["created", "from", "bytes", "modified"]


@dataclass(frozen=True)
class Sorted:
    """What was sorted.

    Attributes:
        created: the new files.
        unsure: photos below the confidence that was asked for, or without any label.
        unreadable: photos without an answer.
        undo_list: the file that `undo` takes.
    """

    created: tuple[Path, ...]
    unsure: tuple[Path, ...]
    unreadable: tuple[Path, ...]
    undo_list: Path


def check_sorting(out: Path, min_confidence: float, sources: Iterable[str | PathLike[str]] = ()) -> None:
    """Check what `sort_into` will be asked, before the work that comes first.

    Args:
        out, min_confidence: of `sort_into`.
        sources: of `predict`.

    Raises:
        ArgumentError: a confidence outside [0, 1], or a folder inside one that is searched for photos.
        WriteError: no folder that can be written.
    """
    number_in("predict", "min_confidence", min_confidence, 0, 1)
    check_outside(out, *searched_folders(sources), option="--sort-into")
    if out.is_dir():
        check_place(out / UNDO_NAME)
    elif os.path.lexists(out):
        raise write_error(FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)), out)
    else:
        check_writable(out)


def sort_into(
    answers: Sequence[Prediction], out: Path, min_confidence: float = 0.0, link: bool = False
) -> Sorted:
    """Copy each photo into OUT/CLASS, or into OUT/LABEL of each of its labels; the photos themselves are left as they are.

    Args:
        answers: of `predict`.
        out: made where it is not there; files in it are never written over.
        min_confidence: photos below it are left out, in [0, 1].
        link: True makes symbolic links instead of copies.

    Raises:
        ArgumentError: a confidence outside [0, 1], or a photo that lies in the folder of a class; nothing is sorted.
        WriteError: something cannot be written; what was sorted until then is in the undo list.
    """
    number_in("predict", "min_confidence", min_confidence, 0, 1)
    for answer in answers:
        for name in answer.said:
            if answer.path.resolve().is_relative_to((out / name).resolve()):
                raise ArgumentError(
                    f"{answer.path}: lies where the photos of {name!r} are sorted into, {out / name}, and would be doubled; "
                    "name another folder by --sort-into."
                )
    created: list[tuple[Path, Path]] = []
    unsure, unreadable = [], []
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, out) from error
    undo_list = _free(out / UNDO_NAME)
    try:
        for answer in answers:
            if answer.error is not None:
                unreadable.append(answer.path)
                continue
            names = [name for name, chance in answer.said.items() if chance >= min_confidence]
            if answer.unknown and (names or not answer.said):
                names = [UNKNOWN]
            if not names:
                unsure.append(answer.path)
            for name in names:
                target = _free(out / name / answer.path.name)
                try:
                    target.parent.mkdir(exist_ok=True)
                    if link:
                        target.symlink_to(answer.path.resolve())
                    else:
                        shutil.copy2(answer.path, target)
                except BaseException as error:  # Ctrl-C too leaves no half copy
                    with suppress(OSError):
                        target.unlink()
                    if isinstance(error, OSError):
                        raise write_error(error, target) from error
                    raise
                created.append((target, answer.path))
    finally:
        rows = [[new.relative_to(out), old.resolve(), *_state(new)] for new, old in created]
        write_csv(undo_list, _COLUMNS, rows)
    return Sorted(tuple(new for new, _ in created), tuple(unsure), tuple(unreadable), undo_list)


def _state(path: Path) -> list[str]:
    """Return size and time of last change (ns): files that were changed since are the user's own."""
    state = os.lstat(path)
    return [str(state.st_size), str(state.st_mtime_ns)]


def _free(path: Path) -> Path:
    """Return the path, or its next free sibling NAME-2, NAME-3 ..."""
    number = 1
    while True:
        free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not os.path.lexists(free):
            return free
        number += 1


def undo(undo_list: Path) -> tuple[int, list[Path]]:
    """Remove the files that an undo list names, and the class folders that are empty then.

    Returns:
        How many files were removed, and those that were left because they have changed since.

    Raises:
        MissingFileError: no such list. DataError: not an undo list, or one that points outside of its folder.
    """
    out = undo_list.parent
    try:
        with undo_list.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{undo_list}: no such undo list; --sort-into writes it into its folder."
        ) from error
    except (OSError, csv.Error) as error:
        raise DataError(f"{undo_list}: cannot be read ({error}).") from error
    inside = all(
        len(row) == len(_COLUMNS)
        and len(Path(row[0]).parts) == 2
        and ".." not in Path(row[0]).parts
        and not Path(row[0]).is_absolute()
        for row in rows
    )
    if header != _COLUMNS or not inside:
        raise DataError(f"{undo_list}: not an undo list of --sort-into; nothing was removed.")
    removed, left = 0, []
    for name, _, *state in rows:
        path = out / name
        if not os.path.lexists(path):
            continue
        if _state(path) != state:
            left.append(path)
            continue
        try:
            path.unlink()
        except OSError as error:
            raise write_error(error, path) from error
        removed += 1
    with suppress(OSError):  # folders that may not be removed are empty, or stay
        for folder in {(out / row[0]).parent for row in rows}:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        if not left:
            undo_list.unlink()
    return removed, left
