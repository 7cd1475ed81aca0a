"""Options that several commands share."""

from typing import Annotated, Any

import typer

from convolens.errors import ArgumentError

AUGMENTATION = "Augmentation"


def shift(text: str | None, option: str) -> Any:
    """Return a shift as Keras takes it: "0.1" a share, "5" whole pixels, "0.1,0.3" a choice.

    Example:
        >>> shift("5", "--width-shift-range"), shift("0.1,0.3", "--width-shift-range")
        (5, [0.1, 0.3])
    """
    if text is None:
        return None
    values = numbers(text, option)
    if len(values) > 1:
        return values
    return int(text) if text.strip().isdigit() else values[0]


def numbers(text: str, option: str) -> list[float]:
    """Return comma-separated numbers.

    Raises:
        ArgumentError: something else.
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ArgumentError(
            f"{option}: expected a number, or several with commas; received {text!r}."
        ) from error


def single_or_pair(text: str | None, option: str) -> Any:
    """Return one number, or a pair (low, high).

    Example:
        >>> single_or_pair("0.2", "--zoom-range"), single_or_pair("0.8,1.1", "--zoom-range")
        (0.2, (0.8, 1.1))
    """
    if text is None:
        return None
    values = numbers(text, option)
    return values[0] if len(values) == 1 else tuple(values)


def several(text: str | None, option: str) -> tuple[float, ...] | None:
    """Return comma-separated numbers as a tuple, however many.

    Example:
        >>> several("2,9", "--randaugment")
        (2.0, 9.0)
    """
    return None if text is None else tuple(numbers(text, option))


def given(**values: Any) -> dict[str, Any]:
    """Return what is not None."""
    return {name: value for name, value in values.items() if value is not None}


CHECKPOINTS = "Checkpoints"


def _checkpoint(help_text: str, *names: str) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=CHECKPOINTS, show_default=False)


CheckpointSteps = Annotated[
    int | None,
    _checkpoint("Save the state every so many steps too, not only after an epoch.", "--checkpoint-steps"),
]
CheckpointMinutes = Annotated[
    float | None, _checkpoint("Save the state every so many minutes too.", "--checkpoint-minutes")
]
Keep = Annotated[
    int | None, _checkpoint("How many states stay; 2 by default. The best weights always do.", "--keep")
]
Select = Annotated[str, typer.Option("--select", "--weights", help="The best or the last weights.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the result.")]
CalibrationUsed = Annotated[
    bool,
    typer.Option(
        "--calibration/--no-calibration",
        help="Use the run's calibration.json, where it has one; or the network's own confidences, and nothing unknown.",
    ),
]


def _panel(help_text: str, *names: str, metavar: str | None = None) -> Any:
    return typer.Option(
        *names, help=help_text, rich_help_panel=AUGMENTATION, show_default=False, metavar=metavar
    )


Rotation = Annotated[float | None, _panel("Turn by up to so many degrees either way.", "--rotation-range")]
WidthShift = Annotated[
    str | None, _panel("Move sideways: a share of the width (0.1), or pixels (5).", "--width-shift-range")
]
HeightShift = Annotated[
    str | None,
    _panel("Move up and down: a share of the height (0.1), or pixels (5).", "--height-shift-range"),
]
Shear = Annotated[float | None, _panel("Shear by up to so many degrees either way.", "--shear-range")]
Zoom = Annotated[
    str | None, _panel("Zoom: 0.2 for factors 0.8 to 1.2, or the factors: 0.8,1.1.", "--zoom-range")
]
ChannelShift = Annotated[
    float | None, _panel("Add up to so much of 255 to all values, either way.", "--channel-shift-range")
]
Brightness = Annotated[str | None, _panel("Factors of the brightness: 0.7,1.3.", "--brightness-range")]
HorizontalFlip = Annotated[
    bool | None,
    _panel("Mirror half of the images left to right.", "--horizontal-flip/--no-horizontal-flip"),
]
VerticalFlip = Annotated[
    bool | None, _panel("Turn half of the images upside down.", "--vertical-flip/--no-vertical-flip")
]
FillMode = Annotated[
    str | None, _panel("What lies outside of an image: nearest, constant, reflect or wrap.", "--fill-mode")
]
Cval = Annotated[float | None, _panel("The value outside for --fill-mode constant.", "--cval")]
RandomResizedCrop = Annotated[
    str | None,
    _panel(
        "Enlarge a crop of a random share of the area: 0.6,1.0.", "--random-resized-crop", metavar="LOW,HIGH"
    ),
]
PadAndCrop = Annotated[
    int | None,
    _panel(
        "Move by up to so many whole pixels; what comes in is --cval.", "--pad-and-crop", metavar="PIXELS"
    ),
]
RandomErasing = Annotated[
    float | None,
    _panel("Erase a box of so large a share of the images: 0.25.", "--random-erasing", metavar="PROBABILITY"),
]
ColourJitter = Annotated[
    str | None,
    _panel(
        "Strengths of brightness, contrast, saturation, hue: 0.2,0.2,0.2,0.05.",
        "--colour-jitter",
        metavar="B,C,S,H",
    ),
]
MixUp = Annotated[
    float | None,
    _panel(
        "Lay each image over another, labels too; shares from Beta(ALPHA, ALPHA).", "--mixup", metavar="ALPHA"
    ),
]
CutMix = Annotated[
    float | None,
    _panel(
        "Give each image a box of another, labels too; shares from Beta(ALPHA, ALPHA).",
        "--cutmix",
        metavar="ALPHA",
    ),
]
RandAugment = Annotated[
    str | None,
    _panel(
        "So many of 14 operations an image, of a magnitude up to 30: 2,9.",
        "--randaugment",
        metavar="N,MAGNITUDE",
    ),
]
TrivialAugment = Annotated[
    bool | None,
    _panel("One of 14 operations an image, of any magnitude.", "--trivialaugment/--no-trivialaugment"),
]


def augmentation_fields(
    rotation_range: float | None,
    width_shift_range: str | None,
    height_shift_range: str | None,
    shear_range: float | None,
    zoom_range: str | None,
    channel_shift_range: float | None,
    brightness_range: str | None,
    horizontal_flip: bool | None,
    vertical_flip: bool | None,
    fill_mode: str | None,
    cval: float | None,
    random_resized_crop: str | None,
    pad_and_crop: int | None,
    random_erasing: float | None,
    colour_jitter: str | None,
    mixup: float | None,
    cutmix: float | None,
    randaugment: str | None,
    trivialaugment: bool | None,
) -> dict[str, Any]:
    """Return the fields of `Augmentation` that were asked for."""
    return given(
        rotation_range=rotation_range,
        width_shift_range=shift(width_shift_range, "--width-shift-range"),
        height_shift_range=shift(height_shift_range, "--height-shift-range"),
        shear_range=shear_range,
        zoom_range=single_or_pair(zoom_range, "--zoom-range"),
        channel_shift_range=channel_shift_range,
        brightness_range=single_or_pair(brightness_range, "--brightness-range"),
        horizontal_flip=horizontal_flip,
        vertical_flip=vertical_flip,
        fill_mode=fill_mode,
        cval=cval,
        random_resized_crop=several(random_resized_crop, "--random-resized-crop"),
        pad_and_crop=pad_and_crop,
        random_erasing=random_erasing,
        colour_jitter=several(colour_jitter, "--colour-jitter"),
        mixup=mixup,
        cutmix=cutmix,
        randaugment=several(randaugment, "--randaugment"),
        trivialaugment=trivialaugment,
    )
