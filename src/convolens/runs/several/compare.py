"""compare: several architectures trained on the same photos under the same budget, each an ordinary run."""

import gc
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from convolens.analysis import cost
from convolens.applications import APPLICATIONS, canonical_name, find_architecture
from convolens.arguments import number_in
from convolens.data.folders.folder import ImageFolder
from convolens.errors import (
    ArgumentError,
    BusyError,
    ConvolensError,
    DataError,
    MissingFileError,
    ShapeError,
    TerminatedError,
    TooLargeError,
)
from convolens.files.lock import locked
from convolens.models import Model
from convolens.options.training import TrainOptions, may_differ
from convolens.runs.folder import model_file
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Cancel, Screen, seconds_text
from convolens.runs.preflight.speed import measure_speeds
from convolens.runs.preflight.threads import threads_put_back
from convolens.runs.preparation.prepare import layout_of, photo_folders
from convolens.runs.settings.options import Settings, resolve
from convolens.runs.several.comparison_folder import ComparisonFolder, Row, begin
from convolens.runs.several.comparison_report import show_comparison, write_comparison
from convolens.runs.several.members import train_or_go_on
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.outcome import TrainResult

# may differ when a comparison is gone on with, or is another for each network; beside what may differ for a run
_NOT_COMPARED = {"validation", "model", "size", "epochs", "max_seconds", "max_operations"}
_BAD_FOR_ALL = (DataError, MissingFileError, BusyError)


@dataclass(frozen=True)
class CompareOptions:
    """What a comparison is asked to do.

    Args:
        models: names of `convolens.applications`, each once.
        training: what all share; its `model`, `max_seconds` and `max_operations` are not used, `epochs` is the budget where
            no other is given (None: the recipe's), `out` is the comparison's folder (None: runs/DATA-compare), `resume`
            goes on with it.
        seconds: budget of each network in seconds of training steps.
        operations: budget in multiply-accumulates of training, three forward passes an image.

    Example:
        >>> CompareOptions(["shallow-vgg"], TrainOptions(Path("photos")), seconds=60).operations is None
        True
    """

    models: Sequence[str]
    training: TrainOptions
    seconds: float | None = None
    operations: float | None = None

    @property
    def budget(self) -> str:
        """The budget in words."""
        if self.seconds is not None:
            return f"for {seconds_text(self.seconds)} of training each"
        if self.operations is not None:
            return f"for {self.operations:.3g} multiply-accumulates of training each"
        epochs = resolve(replace(self.training, model=None)).epochs
        return f"for {epochs} epoch{'s' * (epochs != 1)} each"


@dataclass(frozen=True)
class Comparison:
    """What a comparison gave.

    Attributes:
        folder: of the comparison.
        rows: one a network, in the order that was asked for; those not reached yet are missing.
        interrupted: whether Ctrl-C ended it early.
    """

    folder: ComparisonFolder
    rows: list[Row]
    interrupted: bool = False

    @property
    def failed(self) -> list[Row]:
        """The networks that were not trained, each with its reason."""
        return [row for row in self.rows if not row.trained]


@threads_put_back()
def compare(
    options: CompareOptions, screen: Screen | None = None, cancel: Cancel | None = None
) -> Comparison:
    """Train each architecture under the same budget, and write what each reached at which cost.

    A network that does not fit into memory, needs larger images or fails is reported with its reason; the others go on.
    Killed at any time, the same call with `resume` in its training goes on where it was.

    Args:
        options: what is asked for.
        screen: where lines go.
        cancel: see `train`.

    Raises:
        ConvolensError: bad input, or photos that cannot be trained on.
        TerminatedError: SIGTERM came, or `cancel` was set; all is saved.
    """
    screen = (screen or Screen()).cancelled_by(cancel)
    settings = _check(options)
    asked = options.training
    if asked.threads is not None:
        torch.set_num_threads(asked.threads)
    out = asked.out or Path("runs") / f"{asked.data.resolve().name or 'data'}-compare"
    check_writable(out)
    photos = _photos(next(iter(settings.values())), out)
    shared = _shared(options, settings)
    folder = begin(out, shared, photos, asked.command, asked.resume)
    with locked(folder.path, screen.warn):
        rows = folder.read_rows()
        for number, name in enumerate(settings, 1):
            screen.heading(f"Network {number} of {len(settings)}: {name}")
            if name in rows and rows[name].trained:
                screen.line("Was trained before.")
                continue
            row = _train_one(name, options, settings[name], folder, screen)
            if row is None:
                screen.result(f"Interrupted in {name}; the same command with --resume goes on.")
                return Comparison(folder, list(rows.values()), interrupted=True)
            rows[name] = row
            folder.write_rows(rows)
        rows = {name: rows[name] for name in settings}
        rows = _with_speeds(rows, folder, settings, screen)
        folder.write_rows(rows)
        ordered = list(rows.values())
        first = next(iter(settings.values()))
        shown = shared | {
            "models": ", ".join(settings),
            "augmentation": "; ".join(first.augmentation.describe()) or "none",
        }
        write_comparison(folder, ordered, shown, options.budget, asked.command, first.device)
    screen.heading("Result")
    show_comparison(ordered, screen)
    screen.result(f"Report: {folder.page}")
    return Comparison(folder, ordered)


