"""train: from a folder of photos to a run folder with a checked, checkpointed classifier."""

import shlex
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
import torch

from convolens import optimizers
from convolens.analysis import cost
from convolens.applications import build
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.callbacks import ProgbarLogger, TerminateOnNaN
from convolens.checkpoints.atomic import atomic_path
from convolens.data.layout import find_layout
from convolens.errors import ArgumentError, NonFiniteLossError, WriteError
from convolens.models import Model
from convolens.models.placing import batches_for
from convolens.optimizers.schedules import OneCycle
from convolens.runs import model_file
from convolens.runs.checkpointing import RunCheckpoint
from convolens.runs.environment import environment
from convolens.runs.folder import RunFolder, check_outside, check_writable
from convolens.runs.history_file import HistoryFile
from convolens.runs.measure import check_memory, measure
from convolens.runs.model_file import Preprocessing, TrainedModel
from convolens.runs.options import Settings, TrainOptions, resolve
from convolens.runs.preflight import draw_first_batch, show_data, show_plan
from convolens.runs.prepare import Prepared, prepare
from convolens.runs.results import Outcome, finish
from convolens.runs.screen import Screen
from convolens.runs.tables import write_csv
from convolens.utils import set_random_seed

STEPS_AN_EPOCH, SMALLEST_BATCH = 16, 16  # few photos in large batches would be few steps, and little learnt


@dataclass(frozen=True)
class TrainResult:
    """What a training gave.

    Attributes:
        folder: of the run.
        outcome: measures of the best epoch; None where not one epoch was finished.
        interrupted: whether Ctrl-C ended it early.
    """

    folder: RunFolder
    outcome: Outcome | None
    interrupted: bool


def train(options: TrainOptions, screen: Screen | None = None) -> TrainResult:
    """Train a classifier on a folder of photos and write the run folder.

    Args:
        options: what is asked for.
        screen: where lines go; None is the terminal.

    Returns:
        The run; `result.outcome.scores.accuracy` is that of its best epoch on the validation photos.

    Raises:
        ConvolensError: bad input; nothing was written.
        NonFiniteLossError: the loss became NaN; the checkpoints of the epochs before are kept.
    """
    screen = screen or Screen()
    settings = resolve(options)
    out = options.out or Path("runs") / (settings.data.resolve().name or "run")
    check_writable(out)
    layout = find_layout(settings.data, validation_given=settings.validation is not None)
    for photos in (layout.train, settings.validation or layout.validation):
        if photos is not None:
            check_outside(out, photos)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    prepared = prepare(settings, screen)
    settings, notes = _fit_batch_size(settings, options, len(prepared.training))
    check_memory(settings, len(prepared.class_names))
    make_model = _model_maker(settings, prepared)
    set_random_seed(settings.seed)
    model = make_model()
    batches = _batches(settings, prepared, model, training=True)
    validation = _batches(settings, prepared, model, training=False)
    preprocessing = Preprocessing(settings.size, settings.color_mode, settings.interpolation, settings.resize)

    folder = RunFolder.create(out)
    show_data(settings, prepared, screen)
    _write_record(folder, settings, prepared, options.command)
    trained = TrainedModel(model, settings.model, prepared.class_names, preprocessing)
    model_file.write(folder.model, trained)
    draw_first_batch(batches, prepared.training.labels, prepared.class_names, folder.first_batch)
    placed = batches_for(batches, model.device)
    measurement = measure(make_model, placed.batches, len(prepared.validation), settings.optimizer)
    price = cost.count(model, settings.input_shape)
    show_plan(settings, preprocessing, price, measurement, screen, [*notes, placed.line])

    screen.heading(f"Training into {folder.path}")
    checkpoint = RunCheckpoint(folder, settings.monitor, settings.monitor_mode, screen.warn)
    not_a_number = TerminateOnNaN()
    callbacks = [HistoryFile(folder.history, screen.warn), checkpoint, not_a_number]
    if not screen.quiet:
        callbacks.append(ProgbarLogger(screen.console))
    began = time.perf_counter()
    history = model.fit(
        placed.batches,
        epochs=settings.epochs,
        validation_data=validation,
        callbacks=callbacks,
        verbose=0 if screen.quiet else 1,
        seed=settings.seed,
    )
    seconds = time.perf_counter() - began
    if not_a_number.stopped_at is not None:
        raise NonFiniteLossError(_not_a_number(history, not_a_number.stopped_at, checkpoint, settings))
    if history.interrupted and not checkpoint.failed and not folder.best.is_file():
        screen.result("Interrupted before anything was learnt; the run folder holds no weights.")
        return TrainResult(folder, None, interrupted=True)
    if not folder.best.is_file() and not checkpoint.failed:
        raise NonFiniteLossError(
            f"train: {settings.monitor} was not a finite number after any epoch, so none is the best; the last weights are "
            f"{folder.last}. Try a smaller --learning-rate (it was {settings.learning_rate:g})."
        )
    if not folder.best.is_file():
        raise WriteError(
            f"train: not one checkpoint could be written into {folder.checkpoints}, so nothing of the training is kept; "
            "free some space, or give another --out."
        )
    speed = len(history.epoch) * len(prepared.training) / seconds
    outcome = finish(folder, settings, prepared, trained, checkpoint, speed, screen)
    return TrainResult(folder, outcome, bool(history.interrupted))


