"""Controls: a slider, switch or list for each field of the options that commands take for variations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from convolens.arguments import one_of, refuse_unknown
from convolens.augmentation.draw.augmentation import FILL_MODES
from convolens.errors import ArgumentError
from convolens.options.augmentation import Variations
from convolens.options.option import options_of


@dataclass(frozen=True)
class Part:
    """One slider.

    Attributes:
        low, high, step: what it goes over; within what `Augmentation` takes.
        off: where it changes nothing; None where that depends on the other parts.
        label: what it is among the parts of its field; "" for the only one.
    """

    low: float
    high: float
    step: float
    off: float | None
    label: str = ""


@dataclass(frozen=True)
class Control:
    """A field of `Variations` on the page.

    Attributes:
        name, help, flag: as of the option.
        kind: "number", "pair" (low, high), "several", "switch" or "choice".
        parts: of numbers.
        choices: of a choice, the first changes nothing.
    """

    name: str
    help: str
    flag: str
    kind: str
    parts: tuple[Part, ...] = ()
    choices: tuple[str, ...] = ()


_ALPHA = (Part(0, 2, 0.05, 0),)
_STRENGTH = (0, 1, 0.05, 0)
# What sliders go over: less than may be asked for, where all of that makes no photo any more.
_NUMBERS: dict[str, tuple[Part, ...]] = {
    "rotation_range": (Part(0, 180, 1, 0),),
    "width_shift_range": (Part(0, 0.5, 0.01, 0),),
    "height_shift_range": (Part(0, 0.5, 0.01, 0),),
    "shear_range": (Part(0, 60, 0.1, 0),),
    "zoom_range": (Part(0, 0.9, 0.01, 0),),
    "channel_shift_range": (Part(0, 128, 1, 0),),
    "brightness_range": (Part(0, 2, 0.05, 1, "lowest"), Part(0, 2, 0.05, 1, "highest")),
    "cval": (Part(0, 255, 1, 0),),
    "random_resized_crop": (Part(0.05, 1, 0.05, 1, "lowest"), Part(0.05, 1, 0.05, 1, "highest")),
    "pad_and_crop": (Part(0, 40, 1, 0),),
    "random_erasing": (Part(0, 1, 0.05, 0),),
    "colour_jitter": (
        Part(*_STRENGTH, "brightness"),
        Part(*_STRENGTH, "contrast"),
        Part(*_STRENGTH, "saturation"),
        Part(0, 0.5, 0.01, 0, "hue"),
    ),
    "mixup": _ALPHA,
    "cutmix": _ALPHA,
    "randaugment": (Part(0, 4, 1, 0, "operations"), Part(0, 30, 1, None, "magnitude")),
}
_PAIRS = ("brightness_range", "random_resized_crop")


def controls() -> list[dict[str, Any]]:
    """Return a control for each field, as plain values.

    Example:
        >>> [(one["name"], one["kind"], one["flag"]) for one in controls()][:1]
        [('rotation_range', 'number', '--rotation-range')]
    """
    return [asdict(_control(item.name, item.option.help, item.flag)) for item in options_of(Variations)]


def check_fields(fields: Mapping[str, Any]) -> None:
    """Refuse what no control can be set to: far beyond these ranges nothing of a photo is left.

    Args:
        fields: of `Augmentation`.

    Raises:
        UnknownNameError: no such field; the nearest is offered. ArgumentError: a value that is none of its control's.

    Example:
        >>> check_fields({"rotation_range": 500})
        Traceback (most recent call last):
        convolens.errors.ArgumentError: augment: rotation_range goes from 0 to 180 here; received 500.
    """
    items = {item.name: _control(item.name, "", "") for item in options_of(Variations)}
    refuse_unknown("augment", fields, items)
    for name, value in fields.items():
        control = items[name]
        if control.kind == "switch":
            one_of("augment", name, value, (False, True))
        elif control.kind == "choice":
            one_of("augment", name, value, control.choices)
        elif not _is_within(control, value):
            ranges = " and ".join(
                f"{part.label + ' ' if part.label else ''}from {part.low:g} to {part.high:g}"
                for part in control.parts
            )
            raise ArgumentError(f"augment: {name} goes {ranges} here; received {value!r}.")


def _is_within(control: Control, value: Any) -> bool:
    values = [value] if control.kind == "number" else value
    return (
        isinstance(values, (list, tuple))
        and len(values) == len(control.parts)
        and all(
            isinstance(one, (int, float)) and not isinstance(one, bool) and part.low <= one <= part.high
            for one, part in zip(values, control.parts, strict=True)
        )
    )


def _control(name: str, help: str, flag: str) -> Control:
    if name == "fill_mode":
        return Control(name, help, flag, "choice", choices=FILL_MODES)
    parts = _NUMBERS.get(name)
    if parts is None:
        return Control(name, help, flag, "switch")
    kind = "pair" if name in _PAIRS else "several" if len(parts) > 1 else "number"
    return Control(name, help, flag, kind, parts)
