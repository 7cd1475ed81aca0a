"""Variations: the fields of `augmentation.Augmentation` that commands ask for."""

from dataclasses import dataclass
from typing import Annotated, Any

from convolens.options.option import Option, documented
from convolens.options.reading import several, shift, single_or_pair

AUGMENTATION = "Augmentation"


def _range(text: str, metavar: str | None = None, read: Any = None, *, switch: str | None = None) -> Option:
    flags = () if switch is None else (f"--{switch}/--no-{switch}",)
    return Option(text, AUGMENTATION, flags, metavar, show_default=False, read=read)


@documented
@dataclass(frozen=True, kw_only=True)
class Variations:
    """What training photos undergo; None leaves it to the recipe. Ranges are checked by `Augmentation`.

    Args:
        (options)
    """

    rotation_range: Annotated[float | None, _range("Turn by up to so many degrees either way.")] = None
    width_shift_range: Annotated[
        Any, _range("Move sideways: a share of the width (0.1), or pixels (5).", read=shift)
    ] = None
    height_shift_range: Annotated[
        Any, _range("Move up and down: a share of the height (0.1), or pixels (5).", read=shift)
    ] = None
    shear_range: Annotated[float | None, _range("Shear by up to so many degrees either way.")] = None
    zoom_range: Annotated[
        Any, _range("Zoom: 0.2 for factors 0.8 to 1.2, or the factors: 0.8,1.1.", read=single_or_pair)
    ] = None
    channel_shift_range: Annotated[
        float | None, _range("Add up to so much of 255 to all values, either way.")
    ] = None
    brightness_range: Annotated[Any, _range("Factors of the brightness: 0.7,1.3.", read=single_or_pair)] = (
        None
    )
    horizontal_flip: Annotated[
        bool | None, _range("Mirror half of the images left to right.", switch="horizontal-flip")
    ] = None
    vertical_flip: Annotated[
        bool | None, _range("Turn half of the images upside down.", switch="vertical-flip")
    ] = None
    fill_mode: Annotated[
        str | None, _range("What lies outside of an image: nearest, constant, reflect or wrap.")
    ] = None
    cval: Annotated[float | None, _range("The value outside for --fill-mode constant.")] = None
    random_resized_crop: Annotated[
        Any, _range("Enlarge a crop of a random share of the area: 0.6,1.0.", "LOW,HIGH", several)
    ] = None
    pad_and_crop: Annotated[
        int | None, _range("Move by up to so many whole pixels; what comes in is --cval.", "PIXELS")
    ] = None
    random_erasing: Annotated[
        float | None, _range("Erase a box of so large a share of the images: 0.25.", "PROBABILITY")
    ] = None
    colour_jitter: Annotated[
        Any,
        _range("Strengths of brightness, contrast, saturation, hue: 0.2,0.2,0.2,0.05.", "B,C,S,H", several),
    ] = None
    mixup: Annotated[
        float | None,
        _range("Lay each image over another, labels too; shares from Beta(ALPHA, ALPHA).", "ALPHA"),
    ] = None
    cutmix: Annotated[
        float | None,
        _range("Give each image a box of another, labels too; shares from Beta(ALPHA, ALPHA).", "ALPHA"),
    ] = None
    randaugment: Annotated[
        Any,
        _range("So many of 14 operations an image, of a magnitude up to 30: 2,9.", "N,MAGNITUDE", several),
    ] = None
    trivialaugment: Annotated[
        bool | None, _range("One of 14 operations an image, of any magnitude.", switch="trivialaugment")
    ] = None
