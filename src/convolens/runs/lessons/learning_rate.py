"""find_learning_rate: the range test on a folder of photos, with the network and the batches that `train` would have."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from convolens import analysis
from convolens.analysis import RangeTest, plot_learning_rates
from convolens.analysis.learning_rate import growing_rates
from convolens.models.placing import batches_for
from convolens.options.training import TrainOptions
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv
from convolens.runs.preflight.measure import check_memory
from convolens.runs.preparation.prepare import layout_of, photo_folders, prepare
from convolens.runs.settings.as_command import typed
from convolens.runs.settings.options import Settings, resolve
from convolens.runs.training.making import make_batches, model_maker
from convolens.runs.whole_runs.train import fit_batch_size
from convolens.seeding import set_random_seed


@dataclass(frozen=True)
class RangeOptions:
    """How the learning rate grows.

    Args:
        min_rate, max_rate: of the first and of the last step; above 0, the first below the second.
        steps: batches, at least 10.

    Example:
        >>> RangeOptions(steps=200).max_rate
        10.0
    """

    min_rate: float = 1e-7
    max_rate: float = 10.0
    steps: int = 100


@dataclass(frozen=True)
class LearningRate:
    """What the test found.

    Attributes:
        folder: holds lr_find.csv and lr_find.png.
        test: every step.
        suggestion: the rate to train with; None where the loss did not fall.
        why: says why this one.
        command: what to type next; None without a suggestion.
    """

    folder: Path
    test: RangeTest
    suggestion: float | None
    why: str
    command: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "folder": str(self.folder),
            "suggestion": self.suggestion,
            "steepest": self.test.steepest,
            "tenth_of_minimum": self.test.tenth_of_minimum,
            "minimum": self.test.minimum,
            "steps": len(self.test.rates),
            "ended": self.test.ended,
            "why": self.why,
            "command": self.command,
        }


def find_learning_rate(
    options: TrainOptions, growing: RangeOptions | None = None, screen: Screen | None = None
) -> LearningRate:
    """Find a learning rate for a training: its loss is followed for some batches while the rate grows.

    Photos, network, optimizer, batches and augmentation are those of `train` with the same options; its rate and epochs
    are not used. No run is made, and nothing but the folder of the result is written.

    Args:
        options: of the training; `out` is the folder of the result, runs/NAME-lr by default (a name that is taken gets a
            suffix).
        growing: how the rate grows.
        screen: where lines go.

    Raises:
        ConvolensError: bad input; nothing was written.
    """
    screen, growing = screen or Screen(), growing or RangeOptions()
    settings = resolve(options)
    growing_rates("lr-find", growing.min_rate, growing.max_rate, growing.steps)
    out = options.out or Path("runs") / f"{settings.data.resolve().name or 'data'}-lr"
    check_writable(out)
    check_outside(out, *photo_folders(settings), layout_of(settings).test)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    prepared = prepare(settings, screen)
    settings, notes = fit_batch_size(settings, options, len(prepared.training))
    check_memory(settings, len(prepared.class_names))
    set_random_seed(settings.seed)
    model = model_maker(settings, prepared)()
    batches = batches_for(make_batches(settings, prepared, model, training=True), model.device).batches
    _tell_before(settings, growing, len(prepared.training), notes, screen)
    with screen.progress("growing the rate") as advance:
        test = analysis.find_learning_rate(
            model, batches, min_rate=growing.min_rate, max_rate=growing.max_rate, steps=growing.steps,
            seed=settings.seed, advance=advance,
        )  # fmt: skip
    folder = make_new_folder(out)
    write_csv(
        folder / "lr_find.csv",
        ["step", "learning_rate", "loss", "smoothed_loss"],
        [
            [number, f"{rate:.9g}", f"{loss:.9g}", f"{smoothed:.9g}"]
            for number, (rate, loss, smoothed) in enumerate(
                zip(test.rates, test.losses, test.smoothed, strict=True), 1
            )
        ],
    )
    plot_learning_rates(test, folder / "lr_find.png")
    suggestion, why = _suggest(test, settings)
    command = _next(options, suggestion)
    found = LearningRate(folder, test, suggestion, why, command)
    _tell(found, screen)
    return found


def _suggest(test: RangeTest, settings: Settings) -> tuple[float | None, str]:
    """Return the rate to train with, to two digits, and why."""
    steepest, tenth = test.steepest, test.tenth_of_minimum
    if steepest is None or tenth is None:
        return (
            None,
            "the loss did not fall by more than chance at any of these rates; take more --steps, or other rates",
        )
    if settings.schedule == "one-cycle":
        return _rounded(steepest), (
            "the loss falls fastest there; the recipe's one-cycle rises to it and soon leaves it again"
        )
    if steepest <= tenth:
        return _rounded(
            steepest
        ), "the loss falls fastest there, further below the minimum than a tenth of it"
    return _rounded(
        tenth
    ), "a tenth of where the loss was smallest: the recipe keeps its rate for the whole training"


def _rounded(rate: float) -> float:
    return float(f"{rate:.2g}")


def _next(options: TrainOptions, suggestion: float | None) -> str | None:
    """Return the command that trains with it."""
    if suggestion is None:
        return None
    chosen = replace(options, learning_rate=suggestion, out=None)
    return shlex.join(["convolens", "train", *typed(chosen)])


def _tell_before(
    settings: Settings, growing: RangeOptions, photos: int, notes: list[str], screen: Screen
) -> None:
    screen.heading(f"{settings.model}, {settings.optimizer}: growing the learning rate")
    screen.line(
        f"  {growing.min_rate:g} to {growing.max_rate:g} in {growing.steps} batches of {settings.batch_size}, of {photos:,} "
        f"training photos of {settings.size[0]} x {settings.size[1]} pixels; seed {settings.seed}"
    )
    for note in notes:
        screen.line(f"  {note}")


def _tell(found: LearningRate, screen: Screen) -> None:
    test = found.test
    screen.heading("Result")
    screen.line(f"Ended after {len(test.rates)} steps: {test.ended}")
    if found.suggestion is None:
        screen.warn(f"No suggestion: {found.why}.")
    else:
        screen.result(f"The loss falls fastest at {test.steepest:.2g}")
        screen.result(f"It is smallest at {test.minimum:.2g}; a tenth of that is {test.tenth_of_minimum:.2g}")
        screen.result(f"Suggestion: {found.suggestion:g}: {found.why}.")
    screen.result(f"Picture and table: {found.folder / 'lr_find.png'}, {found.folder / 'lr_find.csv'}")
    if found.command is not None:
        screen.result(f"Next: {found.command}")