def _check(options: CompareOptions) -> dict[str, Settings]:
    """Return the settings of each network.

    Raises:
        ArgumentError: no model, one named twice, two budgets, or one that is not above 0.
        UnknownNameError: no such model; the nearest is offered.
    """
    names = [canonical_name(name) for name in options.models]
    if not names:
        raise ArgumentError(
            f"compare: no model is named; give --models with some of {', '.join(sorted(APPLICATIONS))}."
        )
    for name in names:
        find_architecture("compare", name)
        if names.count(name) > 1:
            raise ArgumentError(f"compare: {name} is named twice in --models; name each model once.")
    budgets = {
        "--epochs": options.training.epochs, "--seconds": options.seconds, "--operations": options.operations,
    }  # fmt: skip
    given = [name for name, value in budgets.items() if value is not None]
    if len(given) > 1:
        raise ArgumentError(f"compare: {' and '.join(given)} are two budgets; give one of them.")
    for name in ("seconds", "operations"):
        value = getattr(options, name)
        if value is not None and number_in("compare", name, value, 0.0, math.inf, open_high=True) == 0:
            raise ArgumentError(f"compare: {name} must be above 0; received {value!r}.")
    return {name: resolve(replace(options.training, model=name)) for name in names}


def _shared(options: CompareOptions, settings: dict[str, Settings]) -> dict[str, Any]:
    """Return all that must be the same when the comparison is gone on with."""
    first = next(iter(settings.values()))
    table = {key: value for key, value in first.as_table().items() if key not in _NOT_COMPARED | may_differ()}
    budget = {"seconds": options.seconds, "operations": options.operations}
    if not any(budget.values()):
        budget = {"epochs": first.epochs}
    given = {"batch_size": options.training.batch_size, "size": options.training.size, **budget}
    table.pop("batch_size")
    own = {"models": list(settings), **{key: value for key, value in given.items() if value is not None}}
    return own | table


def _photos(settings: Settings, out: Path) -> list[ImageFolder]:
    """Return the photos of both sides, as far as they are parted already."""
    folders = photo_folders(settings)
    check_outside(out, *folders, layout_of(settings).test)
    return [task_of(settings).list_photos(folder, settings.labels) for folder in folders]


def _train_one(
    name: str, options: CompareOptions, settings: Settings, folder: ComparisonFolder, screen: Screen
) -> Row | None:
    """Train a network, or go on with it; return its row, None after Ctrl-C."""
    try:
        result = _run(name, options, folder, screen)
        return None if result.interrupted else _row(name, settings, result)
    except TerminatedError as error:
        raise type(error)(
            f"{error.how} while {name} was trained; all is saved, the same command with --resume goes on."
        ) from error
    except _BAD_FOR_ALL:
        raise
    except ConvolensError as error:
        if isinstance(error, ArgumentError) and not isinstance(error, (ShapeError, TooLargeError)):
            raise  # would be the same for all
        reason = str(error)
    except MemoryError:
        reason = "there was not enough memory"
    except Exception as error:  # the others go on; the reason is told in the table, and by the exit status
        said = str(error).casefold()
        reason = (
            "there was not enough memory"
            if "out of memory" in said or "allocate memory" in said
            else f"{type(error).__name__}: {error}"
        )
    reason = " ".join(reason.split())
    gc.collect()  # what the failed training held
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    screen.warn(f"{name} was not trained: {reason}")
    return Row(name, size=settings.size[0], reason=reason)


def _run(name: str, options: CompareOptions, folder: ComparisonFolder, screen: Screen) -> TrainResult:
    asked = options.training
    seconds = math.inf if options.operations is None else None  # counted, without end
    mine = replace(
        asked, model=name, max_operations=options.operations,
        from_scratch=asked.weights is None,  # all under one budget, from where all can begin
        max_seconds=seconds if options.seconds is None else options.seconds,
    )  # fmt: skip
    return train_or_go_on(folder.run(name), mine, screen)


def _row(name: str, settings: Settings, result: TrainResult) -> Row:
    outcome, spent = result.outcome, result.spent
    if outcome is None or spent is None:
        raise ShapeError(f"{name}: the training ended before its first step.")
    trained = model_file.load(result.folder, result.folder.best)
    found = cost(trained.model, settings.input_shape, training=False, computed=True)
    return Row(
        name, size=settings.size[0], accuracy=outcome.scores.accuracy, loss=outcome.scores.loss, epochs=outcome.epochs,
        seconds=spent.seconds, operations=spent.operations, parameters=found.parameters,
        multiply_accumulates=found.multiply_accumulates, training_images_per_second=spent.images_per_second,
    )  # fmt: skip


def _with_speeds(
    rows: dict[str, Row], folder: ComparisonFolder, settings: dict[str, Settings], screen: Screen
) -> dict[str, Row]:
    """Return the rows with how fast each network answers."""
    names = [name for name, row in rows.items() if row.trained]

    def loader(name: str) -> Callable[[], Model]:
        run, device = folder.run(name), settings[name].device
        return lambda: model_file.load(run, run.best, device).model

    models = {name: loader(name) for name in names}
    with screen.progress("measuring how fast they answer") as advance:
        speeds = measure_speeds(models, {name: settings[name].input_shape for name in names}, advance)
    return {
        name: replace(
            row, latency_ms=speeds[name].latency_ms, images_per_second=speeds[name].images_per_second
        )
        if name in speeds
        else row
        for name, row in rows.items()
    }
