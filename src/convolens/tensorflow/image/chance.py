"""What is done to pictures at random: by the program's row of draws, a seed's own, or a seed alone (`stateless_`)."""

from collections.abc import Callable
from typing import Any

import torch

from convolens import random
from convolens.errors import ArgumentError
from convolens.ops import image as images_of
from convolens.ops.operation import operation
from convolens.tensorflow.image import colours
from convolens.tensorflow.random import stream
from convolens.tensorflow.top.random import cropped

_RANGES = ("brightness", "contrast", "hue", "saturation")
_FLIPS = ("flip_left_right", "flip_up_down")
__all__ = sorted(
    f"{kind}random_{name}" for kind in ("", "stateless_") for name in (*_RANGES, *_FLIPS, "crop")
)


def _drawn(name: str, low: float, high: float, row: Any) -> float:
    if not low <= high:
        raise ArgumentError(f"random_{name}: draws from {low} to {high}, which is no range.")
    return float(random.uniform((), low, high, seed=row))


def _about(name: str, change: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a change by an amount from -max_delta to max_delta: of a row of draws, and of a seed alone."""

    def by_row(image: Any, max_delta: float, seed: int | None = None) -> Any:
        return change(image, _drawn(name, -max_delta, max_delta, stream(seed)))

    def by_seed(image: Any, max_delta: float, seed: Any) -> Any:
        return change(image, _drawn(name, -max_delta, max_delta, seed))

    says = f"Return images after `adjust_{name}` by a random amount.\n\nArgs:\n    image: numbers.\n    max_delta: the largest amount."
    return _named(by_row, name, says, False), _named(by_seed, name, says, True)


def _between(name: str, change: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a change by a factor from lower to upper: of a row of draws, and of a seed alone."""

    def by_row(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
        return change(image, _drawn(name, lower, upper, stream(seed)))

    def by_seed(image: Any, lower: float, upper: float, seed: Any) -> Any:
        return change(image, _drawn(name, lower, upper, seed))

    says = f"Return images after `adjust_{name}` by a random factor.\n\nArgs:\n    image: numbers.\n    lower, upper: the factor's bounds."
    return _named(by_row, name, says, False), _named(by_seed, name, says, True)


def _flipping(name: str, change: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a turn of every second image or so: of a row of draws, and of a seed alone."""

    def flipped(image: Any, row: Any) -> Any:
        turned = random.uniform(image.shape[:-3], seed=row) < 0.5
        return torch.where(turned[..., None, None, None], change(image), image)

    def by_row(image: Any, seed: int | None = None) -> Any:
        return flipped(image, stream(seed))

    def by_seed(image: Any, seed: Any) -> Any:
        return flipped(image, seed)

    says = f"Return images after `{name}`, each with probability 1/2.\n\nArgs:\n    image: (..., rows, columns, channels)."
    return _named(by_row, name, says, False), _named(by_seed, name, says, True)


def _cropping(name: str, change: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a part at a random place: of a row of draws, and of a seed alone."""

    def by_row(value: Any, size: Any, seed: int | None = None) -> Any:
        return change(value, size, stream(seed))

    def by_seed(value: Any, size: Any, seed: Any) -> Any:
        return change(value, size, seed)

    says = "Return a part of a tensor at a random place.\n\nArgs:\n    value: a tensor.\n    size: the sizes of the part."
    return _named(by_row, name, says, False), _named(by_seed, name, says, True)


def _named(function: Callable[..., Any], name: str, says: str, stateless: bool) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = f"{'stateless_' if stateless else ''}random_{name}"
    seed = (
        "two whole numbers, on which alone it depends"
        if stateless
        else "of a row of draws; None for the program's"
    )
    function.__doc__ = f"{says}\n    seed: {seed}."
    return operation(1)(function)


for _made in (
    _about("brightness", colours.adjust_brightness),
    _about("hue", colours.adjust_hue),
    _between("contrast", colours.adjust_contrast),
    _between("saturation", colours.adjust_saturation),
    _flipping("flip_left_right", images_of.flip_left_right),
    _flipping("flip_up_down", images_of.flip_up_down),
    _cropping("crop", cropped),
):
    globals().update({function.__name__: function for function in _made})
