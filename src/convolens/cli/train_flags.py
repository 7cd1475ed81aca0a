"""The flags of `train` for commands that train something too: taken from its own signature, so that they mean the same."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from convolens.cli import options
from convolens.cli.train import train
from convolens.errors import ArgumentError

DATA = (
    "data", "val", "val_split", "labels", "multi_label", "group_by", "size", "color_mode", "interpolation", "resize", "strict",
)  # fmt: skip
TRAINING = (
    "recipe", "batch_size", "optimizer", "ema", "clip_norm", "accumulate", "precision", "balance", "seed", "device", "threads",
)  # fmt: skip
VARIED = tuple(inspect.signature(options.augmentation_fields).parameters)
_OUTPUT = ("json_output", "quiet")


def with_train_flags(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that gives a command flags of `train`: data, training, augmentation, output, and these.

    The command is called with its own parameters, and with those of `train` by their names in **flags; where both have
    one, its own counts.

    Args:
        names: further parameters of `train`.

    Example:
        >>> @with_train_flags("epochs")
        ... def command(steps: int = 3, **flags): print(steps, flags["epochs"])
        >>> list(inspect.signature(command).parameters)[:3]
        ['data', 'steps', 'val']
        >>> command(data=None, epochs=2)
        3 2
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = [
            parameter
            for parameter in inspect.signature(command).parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        theirs = inspect.signature(train).parameters
        wanted = [*DATA, *TRAINING, *names, "augment", *VARIED, *_OUTPUT]
        taken = [theirs[name] for name in wanted if name not in [parameter.name for parameter in own]]
        merged = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in (taken[0], *own, *taken[1:])
        ]
        described: Any = command
        described.__signature__ = inspect.Signature(merged)
        described.__annotations__ = {parameter.name: parameter.annotation for parameter in merged}
        return command

    return decorate


def training(flags: dict[str, Any], also: Sequence[str] = ()) -> dict[str, Any]:
    """Return the arguments of `runs.TrainOptions` that flags of `train` ask for.

    Args:
        flags: what a command with `with_train_flags` was called with.
        also: further names that are the same there.

    Raises:
        ArgumentError: a value that is none.
    """
    if flags["augment"] not in ("recipe", "none"):
        raise ArgumentError(f"--augment must be recipe or none; received {flags['augment']!r}.")
    same = {name: flags[name] for name in (*DATA, *TRAINING, *also) if name not in ("val", "val_split")}
    return same | {
        "multi_label": flags["multi_label"] or None,
        "validation": flags["val"],
        "validation_split": flags["val_split"],
        "augment": flags["augment"] == "recipe",
        "augmentation": options.augmentation_fields(**{name: flags[name] for name in VARIED}),
    }
