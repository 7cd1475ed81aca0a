"""train: from a folder of photos to a run folder with a checked, checkpointed classifier."""

import math
import shlex
import time
from dataclasses import replace
from pathlib import Path

import torch

from convolens.analysis import cost
from convolens.applications import Pretrained
from convolens.data.decoding.samples import Samples
from convolens.data.prepared import Prepared
from convolens.errors import ArgumentError
from convolens.files.lock import locked
from convolens.models import Model
from convolens.models.placing import batches_for
from convolens.options.training import TrainOptions
from convolens.runs.answers.learnt_photos import learnt_from, warn_of_learnt
from convolens.runs.answers.run_photos import prepared_as
from convolens.runs.folder import model_file
from convolens.runs.folder.record import note_threads, read_record, write_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Cancel, Screen
from convolens.runs.preflight.measure import check_features, check_memory, expected_seconds, measure
from convolens.runs.preflight.plan import (
    check_accumulation,
    draw_first_batch,
    show_data,
    show_plan,
    technique_notes,
)
from convolens.runs.preflight.threads import choose_threads, threads_put_back
from convolens.runs.preparation.prepare import layout_of, photo_folders, prepare
from convolens.runs.settings.options import Settings, resolve
from convolens.runs.settings.schedule import planned_steps
from convolens.runs.training.branch import Parent, adopt, read_parent
from convolens.runs.training.budget import expected_epochs
from convolens.runs.training.earlier_runs import begin_again, find_run, find_state, with_threads_of
from convolens.runs.training.first_weights import as_table, begin_with, find_first, take_model
from convolens.runs.training.making import make_batches, model_maker, steps_an_epoch, trained_model
from convolens.runs.training.outcome import TrainResult
from convolens.runs.training.session import Session
from convolens.runs.training.stages import Stages
from convolens.runs.transfer.choice import choose_model
from convolens.runs.whole_runs.ending import run_to_its_end
from convolens.runs.whole_runs.train_on import Asked, go_on_from, train_on
from convolens.seeding import set_random_seed

STEPS_AN_EPOCH, SMALLEST_BATCH = 16, 16  # few photos in large batches would be few steps, and little learnt


