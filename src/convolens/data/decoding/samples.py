"""Samples: which value of a file becomes 0 and which 255, by one rule for all photos; it travels with the weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from convolens.arguments import integer
from convolens.errors import ArgumentError, ImageError

DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")  # Pillow's modes of more than 8 bits a sample
WHITE = 255
_BITS, _PHOTOMETRIC, _FORMAT = 258, 262, 339  # TIFF tags
_EXTREMES = ((340, 341), (280, 281))  # SMinSampleValue and SMaxSampleValue, MinSampleValue and MaxSampleValue
_WHITE_IS_ZERO, _UNSIGNED = 0, 1

Range = tuple[float, float]


@dataclass(frozen=True)
class Samples:
    """How the samples of a file become bytes: those of 8 bits are bytes already, deeper ones are brought to 0 to 255.

    Attributes:
        integers: the values that become 0 and 255 in grey pictures of whole numbers; None: those that the file says
            that it can hold, else 0 and 65535.
        floats: the same for grey pictures of fractions; None: those that the file says, else 0 and 255.
        ground: grey level, 0 to 255, that lies behind what is transparent; None drops the transparency.
        by_file: True as in runs whose model.json states no rule: 16 bits are taken for 8 where no pixel of the file is above 255.
        keep_greys: True leaves whole numbers of 16 and 32 bits as they are where greys are asked for, as Keras does.

    Example:
        >>> deep = Image.fromarray(np.array([[0, 2048, 4095, 60000]], np.uint16))
        >>> np.asarray(Samples(integers=(0, 4095)).in_bytes(deep, "L")).tolist()
        [[0, 128, 255, 255]]
    """

    integers: Range | None = None
    floats: Range | None = None
    ground: int | None = WHITE
    by_file: bool = False
    keep_greys: bool = False

    def in_bytes(self, image: Image.Image, mode: str) -> Image.Image:
        """Return a picture of 8 bits a sample, laid on the ground where `mode` has no transparency.

        Args:
            image: as it was opened, its pixels loaded.
            mode: the one of Pillow's that it is for.

        Raises:
            ImageError: it holds fractions that are no numbers, or infinite.
        """
        if self.keep_greys and mode == "L" and image.mode in DEEP[:-1]:
            return (
                image if image.mode in ("I", "I;16") else Image.fromarray(np.asarray(image).astype(np.uint16))
            )
        if image.mode in DEEP:
            return _guessed(image) if self.by_file else self._scaled(image)
        if mode == "RGBA" or not image.has_transparency_data:
            return image
        if self.ground is None:
            palette = image.mode in ("P", "PA") and "transparency" in image.info
            return image.convert("RGBA") if palette else image
        image = image.convert("RGBA")
        flat = Image.new("RGB", image.size, (self.ground,) * 3)
        flat.paste(image, mask=image.getchannel("A"))
        return flat

    def _scaled(self, image: Image.Image) -> Image.Image:
        values, fractions = deep_values(image), image.mode == "F"
        low, high = (
            (self.floats or stated_range(image) or (0, 255))
            if fractions
            else (self.integers or stated_range(image) or (0, 65535))
        )
        # whole numbers: the upper eight bits of the range
        steps, span = (255.0, high - low) if fractions else (256.0, high - low + 1)
        exact: Any = np.float32 if values.itemsize == 2 else np.float64
        levels = np.clip((values.astype(exact) - exact(low)) * exact(steps / span), 0, 255).astype(np.uint8)
        return Image.fromarray(255 - levels if _is_negative(image) else levels)

    def as_table(self) -> dict[str, Any]:
        """Return plain values for model.json."""
        table = asdict(self)
        del table["by_file"], table["keep_greys"]
        return table

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> "Samples":
        """Return it from the values in model.json; None is that of versions which wrote none.

        Raises:
            ArgumentError: values that are none.
        """
        if given is None:
            return BY_FILE
        ground = given["ground"]
        return cls(
            _range("integers", given["integers"]),
            _range("floats", given["floats"]),
            None if ground is None else integer("model.json", "ground", ground, minimum=0, maximum=255),
        )

    def describe(self) -> list[str]:
        """Return lines for people."""
        if self.by_file:
            return [
                "values: of each 16-bit file the upper eight bits, or all where none is above 255; transparency dropped"
            ]
        said = [
            f"values of {kind}: {found[0]:g} to {found[1]:g} become 0 to 255 ({why})"
            for kind, found, why in (
                ("grey files of more than 8 bits (16-bit ...)", self.integers, "one range for all photos"),
                ("grey files of fractions (float)", self.floats, "one range for all photos"),
            )
            if found is not None
        ]
        ground = "dropped" if self.ground is None else f"laid on grey level {self.ground} (255 is white)"
        return [*said, f"transparency: {ground}"]


STANDARD = Samples()
BY_FILE = Samples(ground=None, by_file=True)
AS_KERAS = Samples(ground=None, keep_greys=True)


def deep_values(image: Image.Image) -> np.ndarray:
    """Return the values of a picture of one of the modes `DEEP`, (rows, columns).

    Raises:
        ImageError: fractions that are no numbers (NaN), or infinite.
    """
    values = np.asarray(image)
    if image.mode == "F" and not np.isfinite(values).all():
        found = [
            f"{count:,} {name}"
            for name, count in (("NaN", np.isnan(values).sum()), ("infinite", np.isinf(values).sum()))
            if count
        ]
        raise ImageError(
            f"{' and '.join(found)} of {values.size:,} values; put a number there, the lowest say."
        )
    tags = getattr(image, "tag_v2", {})
    if image.mode == "I" and tags.get(_BITS) == (32,) and tags.get(_FORMAT, (_UNSIGNED,)) == (_UNSIGNED,):
        return values.view(np.uint32)
    return values


def stated_range(image: Image.Image) -> Range | None:
    """Return the lowest and the highest value that a file says that it holds; None where it says no more than its type."""
    tags = getattr(image, "tag_v2", None)  # of a TIFF file
    if not tags:
        return None
    for lowest, highest in _EXTREMES:
        low, high = (_number(tags.get(tag)) for tag in (lowest, highest))
        if high is not None and (low or 0.0) < high and high not in (65535.0, 4294967295.0):
            return low or 0.0, high
    bits = tags.get(_BITS, (8,))[0]
    return (0, 2**bits - 1) if bits not in (8, 16, 32, 64) else None


def _number(value: Any) -> float | None:
    """Return the value of a tag, the first of several, or None where it is no finite number."""
    first = value[0] if isinstance(value, tuple) and value else value
    try:
        number = float(first)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _is_negative(image: Image.Image) -> bool:
    """Return whether the lowest value means white, which Pillow does not turn round in deep pictures."""
    tags = getattr(image, "tag_v2", {})
    return bool(tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO)


def _guessed(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if image.mode == "F":
        return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    return Image.fromarray((values >> 8 if values.max(initial=0) > 255 else values).astype(np.uint8))


def _range(name: str, given: Any) -> Range | None:
    if given is None:
        return None
    low, high = (float(value) for value in given)
    if not -np.inf < low < high < np.inf:
        raise ArgumentError(f"model.json: {name} must be (lowest, highest); received {given!r}.")
    return low, high
