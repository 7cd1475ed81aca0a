"""finetune: a run that begins with a learnt network and teaches it other photos, stage by stage."""

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from convolens.applications import APPLICATIONS
from convolens.applications.architectures.timm_zoo import PREFIX
from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, MissingFileError
from convolens.options.fine_tuning import FineTuning
from convolens.options.training import TrainOptions
from convolens.runs.answers.subject import named_architecture
from convolens.runs.output.screen import Cancel, Screen
from convolens.runs.training.outcome import TrainResult
from convolens.runs.whole_runs.train import train

RECIPE = "finetune"


def finetune(
    start: str | PathLike[str],
    data: str | PathLike[str],
    tuning: FineTuning | None = None,
    screen: Screen | None = None,
    cancel: Cancel | None = None,
    **options: Any,
) -> TrainResult:
    """Train a learnt network on a folder of photos: first its head on kept features, then the layers before it too.

    In the first stage the frozen part of the network is run once over the photos; batches of what it made of them train the
    head. Then layers are unfrozen, and everything goes on as in `train`, at a low learning rate that falls with depth. It is
    one run: `resume` goes on with it to the same bits, in either stage.

    Args:
        start: a run folder (classes that it knows by name keep their outputs), or the name of an architecture.
        data: a folder of class folders, or one that holds train and val.
        tuning: the stages; None are the usual ones.
        screen: where lines go; None is the terminal.
        cancel: see `train`.
        options: of `TrainOptions`; `weights` of an architecture is "imagenet" by default, `recipe` is "finetune", and `epochs`
            counts those of the head too.

    Raises:
        MissingFileError: neither a run nor an architecture. ArgumentError: layers or numbers that do not fit.
        Others: those of `train`.
    """
    given = TrainOptions(**{"data": Path(data), "recipe": RECIPE, **options})
    return train(
        replace(_begin(Path(start), given), finetuning=tuning or FineTuning()), screen, cancel=cancel
    )


def _begin(start: Path, options: TrainOptions) -> TrainOptions:
    """Return the options of a run that begins from a run or an architecture."""
    name = str(start)
    if (start / "model.json").is_file() or start.name == "model.json":
        for word, value in (("--weights", options.weights), ("--model", options.model)):
            if value is not None:
                raise ArgumentError(
                    f"finetune: {start} is a run, so {word} {value} says nothing; leave it out."
                )
        return replace(options, branch_from=start)
    if name.startswith(PREFIX) and options.weights is None:
        raise ArgumentError(
            f"finetune: weights of timm's networks are not fetched; download model.safetensors of timm/{name.removeprefix(PREFIX)} "
            "from its publisher, and give it by --weights FILE."
        )
    named = named_architecture(name)
    if named is not None:
        return replace(options, model=named, weights=options.weights or "imagenet")
    if start.is_dir():
        raise MissingFileError(
            f"{start}: holds no model.json, so it is not a run; give the folder that `train` made."
        )
    raise MissingFileError(
        f"{start}: neither a run folder nor an architecture.{did_you_mean(name, APPLICATIONS)} `convolens models` lists these."
    )