@threads_put_back()
def train(
    options: TrainOptions,
    screen: Screen | None = None,
    began: float | None = None,
    cancel: Cancel | None = None,
    samples: Samples | None = None,
) -> TrainResult:
    """Train a classifier on a folder of photos and write the run folder.

    Where no network is named, the photos decide (see `runs.transfer.choice`): a learnt one gives its first answer within
    seconds and trains on from there where that helps, else one begins from scratch.

    Args:
        options: what is asked for.
        screen: where lines go; None is the terminal.
        began: when the command was typed, by `time.perf_counter`; None is now.
        cancel: a `threading.Event` that ends the run between two steps, once another thread sets it.
        samples: how values of photos become bytes; None finds one rule for all of them.

    Returns:
        The run; `result.outcome.scores.accuracy` is that of its best epoch on the validation photos.

    Raises:
        ConvolensError: bad input; nothing was written.
        NonFiniteLossError: the loss became NaN; the checkpoints of the epochs before are kept.
        TerminatedError: SIGTERM came, or, a CancelledError, `cancel` was set; all is saved.
    """
    screen = (screen or Screen()).cancelled_by(cancel)
    began = time.perf_counter() if began is None else began
    options, parent = read_parent(take_model(options))
    asked_epochs = options.epochs
    chosen = choose_model(options)
    options = chosen.options
    settings = resolve(options)
    out = options.out or Path("runs") / (settings.data.resolve().name or "run")
    check_writable(out)
    check_outside(out, *photo_folders(settings), layout_of(settings).test)
    settings, first = find_first(settings)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    prepared = prepare(settings, screen, samples)
    before = _learnt_before(settings, parent, first)
    warn_of_learnt(
        before, prepared.validation.folder, screen, "validation photos",
        "give others by --val, or split as that run did (--val-split, --group-by) if it kept some apart",
    )  # fmt: skip
    for line in chosen.warnings:
        screen.warn(line)
    for line in chosen.lines:
        screen.line(line)
    if settings.transfer is not None and first is not None:
        wanted = {"epochs": asked_epochs, "batch_size": options.batch_size}
        again = find_run(out, settings, prepared.are_those_of, screen, wanted) if options.resume else None
        if again is not None:
            return _go_on_with(again, read_record(again).planned(settings), prepared, screen)
        asked = Asked(asked_epochs, options.batch_size, options.command, began)
        return train_on(settings, prepared, first, out, asked, screen)
    settings, notes = fit_batch_size(settings, options, len(prepared.training))
    check_memory(settings, len(prepared.class_names))
    if not options.resume:  # before anything is computed whose bits depend on it
        settings, threads = _choose_threads(settings, prepared, screen)
    if options.epochs is None:
        settings = plan_epochs(settings, prepared, screen)
    if options.resume and (begun := find_run(out, settings, prepared.are_those_of, screen)) is not None:
        return _go_on_with(begun, settings, prepared, screen)
    if options.resume:  # nothing to go on with
        settings, threads = _choose_threads(settings, prepared, screen)
    make_model = model_maker(settings, prepared)
    set_random_seed(settings.seed)
    model = make_model()
    head = "names" if settings.finetuning is None else settings.finetuning.head
    notes += adopt(model, prepared.class_names, parent, head) if parent is not None else []
    notes += begin_with(model, settings, first) if first is not None else []
    batches = make_batches(settings, prepared, model, training=True)

    settings, stages = stages_of(settings, model)
    steps = planned_steps(settings, steps_an_epoch(settings, prepared))
    check_accumulation(settings, steps)
    notes += technique_notes(settings, steps)
    if stages is not None:
        needed = stages.feature_bytes(len(prepared.training), len(prepared.validation))
        notes += stages.lines(settings, check_features(needed, stages.parts.until))
    folder = RunFolder.create(out)
    with locked(folder.path, screen.warn):
        write_record(
            folder,
            settings,
            prepared,
            options.command,
            parent.as_table() if parent else None,
            as_table(first) if first else None,
            stages.as_tables() if stages else (),
            before,
        )
        show_data(settings, prepared, screen)
        trained = trained_model(settings, prepared, model)
        model_file.write(folder.model, trained)
        draw_first_batch(batches, prepared.training.labels, prepared.class_names, folder.first_batch)
        placed = batches_for(batches, model.device)
        measured = make_model if stages is None else lambda: last_stage(settings, make_model())
        measurement = measure(
            measured, placed.batches, len(prepared.validation), settings, screen.check_cancelled
        )
        price = cost(model, settings.input_shape, training=False, computed=True)
        show_plan(settings, trained.preprocessing, price, measurement, screen, [*notes, placed.line, threads])
        validation = make_batches(settings, prepared, model, training=False)
        session = Session(folder, settings, prepared, trained, placed.batches, validation, screen, stages)
        seconds = expected_seconds(settings, measurement.seconds_per_epoch)
        return run_to_its_end(replace(session, seconds=seconds))


def _learnt_before(settings: Settings, parent: Parent | None, first: Pretrained | None) -> dict[str, str]:
    """Return the photos that the weights which a run begins with have learnt from; see `learnt_from`."""
    tuning = settings.finetuning
    before = (
        {} if first is None else learnt_from(first.path, head=tuning is None and settings.transfer is None)
    )
    if parent is not None:
        before |= learnt_from(
            parent.folder.weights(parent.select), head=tuning is None or tuning.head != "new"
        )
    return before


def _go_on_with(folder: RunFolder, settings: Settings, prepared: Prepared, screen: Screen) -> TrainResult:
    """Go on with a run that was found again, from its newest state."""
    with locked(folder.path, screen.warn):
        settings = with_threads_of(folder, settings, screen)
        prepared = prepared_as(folder, settings, prepared, screen)
        found = find_state(folder, settings, prepared, screen)
        note_threads(folder, settings)
        return go_on(folder, settings, prepared, screen, None if found is None else found[0])


