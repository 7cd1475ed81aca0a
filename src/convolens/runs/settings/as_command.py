"""typed: what is asked of a training, as the words of a command line that asks for the same."""

from dataclasses import fields
from typing import Any

from convolens.runs.settings.options import TrainOptions

# Options that are not named as their field; None: a field that is no flag, or is written elsewhere.
_NAMES: dict[str, str | None] = {
    "data": None, "command": None, "max_seconds": None, "max_operations": None, "schedule_epochs": None, "validation": "val", "validation_split": "val-split",
    "augment": None, "augmentation": None, "fold": None, "transfer": None,
}  # fmt: skip


def typed(options: TrainOptions) -> list[str]:
    """Return DATA and the flags of `convolens train` that ask for these options; defaults are left out.

    Example:
        >>> from pathlib import Path
        >>> typed(TrainOptions(Path("photos"), epochs=3, balance=True, augmentation={"zoom_range": (0.8, 1.1)}))
        ['photos', '--epochs', '3', '--balance', '--zoom-range', '0.8,1.1']
    """
    words = [str(options.data)]
    defaults = TrainOptions(options.data)
    for item in fields(TrainOptions):
        name = _NAMES.get(item.name, item.name.replace("_", "-"))
        value = getattr(options, item.name)
        if name is not None and value != getattr(defaults, item.name):
            words += _flag(name, value)
    if not options.augment:
        words += ["--augment", "none"]
    for field, value in options.augmentation.items():
        words += _flag(field.replace("_", "-"), value)
    return words


def _flag(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{'' if value else 'no-'}{name}"]
    if isinstance(value, (tuple, list)):
        return [f"--{name}", ",".join(_number(item) for item in value)]
    return [f"--{name}", _number(value)]


def _number(value: Any) -> str:
    """Return a value as it is typed; floats with all their digits."""
    return repr(value) if isinstance(value, float) else str(value)
