"""resume: go on with a run that was killed or stopped, or that is to learn longer, from what lies in its folder."""

import math
import shlex
from dataclasses import replace
from os import PathLike
from pathlib import Path

import torch

from convolens.arguments import integer
from convolens.checkpoints.state import State
from convolens.errors import ArgumentError, MissingFileError
from convolens.files.lock import locked
from convolens.options.resuming import ResumeOptions
from convolens.options.training import TrainOptions
from convolens.runs.answers.run_photos import check_there, prepare_again
from convolens.runs.folder import model_file
from convolens.runs.folder.record import Record, extend_record, plain, read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Cancel, Screen, threads_text
from convolens.runs.preflight.threads import threads_put_back
from convolens.runs.settings.options import Settings, resolve
from convolens.runs.settings.schedule import learning_rate
from convolens.runs.training.earlier_runs import find_state
from convolens.runs.training.outcome import TrainResult
from convolens.runs.whole_runs.train import go_on


@threads_put_back()
def resume(
    run: str | PathLike[str],
    options: ResumeOptions | None = None,
    screen: Screen | None = None,
    cancel: Cancel | None = None,
) -> TrainResult:
    """Go on with a run, as if it had never been interrupted; one that is finished learns longer.

    Args:
        run: its folder.
        options: what is different from before.
        screen: where lines go.
        cancel: see `train`.

    Raises:
        MissingFileError: no such run, or its photos are no longer there. DataError: they are other photos.
        ArgumentError: fewer epochs than before. BusyError: another process is at work in it.
        CheckpointError: no whole state, or one made under other circumstances.
        TerminatedError: see `train`.
    """
    screen, options = (screen or Screen()).cancelled_by(cancel), options or ResumeOptions()
    folder = RunFolder(Path(run))
    if not folder.path.is_dir():
        raise MissingFileError(f"{folder.path}: no such run folder; `convolens train` makes one.")
    record = read_record(folder)
    record.check_single(
        f"go on with all of it by the same command and --resume (it is in {folder.settings}), or with one fold, "
        f"`convolens resume {folder.folds / 'fold-1'}`"
    )
    asked = _asked(record, options)
    settings = resolve(asked)
    if settings.threads is not None:
        if options.threads is None and settings.threads != torch.get_num_threads():
            screen.line(f"{threads_text(settings.threads)}, as before")
        torch.set_num_threads(settings.threads)
    prepared = prepare_again(
        record, settings, model_file.samples_of(folder), screen,
        f"begin a new run by `convolens train DATA --branch-from {folder.path}`",
    )  # fmt: skip
    with locked(folder.path, screen.warn):
        found = find_state(folder, settings, prepared, screen, options.anyway)
        if found is not None and settings.epochs != record.epochs:
            _say_extension(record.epochs, settings, found[1], screen)
        if plain(settings) != record.tables["settings"]:
            extend_record(record, settings, 0 if found is None else found[1].epoch)
        return go_on(folder, settings, prepared, screen, None if found is None else found[0])


def _asked(record: Record, options: ResumeOptions) -> TrainOptions:
    """Return the run's options with what is different now."""
    asked = record.options()
    if options.epochs is not None and asked.transfer is not None:
        raise ArgumentError(
            f"resume: {record.path.parent} trained on from a first answer by a plan that ends with its last epoch; train anew with more "
            f"epochs, `convolens train {shlex.quote(str(asked.data))} --epochs {options.epochs}`: the features are kept, so it begins at once."
        )
    new = {name: value for name, value in vars(options).items() if value is not None and name != "anyway"}
    if options.epochs is not None:
        epochs = integer("resume", "epochs", options.epochs)
        if epochs < record.epochs:
            raise ArgumentError(
                f"resume: --epochs {epochs} is fewer than the {record.epochs} of the run; give more, or leave it out."
            )
    asked = replace(asked, **new)
    if options.epochs is not None and (asked.max_seconds, asked.max_operations) != (None, None):
        asked = replace(asked, max_seconds=math.inf, max_operations=None, schedule_epochs=None)
    check_there(asked)
    return asked


def _say_extension(before: int, settings: Settings, state: State, screen: Screen) -> None:
    """Say what more epochs do to the learning rate."""
    line = f"{settings.epochs} epochs instead of {before}"
    if settings.schedule != "one-cycle":
        screen.result(f"{line}; the learning rate stays.")
        return
    line += f"; from here on the learning rate is that of a one-cycle over all {settings.epochs} epochs"
    if state.batch or not state.epoch:
        screen.result(f"{line}.")
        return
    steps_an_epoch = state.step // state.epoch
    old, new = (
        learning_rate(replace(settings, epochs=epochs), steps_an_epoch)(state.step)
        for epochs in (before, settings.epochs)
    )
    screen.result(f"{line}: {new:.3g} at step {state.step}, where it was {old:.3g}.")