def go_on(
    folder: RunFolder, settings: Settings, prepared: Prepared, screen: Screen, state: Path | None
) -> TrainResult:
    """Go on with a run from a state, or from its beginning where none was written yet.

    Args:
        folder: of the run; its lock is held.
        settings, prepared: its own.
        screen: where lines go.
        state: of `find_state`.

    Raises:
        CheckpointError: a state that does not fit, or a parent that is no longer there.
    """
    folder.make_checkpoints()
    if settings.transfer is not None:
        return go_on_from(folder, settings, prepared, screen, state)
    model = begin_again(folder, settings, prepared, model_maker(settings, prepared))
    trained = trained_model(settings, prepared, model)
    batches, validation = (make_batches(settings, prepared, model, training) for training in (True, False))
    if not folder.first_batch.is_file():
        draw_first_batch(batches, prepared.training.labels, prepared.class_names, folder.first_batch)
    model_file.write(folder.model, trained)
    _, stages = stages_of(settings, model)
    return run_to_its_end(
        Session(folder, settings, prepared, trained, batches, validation, screen, stages), state
    )


def stages_of(settings: Settings, model: Model) -> tuple[Settings, Stages | None]:
    """Return the stages of a fine-tuning, and the settings with its layers named; None where everything learns at once."""
    tuning = settings.finetuning
    if tuning is None:
        return settings, None
    stages = Stages(model, tuning, settings.epochs)
    named = replace(tuning, frozen_until=stages.parts.until, unfreeze_from=stages.unfreeze_from)
    return replace(settings, finetuning=named), stages


def last_stage(settings: Settings, model: Model) -> Model:
    """Return a model of which only that learns which learns at the end."""
    stages = stages_of(settings, model)[1]
    if stages is not None:
        stages.prepare(stages.stages[-1])
    return model


def fit_batch_size(settings: Settings, options: TrainOptions, images: int) -> tuple[Settings, list[str]]:
    """Return the settings with the recipe's batches made smaller where there are few photos, and a line that says so."""
    if options.batch_size is not None:
        if settings.batch_size > images:
            raise ArgumentError(
                f"train: batch_size {settings.batch_size} is larger than the {images} training photos; "
                f"give --batch-size {images} or less."
            )
        return settings, []
    fitting = settings.batch_size
    while fitting > SMALLEST_BATCH and images < STEPS_AN_EPOCH * fitting:
        fitting //= 2
    fitting = min(fitting, images)
    if fitting == settings.batch_size:
        return settings, []
    note = f"batches of {fitting} instead of the recipe's {settings.batch_size}: there are only {images} photos to learn from"
    return replace(settings, batch_size=fitting), [note]


def _choose_threads(settings: Settings, prepared: Prepared, screen: Screen) -> tuple[Settings, str]:
    """Return the settings with a number of threads, which torch gets, and a line about it."""
    make_model = model_maker(settings, prepared)
    threads, line = choose_threads(
        settings, make_model, lambda model: make_batches(settings, prepared, model, training=True), screen.check_cancelled
    )  # fmt: skip
    return replace(settings, threads=threads), line


def plan_epochs(settings: Settings, prepared: Prepared, screen: Screen) -> Settings:
    """Return the settings with as many epochs as the limit of seconds or operations is expected to last."""
    limits = [limit for limit in (settings.max_seconds, settings.max_operations) if limit is not None]
    if all(math.isinf(limit) for limit in limits):
        return settings
    make_model = model_maker(settings, prepared)
    set_random_seed(settings.seed)
    model = make_model()
    batches = batches_for(make_batches(settings, prepared, model, training=True), model.device).batches
    epochs = expected_epochs(settings, make_model, batches, len(prepared.training), screen.check_cancelled)
    return replace(settings, epochs=max(1, math.ceil(epochs)), schedule_epochs=epochs)


def command_line(arguments: list[str]) -> str:
    """Return the command as it was typed, quoted for a shell.

    Example:
        >>> command_line(["train", "my photos"])
        "convolens train 'my photos'"
    """
    return shlex.join(["convolens", *arguments])
