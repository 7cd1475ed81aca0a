"""train_on: a run that begins with a learnt network: its first answer, and training on from it where that helps."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from convolens.analysis import cost
from convolens.applications import Pretrained
from convolens.data.prepared import Prepared
from convolens.errors import ArgumentError
from convolens.files.lock import locked
from convolens.models.placing import batches_for
from convolens.runs.answers.learnt_photos import learnt_from
from convolens.runs.folder import model_file
from convolens.runs.folder.first_answer_file import KeptAnswer
from convolens.runs.folder.record import write_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preflight.plan import (
    check_accumulation,
    draw_first_batch,
    show_data,
    show_learning_on,
    technique_notes,
)
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.first_weights import as_table, find_first
from convolens.runs.training.learnt_network import learnt_weights, put_head
from convolens.runs.training.making import make_batches, steps_an_epoch, trained_model
from convolens.runs.training.outcome import TrainResult
from convolens.runs.training.session import Session
from convolens.runs.transfer.begin import (
    answer_first,
    at_training_size,
    decide,
    kept_answer,
    learnt_model,
    unequal,
)
from convolens.runs.transfer.evidence import Hurdle
from convolens.runs.transfer.first_answer import ONE_BY_ONE, FirstAnswer
from convolens.runs.transfer.learning_on import LearningOn, Side, judge_trial
from convolens.runs.transfer.legs import LegBatches, Legs, joined
from convolens.runs.whole_runs.ending import run_to_its_end
from convolens.seeding import set_random_seed

SMALLEST_BATCH = 2


@dataclass(frozen=True)
class Asked:
    """What was asked of a new run beside its settings.

    Attributes:
        epochs: of the trial; None leaves them to the minutes.
        batch_size: None takes the recipe's, or fewer where there are fewer photos.
        command: as it was typed.
        began: when, by `time.perf_counter`.
        brief: leave out what takes seconds beside the answer itself: folds, a look at every file, photos scored again, pictures.
    """

    epochs: int | None
    batch_size: int | None
    command: str | None
    began: float
    brief: bool = False


def train_on(
    settings: Settings, prepared: Prepared, first: Pretrained, out: Path, asked: Asked, screen: Screen
) -> TrainResult:
    """Answer at once from the features of a learnt network, and train on from there where that helps.

    Args:
        settings: with `transfer`.
        prepared: the photos, at the size of the first answer.
        first: the learnt weights.
        out: the run folder.
        asked: what else there is.
        screen: where lines go.

    Raises:
        ConvolensError: see `train`.
    """
    settings = _fitted(settings, prepared, asked)
    if not asked.brief:
        show_data(settings, prepared, screen)
    set_random_seed(settings.seed)
    model = learnt_model(settings, prepared, first)
    answer = answer_first(settings, prepared, model, screen, asked.began, folds=not asked.brief)
    put_head(model, answer.kept.kernel, answer.kept.bias)
    settings, seconds = decide(settings, prepared, first, answer, screen, asked.began, asked.epochs)
    settings = replace(settings, threads=settings.threads or torch.get_num_threads())
    if settings.transfer is not None and settings.transfer.epochs:
        check_accumulation(settings, settings.transfer.epochs * steps_an_epoch(settings, prepared))
    folder = RunFolder.create(out)
    with locked(folder.path, screen.warn):
        before = learnt_from(first.path, head=False)
        write_record(folder, settings, prepared, asked.command, None, as_table(first), before=before)
        trained = trained_model(settings, prepared, model)
        model_file.write(folder.model, trained)
        model_file.save_weights(model.module, folder.best)
        answered = Side(settings, prepared, trained)
        learning = _learning(answered, first, screen)
        kept = _keep(folder, answered, learning, answer, screen)
        session = _session(folder, answered, learning, kept, screen, brief=asked.brief)
        return run_to_its_end(replace(session, seconds=seconds))


def go_on_from(
    folder: RunFolder, settings: Settings, prepared: Prepared, screen: Screen, state: Path | None
) -> TrainResult:
    """Go on with such a run from a state, or from its first answer where it wrote no state yet.

    Args:
        folder: of the run; its lock is held.
        settings, prepared: its own.
        screen: where lines go.
        state: of `find_state`.

    Raises:
        CheckpointError: a state or a first answer that does not fit.
    """
    settings, first = find_first(settings)
    if first is None:
        raise ArgumentError(
            f"{folder.settings}: names no learnt weights, though the run begins with some; train anew."
        )
    set_random_seed(settings.seed)
    model = learnt_model(settings, prepared, first)
    answered = Side(settings, prepared, trained_model(settings, prepared, model))
    learning = _learning(answered, first, screen)
    kept = KeptAnswer.read(folder.first_answer)
    if kept is None:  # killed before it was written
        answer = answer_first(settings, prepared, model, screen, time.perf_counter())
        put_head(model, answer.kept.kernel, answer.kept.bias)
        model_file.write(folder.model, answered.trained)
        model_file.save_weights(model.module, folder.best)
        kept = _keep(folder, answered, learning, answer, screen)
    put_head(model, *kept.head)
    if state is None:  # the best may be ahead of it
        model_file.write(folder.model, answered.trained)
        model_file.save_weights(model.module, folder.best)
    return run_to_its_end(_session(folder, answered, learning, kept, screen, quiet=state is not None), state)


def _learning(answered: Side, first: Pretrained, screen: Screen) -> Side:
    """Return the run at the size at which its layers learn, with the learnt weights; where they do not, as it answers."""
    if not answered.settings.epochs:
        return answered
    smaller, photos = at_training_size(answered.settings, answered.prepared, screen)
    return Side(smaller, photos, trained_model(smaller, photos, learnt_model(smaller, photos, first)))


def _keep(
    folder: RunFolder, answered: Side, learning: Side, answer: FirstAnswer, screen: Screen
) -> KeptAnswer:
    """Write what the run keeps of its first answer, and return it."""
    _write_out_of_fold(folder, answered.settings, answered.prepared, answer)
    kept = kept_answer(learning.settings, learning.prepared, learning.trained.model, answer, screen)
    kept.write(folder.first_answer)
    return kept


def _fitted(settings: Settings, prepared: Prepared, asked: Asked) -> Settings:
    """Return the settings with batches that fit the photos, each class taken equally often where they are unequal."""
    images = len(prepared.training)
    if asked.batch_size is not None and settings.batch_size > images:
        raise ArgumentError(
            f"train: batch_size {settings.batch_size} is larger than the {images} training photos; "
            f"give --batch-size {images} or less."
        )
    fitted = replace(settings, batch_size=max(SMALLEST_BATCH, min(settings.batch_size, images)))
    counts = prepared.training.folder.counts().tolist()
    if fitted.balance or not task_of(settings).balances or not unequal(counts):
        return fitted
    return replace(fitted, balance=True)


def _write_out_of_fold(
    folder: RunFolder, settings: Settings, prepared: Prepared, answer: FirstAnswer
) -> None:
    """Write what heads of all other folds say of every photo."""
    crossed = answer.cross_validation
    if crossed is None:
        return
    task = task_of(settings)
    paths = [*prepared.training.folder.paths, *prepared.validation.folder.paths]
    labels = np.concatenate([prepared.training.labels, prepared.validation.labels])
    task.write_predictions(
        folder.out_of_fold, paths, labels, task.of_logits(crossed.logits), prepared.class_names
    )


def _session(
    folder: RunFolder,
    answered: Side,
    learning: Side,
    kept: KeptAnswer,
    screen: Screen,
    quiet: bool = False,
    brief: bool = False,
) -> Session:
    """Return the training of a run that has its first answer, and say what is planned.

    Args:
        folder: of the run.
        answered, learning: the run at both sizes.
        kept: its first answer.
        screen: where lines go.
        quiet: say nothing: the run goes on in the middle.
        brief: see `Asked`.
    """
    settings, prepared = answered.settings, answered.prepared
    model, transfer = learning.trained.model, settings.transfer
    if transfer is None:
        raise ArgumentError("train: a run that begins with a learnt network has the table transfer.")
    hurdle = Hurdle(
        settings.monitor, settings.monitor_mode == "max", kept.measures[settings.monitor], kept.error, len(prepared.validation),
        str((kept.told or {}).get("how", ONE_BY_ONE)),
    )  # fmt: skip
    legs = Legs(
        model,
        learnt_weights(model),
        (kept.trial or kept.head, kept.whole),
        transfer,
        hurdle,
        judge_trial(folder, learning, screen, hurdle),
    )
    trial = make_batches(learning.settings, learning.prepared, model, training=True)
    validation = make_batches(learning.settings, learning.prepared, model, training=False)
    if not brief:
        draw_first_batch(trial, learning.prepared.training.labels, prepared.class_names, folder.first_batch)
    both = joined(trial, validation) if transfer.whole_epochs else None
    placed = [None if item is None else batches_for(item, model.device).batches for item in (trial, both)]
    if not quiet:
        steps = steps_an_epoch(learning.settings, learning.prepared)
        notes = technique_notes(learning.settings, transfer.epochs * steps) if transfer.epochs else []
        if transfer.epochs:
            price = cost(model, learning.settings.input_shape, training=False, computed=True)
            notes = [
                *notes,
                f"{settings.model}: {price.parameters:,} parameters, {price.multiply_accumulates:,} multiply-accumulates an image "
                f"of {transfer.training_size} pixels (1 = 2 FLOPs)",
            ]
        show_learning_on(settings, answered.trained.preprocessing, kept, steps, screen, notes)
    # whatever was drawn on the way here: a run that goes on from its first answer draws less
    set_random_seed(settings.seed)
    return Session(
        folder,
        learning.settings,
        learning.prepared,
        learning.trained,
        LegBatches(placed[0], placed[1], legs.trial_epochs),
        validation,
        screen,
        transfer=LearningOn(folder, kept, answered, learning, legs, brief),
    )