def _fit_batch_size(settings: Settings, options: TrainOptions, images: int) -> tuple[Settings, list[str]]:
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


def _model_maker(settings: Settings, prepared: Prepared) -> Any:
    steps = -(-len(prepared.training) // settings.batch_size) * settings.epochs

    def make() -> Model:
        model = build(settings.model, settings.input_shape, len(prepared.class_names))
        optimizer = optimizers.get(settings.optimizer)
        optimizer.learning_rate = (
            OneCycle(settings.learning_rate, max(steps, 2))
            if settings.schedule == "one-cycle"
            else settings.learning_rate
        )
        sigmoid = model.output_shape[-1] == 1
        model.compile(
            optimizer,
            # by the labels' shape: numbers, or the rows of floats that mixup and cutmix make
            loss="binary_crossentropy" if sigmoid else "crossentropy",
            metrics=["accuracy"],
        )
        return model.to(settings.device)

    return make


def _batches(settings: Settings, prepared: Prepared, model: Model, training: bool) -> AugmentedBatches:
    part = prepared.training if training else prepared.validation
    sigmoid = model.output_shape[-1] == 1
    return AugmentedBatches(
        part.pixels,
        part.labels[:, np.newaxis].astype(np.float32) if sigmoid else part.labels,
        settings.batch_size if training else max(64, settings.batch_size),
        settings.augmentation if training else Augmentation(),
        settings.seed,
        rescale=Preprocessing(settings.size).rescale,
        shuffle=training,
        balance=training and settings.balance,
        classes=len(prepared.class_names),
    )


def _write_record(folder: RunFolder, settings: Settings, prepared: Prepared, command: str | None) -> None:
    record: dict[str, Any] = {
        "settings": settings.as_table(),
        "data": {
            "path": str(settings.data.resolve()),
            "classes": list(prepared.class_names),
            "training_images": len(prepared.training),
            "validation_images": len(prepared.validation),
            "skipped_images": len(prepared.skipped),
            "fingerprint": prepared.fingerprint,
            "folders": list(prepared.lines),
        },
        "environment": environment(settings.device),
    }
    if command is not None:
        record["command"] = command
    with atomic_path(folder.settings) as temporary:
        temporary.write_text(tomli_w.dumps(record), encoding="utf-8", errors="replace")
    if prepared.skipped:
        write_csv(folder.skipped, ["path", "reason"], prepared.skipped)


def command_line(arguments: list[str]) -> str:
    """Return the command as it was typed, quoted for a shell.

    Example:
        >>> command_line(["train", "my photos"])
        "convolens train 'my photos'"
    """
    return shlex.join(["convolens", *arguments])


def _not_a_number(history: Any, batch: int, checkpoint: RunCheckpoint, settings: Settings) -> str:
    kept = (
        f"the weights of epoch {checkpoint.best_epoch} are kept in {checkpoint.folder.best}"
        if checkpoint.best_epoch is not None
        else "no epoch was finished before"
    )
    return (
        f"train: the loss became NaN or infinite in epoch {len(history.epoch) or 1}, batch {batch + 1}; {kept}. "
        f"Try a smaller --learning-rate (it was {settings.learning_rate:g})."
    )
