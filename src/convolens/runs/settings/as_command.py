"""typed: what is asked of a training, as the words of a command line that asks for the same."""

from typing import Any

from convolens.options.option import options_of
from convolens.options.training import TrainOptions


def typed(options: TrainOptions) -> list[str]:
    """Return DATA and the flags of `convolens train` that ask for these options; defaults are left out.

    Example:
        >>> from pathlib import Path
        >>> typed(TrainOptions(Path("photos"), epochs=3, balance=True, augmentation={"zoom_range": (0.8, 1.1)}))
        ['photos', '--epochs', '3', '--balance', '--zoom-range', '0.8,1.1']
    """
    words = [str(options.data)]
    for item in options_of(TrainOptions):
        value = getattr(options, item.name)
        if item.option.parts is not None:
            for name, part in value.items():
                words += _flag(f"--{name.replace('_', '-')}", part)
        elif item.option.kind == "flag" and value != item.default:
            words += ["--augment", "none"] if item.name == "augment" else _flag(item.flag, value)
    return words


def _flag(flag: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag.removeprefix('--')}"]
    if isinstance(value, (tuple, list)):
        return [flag, ",".join(_number(item) for item in value)]
    return [flag, _number(value)]


def _number(value: Any) -> str:
    """Return a value as it is typed; floats with all their digits."""
    return repr(value) if isinstance(value, float) else str(value)
