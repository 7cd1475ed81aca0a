"""Runs that were begun before: found again by their settings, and their network made again."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from convolens.checkpoints.state import State, list_states, newest_state
from convolens.data.prepared import Prepared
from convolens.errors import CheckpointError, ConvolensError
from convolens.files.atomic import digest_of
from convolens.models import Model
from convolens.runs.folder import model_file
from convolens.runs.folder.record import read_record, recorded_threads
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen, threads_text
from convolens.runs.settings.options import Settings
from convolens.runs.training.branch import Parent, adopt
from convolens.runs.training.first_weights import begin_again_with
from convolens.seeding import set_random_seed
from convolens.training.state import differences


def find_run(
    out: Path,
    settings: Settings,
    are_its_photos: Callable[[str], bool],
    screen: Screen,
    asked: Mapping[str, int | None] | None = None,
) -> RunFolder | None:
    """Return the newest run of these settings and photos among OUT, OUT-2, OUT-3 ...; None where there is none.

    Says in a line of each that is passed over, why.

    Args:
        out: the first folder.
        settings: that its run must have.
        are_its_photos: told the fingerprint in its record, whether the photos are the same.
        screen: where lines go.
        asked: what was asked for, of that which a run with a first answer plans otherwise (see `Record.differences`).
    """
    found, number, path = None, 1, out
    while path.is_dir():
        folder = RunFolder(path)
        try:
            record = read_record(folder)
        except ConvolensError:
            screen.line(f"{path}: holds no whole run.toml, so it is not gone on with.")
        else:
            others = record.differences(settings, asked or {})
            if not are_its_photos(record.fingerprint):
                others.append("the photos")
            if others:
                screen.line(f"{path}: is not gone on with, for {', '.join(others)} differ.")
            else:
                found = folder
        number += 1
        path = out.with_name(f"{out.name}-{number}")
    return found


def with_threads_of(folder: RunFolder, settings: Settings, screen: Screen) -> Settings:
    """Return settings with the number of threads that a run was begun with, unless they say one; torch gets it."""
    threads = recorded_threads(folder)
    if settings.threads is not None or threads is None:
        return settings
    if threads != torch.get_num_threads():
        screen.line(f"{threads_text(threads)}, as before")
    torch.set_num_threads(threads)
    return replace(settings, threads=threads)


def find_state(
    folder: RunFolder, settings: Settings, prepared: Prepared, screen: Screen, anyway: bool = False
) -> tuple[Path, State] | None:
    """Return the newest whole state and its folder; None where none was written yet. Damaged ones are told of.

    Where the settings leave the number of threads open, torch gets that of the state.

    Args:
        folder: of the run.
        settings, prepared: of what goes on from it.
        screen: where lines go.
        anyway: True takes it also where threads, device or versions are others, or photos are decoded otherwise.

    Raises:
        CheckpointError: there are states, and none is whole, or it was made under other circumstances.
    """
    planned = settings.transfer is not None
    if planned and settings.epochs == 0:  # nothing follows its first answer
        screen.line("The run stops at its first answer.")
        return None
    if not (folder.checkpoints.is_dir() and list_states(folder.checkpoints)):
        screen.line("No state was written yet: the training begins at its beginning.")
        return None
    place, state = newest_state(folder.checkpoints, screen.warn)
    threads = state.environment.get("threads")
    if settings.threads is None and isinstance(threads, int) and threads > 0:
        if threads != torch.get_num_threads():
            screen.line(f"{threads_text(threads)}, as before")
        torch.set_num_threads(threads)
    others = differences(state, torch.device(settings.device))
    if read_record(folder).tables["data"].get("decoded", prepared.decoded) != prepared.decoded:
        others.append("the photos are decoded to other pixels here, by another version of Pillow perhaps")
    if others and not anyway:
        raise CheckpointError(
            f"{place} was made under other circumstances: {'; '.join(others)}. The end would not be the same to the bit; "
            f"make them equal, or go on all the same by `convolens resume {shlex.quote(str(folder.path))} --anyway`."
        )
    if others:
        screen.warn(f"The end will not be the same to the bit: {'; '.join(others)}.")
    if state.epoch >= settings.epochs or (state.stopped and state.epochs >= settings.epochs):
        more = "" if planned else f"; `convolens resume {folder.path} --epochs N` adds more"
        screen.line(f"All {state.epoch} epochs are done{more}.")
    return place, state


def begin_again(
    folder: RunFolder, settings: Settings, prepared: Prepared, make_model: Callable[[], Model]
) -> Model:
    """Return the run's network as it was before its first step; a state replaces its weights later.

    Raises:
        CheckpointError: the weights that it began with are no longer there, and it wrote no state yet.
    """
    set_random_seed(settings.seed)
    model = make_model()
    tables = read_record(folder).tables
    parent, first = tables.get("parent"), tables.get("first_weights")
    if folder.checkpoints.is_dir() and list_states(folder.checkpoints):
        return model
    if first is not None:
        begin_again_with(model, settings, first, folder.settings)
    if parent is None:
        return model
    try:
        origin = RunFolder.open(parent["path"])
        weights = origin.weights(parent["select"])
        same = digest_of(weights) == parent["weights_sha256"]
    except (OSError, LookupError, TypeError) as error:
        raise CheckpointError(
            f"{folder.settings}: the run it branched from cannot be read ({error}); put it back, or branch anew."
        ) from error
    if not same:
        raise CheckpointError(
            f"{folder.settings}: the weights of {origin.path} have changed since this run branched from them; branch anew."
        )
    # when the run began, the parent was read before anything was drawn
    with torch.random.fork_rng(devices=[]):
        trained = model_file.load(origin, weights)
    adopt(
        model,
        prepared.class_names,
        Parent(origin, parent["select"], trained),
        "names" if settings.finetuning is None else settings.finetuning.head,
    )
    return model
