"""Runs that were begun before: found again by their settings, and their network made again."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from convolens.checkpoints.state import list_states
from convolens.errors import CheckpointError, ConvolensError
from convolens.models import Model
from convolens.runs import model_file
from convolens.runs.branch import Parent, adopt
from convolens.runs.folder import RunFolder
from convolens.runs.options import Settings
from convolens.runs.prepare import Prepared
from convolens.runs.record import read_record
from convolens.runs.screen import Screen
from convolens.utils import set_random_seed


def find_run(out: Path, settings: Settings, fingerprint: str, screen: Screen) -> RunFolder | None:
    """Return the newest run of these settings and photos among OUT, OUT-2, OUT-3 ...; None where there is none.

    Says in a line of each that is passed over, why.
    """
    found, number, path = None, 1, out
    while path.is_dir():
        folder = RunFolder(path)
        try:
            record = read_record(folder)
        except ConvolensError:
            screen.line(f"{path}: holds no whole run.toml, so it is not gone on with.")
        else:
            others = record.differences(settings)
            if record.fingerprint != fingerprint:
                others.append("the photos")
            if others:
                screen.line(f"{path}: is not gone on with, for {', '.join(others)} differ.")
            else:
                found = folder
        number += 1
        path = out.with_name(f"{out.name}-{number}")
    return found


def begin_again(
    folder: RunFolder, settings: Settings, prepared: Prepared, make_model: Callable[[], Model]
) -> Model:
    """Return the run's network as it was before its first step; a state replaces its weights later.

    Raises:
        CheckpointError: the run branched from another, whose weights are no longer there, before it wrote a state.
    """
    set_random_seed(settings.seed)
    model = make_model()
    parent = read_record(folder).tables.get("parent")
    if parent is None or (folder.checkpoints.is_dir() and list_states(folder.checkpoints)):
        return model
    try:
        origin = RunFolder.open(parent["path"])
        weights = origin.weights(parent["select"])
        same = hashlib.sha256(weights.read_bytes()).hexdigest() == parent["weights_sha256"]
        trained = model_file.load(origin, weights)
    except (OSError, LookupError, TypeError) as error:
        raise CheckpointError(
            f"{folder.settings}: the run it branched from cannot be read ({error}); put it back, or branch anew."
        ) from error
    if not same:
        raise CheckpointError(
            f"{folder.settings}: the weights of {origin.path} have changed since this run branched from them; branch anew."
        )
    adopt(model, prepared.class_names, Parent(origin, parent["select"], trained))
    return model
