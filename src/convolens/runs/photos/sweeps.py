"""Strength sweeps: a named row of rising values for one kind of change, to see how much is too much."""

from collections.abc import Callable
from typing import Any

from convolens.arguments import look_up

Fields = Callable[[float], dict[str, Any]]


def _jitter(place: int) -> Fields:
    return lambda s: {"colour_jitter": tuple(s if i == place else 0 for i in range(4))}


# Name: (values from weak to strong, the fields of `Augmentation` that one means).
SWEEPS: dict[str, tuple[tuple[float, ...], Fields]] = {
    "rotation": ((10, 20, 45, 90, 180), lambda v: {"rotation_range": v}),
    "width-shift": ((0.05, 0.1, 0.2, 0.4), lambda v: {"width_shift_range": v}),
    "height-shift": ((0.05, 0.1, 0.2, 0.4), lambda v: {"height_shift_range": v}),
    "shear": ((5, 10, 20, 40), lambda v: {"shear_range": v}),
    "zoom": ((0.1, 0.2, 0.4, 0.6), lambda v: {"zoom_range": v}),
    "channel-shift": ((10, 25, 50, 100), lambda v: {"channel_shift_range": v}),
    "brightness": ((0.2, 0.4, 0.6, 0.8), lambda v: {"brightness_range": (1 - v, 1 + v)}),
    "random-resized-crop": ((0.8, 0.6, 0.4, 0.2, 0.08), lambda v: {"random_resized_crop": (v, 1.0)}),
    "pad-and-crop": ((2, 4, 8, 16, 32), lambda v: {"pad_and_crop": int(v)}),
    "random-erasing": (
        (0.05, 0.1, 0.2, 0.4),
        lambda v: {"random_erasing": 1.0, "random_erasing_area": (v, v)},
    ),
    "colour-jitter": ((0.1, 0.2, 0.4, 0.8), lambda v: {"colour_jitter": (v, v, v, v / 4)}),
    "contrast": ((0.2, 0.4, 0.6, 0.8), _jitter(1)),
    "saturation": ((0.2, 0.4, 0.6, 0.8), _jitter(2)),
    "hue": ((0.05, 0.1, 0.2, 0.5), _jitter(3)),
    "mixup": ((0.1, 0.2, 0.4, 1.0), lambda v: {"mixup": v}),
    "cutmix": ((0.1, 0.2, 0.4, 1.0), lambda v: {"cutmix": v}),
    "randaugment": ((3, 9, 15, 21, 30), lambda v: {"randaugment": (2, v)}),
}


def sweep(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a sweep: what to call each, and the fields of `Augmentation` it means.

    Args:
        name: of `SWEEPS`; underscores and an ending "range" are understood as well.

    Raises:
        UnknownNameError: another name; the nearest is offered.

    Example:
        >>> sweep("rotation_range")[0]
        ('rotation 10', {'rotation_range': 10})
    """
    plain = name.strip().lstrip("-").replace("_", "-").removesuffix("-range")
    values, fields = look_up("augment", "strength sweep", plain, SWEEPS)
    return [(f"{plain} {value:g}", fields(value)) for value in values]
