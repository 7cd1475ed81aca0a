"""Edits: photos to another class or set aside, classes renamed and merged; each undone and done again, by whomever."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from convolens.errors import ArgumentError, BusyError, ConvolensError, DataError
from convolens.files.lock import locked
from convolens.studio.editing import journal
from convolens.studio.editing.journal import Edit, Log, Moved, State
from convolens.studio.editing.moving import Move, move_all
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import shown

_WAIT = 20.0  # seconds for another studio that is editing
_Plan = Callable[[Studio], tuple[str, Sequence[Move]]]


@dataclass(frozen=True)
class Done:
    """What an edit did.

    Attributes:
        said: in one line.
        undo: the number by which it is undone; None where there was nothing to do.
        redo: the number by which it is done again; None where it was no undoing.
        moved: where things lie now.
    """

    said: str
    undo: int | None = None
    redo: int | None = None
    moved: tuple[Path, ...] = ()


def edit(studio: Studio, plan: _Plan) -> Done:
    """Do what a plan says, as one edit.

    Args:
        studio: whose photos they are.
        plan: asked for what to say and what to move in a studio of the open folder, while nobody else edits; no moves do nothing.

    Raises:
        WriteError: a place that cannot be written; nothing is changed then. DataError: files that others changed meanwhile. BusyError: another
            studio is editing. ConvolensError: those of the plan.
    """
    with _editing(studio) as (here, log):
        said, moves = plan(here)
        if not moves:
            return Done(said)
        moved = [
            (_relative(here, source), _relative(here, target), state_of(source)) for source, target in moves
        ]
        empty = tuple(_relative(here, folder) for folder in _empty_folders(moves))
        entry = Edit(log.last + 1, journal.now(), shown(said), tuple(moved), empty=empty)
        _carry_out(here, entry)
    _tell(studio)
    return Done(entry.said, undo=entry.number, moved=tuple(target for _, target in moves))


def undo(studio: Studio, number: int | None = None) -> Done:
    """Take an edit back: all of it or nothing.

    Args:
        studio: whose photos they are.
        number: of the edit; None takes the newest that is not undone.

    Raises:
        DataError: there is none, it is undone already, or its files were changed since. WriteError, BusyError: as of `edit`.
    """
    with _editing(studio) as (here, log):
        found = log.to_undo() if number is None else log.find(number)
        if found is None:
            raise DataError("there is nothing to undo.")
        if found.number in log.undone():
            raise DataError(f"{found.said!r} is undone already.")
        moves = tuple((target, source, state) for source, target, state in reversed(found.moves))
        _check_untouched(here, moves, "undone")
        entry = Edit(log.last + 1, journal.now(), f"Undone: {found.said}", moves, undoes=found.number)
        _carry_out(here, entry, stay=found.empty)
    _tell(studio)
    return Done(entry.said, redo=found.number, moved=tuple(_place(here, target) for _, target, _ in moves))


def redo(studio: Studio, number: int | None = None) -> Done:
    """Do an edit that was undone again.

    Args, Raises: as of `undo`.
    """
    with _editing(studio) as (here, log):
        found = log.to_redo() if number is None else log.find(number)
        if found is None:
            raise DataError("there is nothing to do again.")
        if found.number not in log.undone():
            raise DataError(f"{found.said!r} is not undone.")
        _check_untouched(here, found.moves, "done again")
        entry = replace(found, number=log.last + 1, time=journal.now(), again=found.number)
        _carry_out(here, entry)
    _tell(studio)
    return Done(
        found.said, undo=found.number, moved=tuple(_place(here, target) for _, target, _ in found.moves)
    )


def history(studio: Studio) -> Log:
    """Return the log of the open folder.

    Raises:
        MissingFileError: no photos are open. DataError: it cannot be read.
    """
    return journal.read(studio.workspace.state / journal.NAME)


def state_of(path: Path) -> State:
    """Return what tells whether a file was changed since: its size and time; of a folder that it is one.

    Raises:
        DataError: it is gone.
    """
    try:
        state = os.lstat(path)
    except OSError as error:
        raise DataError(
            f"{path}: is no longer there; it was moved or removed meanwhile, and nothing was changed."
        ) from error
    if path.is_dir() and not path.is_symlink():
        return ("folder",)  # whatever lies in it now goes along
    return (state.st_size, state.st_mtime_ns)


@contextmanager
def _editing(studio: Studio) -> Iterator[tuple[Studio, Log]]:
    """Keep all others out, put right what a killed process left half done, and yield a studio of the open folder with its log."""
    here = studio.of_open_folder()
    here.workspace.check_folder()
    state = here.workspace.make_state()
    until = time.monotonic() + _WAIT
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(state))
                break
            except BusyError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)
        yield here, _mended(here, journal.read(state / journal.NAME))


def _mended(studio: Studio, log: Log) -> Log:
    """Move back what an edit moved before its process was killed."""
    if log.begun is None:
        return log
    _check_inside(studio, log.begun.moves)
    back = []
    for source, target, state in reversed(log.begun.moves):
        old, new = _place(studio, source), _place(studio, target)
        if os.path.lexists(new) and state_of(new) == state:
            if not os.path.lexists(old):
                back.append((new, old))
            elif os.path.samestat(os.lstat(new), os.lstat(old)):
                os.unlink(new)  # a second name, given just before the end
    move_all(back, _stay(studio, log.begun.empty))
    journal.end(studio.workspace.state / journal.NAME, log.begun.number, done=False)
    return replace(log, begun=None)


def _carry_out(studio: Studio, entry: Edit, stay: Sequence[str] = ()) -> None:
    path = studio.workspace.state / journal.NAME
    _check_inside(studio, entry.moves)
    moves = [(_place(studio, source), _place(studio, target)) for source, target, _ in entry.moves]
    journal.begin(path, entry)
    try:
        move_all(moves, _stay(studio, stay))
    except BaseException:
        journal.end(path, entry.number, done=False)
        raise
    try:
        journal.end(path, entry.number, done=True)
    except ConvolensError:
        move_all([(target, source) for source, target in reversed(moves)], _stay(studio, entry.empty))
        raise


def _check_inside(studio: Studio, moves: Sequence[Moved]) -> None:
    """Raise where a link leads out of the folders that are open."""
    for folder in {os.path.dirname(path) for source, target, _ in moves for path in (source, target)}:
        studio.workspace.check_inside(Path(os.path.normpath(studio.workspace.folder() / folder)))


def _check_untouched(studio: Studio, moves: Sequence[Moved], what: str) -> None:
    """Raise where files that are to be moved are not as the edit left them, or their places are taken."""
    leaving = {source for source, _, _ in moves}
    for source, target, state in moves:
        here, there = _place(studio, source), _place(studio, target)
        if not os.path.lexists(here):
            raise DataError(f"{here}: was moved or removed since, so that nothing was {what}.")
        if state_of(here) != state:
            raise DataError(f"{here}: was changed since, so that nothing was {what}.")
        if os.path.lexists(there) and target not in leaving:
            raise DataError(f"{there}: something else is there now, so that nothing was {what}.")


def _relative(studio: Studio, path: Path) -> str:
    return os.path.relpath(path, studio.workspace.folder())


def _place(studio: Studio, relative: str) -> Path:
    """Return the place that a line of the log names; a log of a stranger leads nowhere else."""
    workspace = studio.workspace
    photos = workspace.folder()
    path = Path(os.path.normpath(photos / relative))
    if "\0" in relative or not any(
        path != root and path.is_relative_to(root) for root in (photos, workspace.state, workspace.home)
    ):
        raise ArgumentError(
            f"the log of edits names {relative!r}, which lies outside the folders that are open."
        )
    return path


def _empty_folders(moves: Sequence[Move]) -> set[Path]:
    """Return folders that hold nothing yet and are moved into."""
    found = set()
    for folder in {target.parent for _, target in moves}:
        there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
        if there.is_dir() and not os.listdir(there):
            found.add(there)
    return found


def _stay(studio: Studio, others: Sequence[str]) -> tuple[Path, ...]:
    """Return folders that are kept when they are empty; `others` as the log names them."""
    workspace = studio.workspace
    photos = workspace.folder()
    try:
        sides = studio.listing.photos().sides
    except ConvolensError:
        sides = ()
    named = (Path(os.path.normpath(photos / name)) for name in (*sides, *others))
    return (photos, workspace.state, workspace.home, *named)


def _tell(studio: Studio) -> None:
    version, problem = studio.listing.state()
    studio.news.tell("photos", version=version, problem=problem)
