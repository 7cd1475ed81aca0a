"""kfold: the same training once a fold, every photo answered by a network that did not learn from it, and all of them as one."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from convolens.data.caching.fingerprint import fingerprint
from convolens.data.decoding.sample_range import measure_samples
from convolens.data.decoding.samples import STANDARD
from convolens.data.folders.folder import ImageFolder
from convolens.errors import ArgumentError, ShapeError, TerminatedError
from convolens.files.lock import locked
from convolens.options.training import TrainOptions
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import read_record, recorded_threads
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Cancel, Screen
from convolens.runs.preflight.threads import threads_put_back
from convolens.runs.preparation.prepare import (
    Skipped,
    check_classes,
    check_folds,
    fold_of_each,
    layout_of,
    read_all,
)
from convolens.runs.settings.options import Settings, resolve
from convolens.runs.several.ensemble import ensemble_of
from convolens.runs.several.kfold_files import Fold, KFoldOutcome, begin_record, write_kfold
from convolens.runs.several.members import are_photos_of, read_rows, train_or_go_on, write_rows
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.tasks.task import Task
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.earlier_runs import find_run
from convolens.runs.training.first_weights import take_model
from convolens.runs.transfer.choice import choose_model
from convolens.runs.whole_runs.train import fit_batch_size

ROWS = "folds.json"  # in `RunFolder.folds`: the folds that are done


@dataclass(frozen=True)
class KFoldResult:
    """What a k-fold training gave.

    Attributes:
        folder: an ordinary run, the ensemble; its `folds` holds a run a fold.
        outcome: of all folds; None where Ctrl-C came before the end.
        interrupted: whether it did.
    """

    folder: RunFolder
    outcome: KFoldOutcome | None
    interrupted: bool = False


@threads_put_back()
def kfold(options: TrainOptions, screen: Screen | None = None, cancel: Cancel | None = None) -> KFoldResult:
    """Train a network for each of N folds with the same settings, each on the photos of the others, and keep all as one.

    Killed at any time, the same call with `resume` goes on in the fold where it was; the end is the same to the bit.

    Args:
        options: as for `train`, with `kfold`; `resume` looks for one of the same settings and photos among OUT, OUT-2 ...
        screen: where lines go.
        cancel: see `train`.

    Returns:
        The run; `result.outcome.mean("accuracy")` is the mean of the folds.

    Raises:
        ArgumentError: what makes no sense with folds. DataError: a class with fewer photos than folds, or a folder for
            validation. ConvolensError: others of `train`.
        TerminatedError: SIGTERM came, or `cancel` was set; all is saved.
    """
    screen = (screen or Screen()).cancelled_by(cancel)
    _check(options)
    options = take_model(options)
    options, chosen = _chosen(options)
    for line in chosen:
        screen.line(line)
    settings = resolve(options)
    out = options.out or Path("runs") / (settings.data.resolve().name or "run")
    check_writable(out)
    layout, task = layout_of(settings), task_of(settings)
    check_folds(settings, layout)
    check_outside(out, layout.train, layout.validation, layout.test)
    listed = task.list_photos(layout.train, settings.labels)
    check_classes(listed)
    readable, skipped = read_all(listed, settings.shown(measure_samples(listed.paths)), screen)
    whole = readable.folder
    fold_of = fold_of_each(whole, settings)
    sizes = np.bincount(fold_of)[1:].tolist()
    settings, notes = fit_batch_size(settings, options, len(whole) - max(sizes))
    wanted = {"epochs": options.epochs}
    folder = None
    if options.resume:
        folder = find_run(out, settings, lambda recorded: are_photos_of(recorded, [whole]), screen, wanted)
    if folder is None:
        folder = RunFolder.create(out)
        begin_record(folder, settings, whole.class_names, sizes, fingerprint(whole), options.command)
    for line in [
        f"{len(whole):,} photos in {settings.kfold} folds of {min(sizes)} to {max(sizes)}",
        *whole.notes,
        *notes,
    ]:
        screen.line(line)
    _say_weights(settings, screen)
    with locked(folder.path, screen.warn):
        folds = _train_folds(folder, replace(options, batch_size=settings.batch_size), screen)
        if len(folds) < len(sizes):
            screen.result(f"Interrupted in fold {len(folds) + 1}; the same command with --resume goes on.")
            return KFoldResult(folder, None, interrupted=True)
        if (threads := _threads(folder, options)) is not None:
            torch.set_num_threads(threads)
        outcome = _finish(folder, settings, folds, whole, fold_of, skipped, screen)
    _tell(folder, task, outcome, screen)
    return KFoldResult(folder, outcome)


def _chosen(options: TrainOptions) -> tuple[TrainOptions, Sequence[str]]:
    """Return the options with the network that the photos decide for, and lines that say so.

    Of a learnt network the folds are first answers, which cost seconds; with --epochs its layers learn too, in each fold alike.
    """
    chosen = choose_model(options)
    options, transfer = chosen.options, chosen.options.transfer
    lines = [*chosen.warnings, *chosen.lines]
    if transfer is None:
        return options, lines
    if transfer.minutes is not None:
        raise ArgumentError(
            "train: --kfold trains each fold equally long; give --epochs instead of --minutes."
        )
    if options.epochs is None:
        return replace(options, epochs=0, transfer=replace(transfer, head_only=True)), [
            *lines,
            "each fold is a first answer; --epochs N trains on from it in each",
        ]
    return replace(options, size=transfer.training_size), lines  # one size for whichever is better in a fold


def _check(options: TrainOptions) -> None:
    if options.kfold is None or options.fold is not None:
        raise ArgumentError("kfold: give kfold, the number of folds, and no fold.")
    if options.validation_split is not None:
        raise ArgumentError(
            "train: --kfold validates on each fold in turn, a share of 1 / N; leave --val-split out, or --kfold."
        )
    if options.branch_from is not None:
        raise ArgumentError(
            f"train: the run {options.branch_from} may have learnt from any of these photos, so that no fold would be new to it; "
            "leave --branch-from out, or --kfold."
        )


def _say_weights(settings: Settings, screen: Screen) -> None:
    if settings.weights is not None and Path(settings.weights).exists():
        screen.warn(
            f"Every fold begins with the weights of {settings.weights}: if they have learnt from these photos, the figures are too good."
        )


def fold_run(folder: RunFolder, fold: int) -> RunFolder:
    """Return the run of a fold, from 1.

    Example:
        >>> fold_run(RunFolder(Path("runs/photos")), 2).path.as_posix()
        'runs/photos/folds/fold-2'
    """
    return RunFolder(folder.folds / f"fold-{fold}")


def _train_folds(folder: RunFolder, options: TrainOptions, screen: Screen) -> list[Fold]:
    """Train what is not trained yet; return the folds that are done, all but where Ctrl-C came."""
    rows = folder.folds / ROWS
    done = {row.fold: row for row in read_rows(rows, "folds", Fold)}
    for fold in range(1, (options.kfold or 0) + 1):
        screen.heading(f"Fold {fold} of {options.kfold}")
        if fold in done:
            screen.line("Was trained before.")
            continue
        try:
            asked = replace(options, fold=fold, threads=_threads(folder, options))
            samples = model_file.samples_of(fold_run(folder, 1))  # the first fold's are those of all
            result = train_or_go_on(fold_run(folder, fold), asked, screen, samples)
        except TerminatedError as error:
            raise type(error)(
                f"{error.how} in fold {fold}; all is saved, the same command with --resume goes on."
            ) from error
        if result.interrupted:
            break
        outcome = result.outcome
        if outcome is None:
            raise ShapeError(f"fold {fold}: the training ended before its first step.")
        photos, scores = outcome.scores.photos, outcome.scores
        done[fold] = Fold(fold, photos, scores.accuracy, scores.loss, outcome.best_epoch, outcome.epochs)
        write_rows(rows, "folds", done.values())
    return list(done.values())


def _threads(folder: RunFolder, options: TrainOptions) -> int | None:
    """Return the number of threads of all folds: what was asked for, else what the first fold chose or will choose (None)."""
    return options.threads if options.threads is not None else recorded_threads(fold_run(folder, 1))


def _finish(
    folder: RunFolder,
    settings: Settings,
    folds: list[Fold],
    whole: ImageFolder,
    fold_of: np.ndarray,
    skipped: Skipped,
    screen: Screen,
) -> KFoldOutcome:
    """Score every photo by the network that did not learn from it, and write everything."""
    screen.heading("All folds")
    _check_same(folder, settings, folds)
    samples = model_file.samples_of(fold_run(folder, 1)) or STANDARD
    part, _ = read_all(whole, settings.shown(samples), screen)
    names = part.folder.class_names
    chances = np.zeros((len(part), len(names)), np.float32)
    members: dict[str, TrainedModel] = {}
    with screen.progress("scoring every photo") as advance:
        for done, fold in enumerate(folds):
            run = fold_run(folder, fold.fold)
            trained = model_file.load(run, run.best, settings.device)
            mine = np.flatnonzero(fold_of == fold.fold)
            chances[mine] = probabilities(trained.model, part.pixels[mine], trained.preprocessing)
            trained.model.to("cpu")
            members[f"fold_{fold.fold}"] = trained
            advance(done + 1, len(folds))
    task = task_of(settings).tuned(chances, part.labels)
    top = task.check_top(None, len(names))
    found = task.evaluate(chances, part.labels, names, top, settings.seed)
    outcome = KFoldOutcome(tuple(folds), found)
    ensemble = task.kept_in(ensemble_of(members, f"{settings.model}, {len(folds)} folds"))
    write_kfold(folder, settings, task, outcome, part, chances, fold_of, skipped, ensemble)
    return outcome


def _check_same(folder: RunFolder, settings: Settings, folds: list[Fold]) -> None:
    """Raise where a fold was trained further by itself."""
    for fold in folds:
        run = fold_run(folder, fold.fold)
        epochs = read_record(run).epochs
        if epochs != settings.epochs:
            raise ArgumentError(
                f"{run.path}: was trained for {epochs} epochs by itself, and the folds together for {settings.epochs}; for more epochs "
                f"begin all of them anew, with --epochs {epochs} and another --out."
            )


def _tell(folder: RunFolder, task: Task, outcome: KFoldOutcome, screen: Screen) -> None:
    found, folds = outcome.found, outcome.folds
    columns = ["fold", "photos", "accuracy", "loss", "best epoch"]
    rows = [[f.fold, f.photos, f"{f.accuracy:.4f}", f"{f.loss:.4f}", f"{f.best_epoch} of {f.epochs}"] for f in folds]  # fmt: skip
    said = {name: f"{outcome.mean(name):.4f} ± {outcome.spread(name):.4f}" for name in ("accuracy", "loss")}
    screen.table(columns, rows, right=range(5))
    screen.result(
        f"Accuracy {said['accuracy']}, loss {said['loss']}: mean and standard deviation of {len(folds)} folds"
    )
    screen.result(
        f"Out of fold: {task.headline(found)} on all {found.photos:,} photos, each answered by the network that "
        f"did not learn from it; {task.baseline(found)}"
    )
    task.show(found, screen)
    if not task.beats_baseline(found):
        screen.warn(f"This is no better than guessing: {task.baseline(found)}.")
    place = shlex.quote(str(folder.path))
    screen.result(
        f"The {len(folds)} networks as one: {folder.best}. It has learnt from every photo, so none of them can score it; these figures "
        f"are of single networks. Score it on other photos: convolens evaluate {place} PHOTOS"
    )
    screen.result(f"Report: {folder.report}")
    screen.result(f"Next: convolens predict {place} PHOTO...")
