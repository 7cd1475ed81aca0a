"""Augmentation: which random changes training photos undergo, in the words of Keras' ImageDataGenerator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import number_in, one_of
from convolens.augmentation.draws import Draws
from convolens.augmentation.philox import uniforms
from convolens.errors import ArgumentError

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
_NUMBERS = 12  # random numbers an image


@dataclass(frozen=True)
class Augmentation:
    """Ranges of random changes; at its defaults nothing is changed.

    Args:
        rotation_range: up to so many degrees either way, 0 to 180.
        width_shift_range: sideways, a share of the width (below 1), pixels (1 and above, or an int), or a
            list of shifts to choose from, either way.
        height_shift_range: the same up and down.
        shear_range: up to so many degrees either way.
        zoom_range: z for factors in [1 - z, 1 + z], or a pair (low, high); rows and columns independently.
        channel_shift_range: up to so much is added to or taken from all values.
        brightness_range: a pair (low, high) of factors, or None.
        horizontal_flip: True mirrors half of the images left to right.
        vertical_flip: True turns half of the images upside down.
        fill_mode: what lies outside of an image: "nearest", "constant", "reflect" or "wrap", with SciPy's meaning.
        cval: the value outside for "constant".
        interpolation_order: of the spline, 0 to 5; 0 and 1 are fast.

    Raises:
        ArgumentError: a range that is none.

    Example:
        >>> Augmentation(rotation_range=20, horizontal_flip=True).describe()
        ['rotation: up to 20 degrees either way', 'horizontal flip: half of the images']
    """

    rotation_range: float = 0.0
    width_shift_range: Any = 0.0
    height_shift_range: Any = 0.0
    shear_range: float = 0.0
    zoom_range: Any = 0.0
    channel_shift_range: float = 0.0
    brightness_range: Any = None
    horizontal_flip: bool = False
    vertical_flip: bool = False
    fill_mode: str = "nearest"
    cval: float = 0.0
    interpolation_order: int = 1

    def __post_init__(self) -> None:
        where = "Augmentation"
        number_in(where, "rotation_range", self.rotation_range, 0, 360)
        number_in(where, "shear_range", self.shear_range, 0, 360)
        number_in(where, "channel_shift_range", self.channel_shift_range, 0, float("inf"), open_high=True)
        for name in ("width_shift_range", "height_shift_range"):
            value = getattr(self, name)
            for item in value if isinstance(value, (list, tuple, np.ndarray)) else [value]:
                number_in(where, name, item, 0, float("inf"), open_high=True)
        zoom = self.zoom_bounds
        if zoom[0] <= 0 or zoom[1] < zoom[0]:
            raise ArgumentError(
                f"Augmentation: zoom_range must be below 1, or a pair (low, high) of factors above 0; "
                f"received {self.zoom_range!r}."
            )
        brightness = self.brightness_range
        if brightness is not None:
            pair = isinstance(brightness, (list, tuple)) and len(brightness) == 2
            if not pair or not 0 <= float(brightness[0]) <= float(brightness[1]):
                raise ArgumentError(
                    "Augmentation: brightness_range must be a pair (low, high) of factors from 0; "
                    f"received {brightness!r}."
                )
        one_of(where, "fill_mode", self.fill_mode, FILL_MODES)
        one_of(where, "interpolation_order", self.interpolation_order, range(6))

    @property
    def zoom_bounds(self) -> tuple[float, float]:
        """The lowest and the highest zoom factor."""
        zoom = self.zoom_range
        if isinstance(zoom, (list, tuple, np.ndarray)):
            if len(zoom) != 2:
                raise ArgumentError(
                    f"Augmentation: zoom_range must be one number or a pair (low, high); received {zoom!r}."
                )
            return float(zoom[0]), float(zoom[1])
        z = number_in("Augmentation", "zoom_range", zoom, 0, float("inf"), open_high=True)
        return 1 - z, 1 + z

    @property
    def changes_nothing(self) -> bool:
        """Whether every image stays as it is."""
        return not self.describe()

    def draw(
        self, seed: int, epoch: int, indices: Sequence[int] | np.ndarray, shape: tuple[int, int]
    ) -> Draws:
        """Return the parameters of some images: a pure function of the arguments.

        Args:
            seed: any integer.
            epoch: from 0.
            indices: the images' places in the data set.
            shape: (rows, columns), which shares of the height and the width refer to.
        """
        u = uniforms(seed, epoch, indices, _NUMBERS)  # (n, 12)
        low, high = self.zoom_bounds
        n = len(u)
        brightness = np.full(n, np.nan)
        if self.brightness_range is not None:
            darkest, brightest = self.brightness_range
            brightness = darkest + (brightest - darkest) * u[:, 11]
        return Draws(
            theta=self.rotation_range * (2 * u[:, 0] - 1),
            tx=_shift(self.width_shift_range, u[:, 1], u[:, 2], shape[1]),
            ty=_shift(self.height_shift_range, u[:, 3], u[:, 4], shape[0]),
            shear=self.shear_range * (2 * u[:, 5] - 1),
            zx=low + (high - low) * u[:, 6],
            zy=low + (high - low) * u[:, 7],
            flip_horizontal=(u[:, 8] < 0.5) & bool(self.horizontal_flip),
            flip_vertical=(u[:, 9] < 0.5) & bool(self.vertical_flip),
            channel_shift=self.channel_shift_range * (2 * u[:, 10] - 1),
            brightness=brightness,
        )

    def describe(self) -> list[str]:
        """Return a line for each change that is on."""
        lines = []
        if self.rotation_range:
            lines.append(f"rotation: up to {self.rotation_range:g} degrees either way")
        for value, name in ((self.width_shift_range, "sideways"), (self.height_shift_range, "up and down")):
            if isinstance(value, (list, tuple, np.ndarray)):
                lines.append(f"shift {name}: one of {', '.join(f'{v:g}' for v in value)}, either way")
            elif value:
                share = value < 1
                lines.append(
                    f"shift {name}: up to {value:.0%} either way"
                    if share
                    else f"shift {name}: up to {value:g} pixels either way"
                )
        if self.shear_range:
            lines.append(f"shear: up to {self.shear_range:g} degrees either way")
        if self.zoom_bounds != (1.0, 1.0):
            lines.append("zoom: factors {:g} to {:g}, rows and columns apart".format(*self.zoom_bounds))
        if self.channel_shift_range:
            lines.append(f"channel shift: up to {self.channel_shift_range:g} of 255 either way")
        if self.brightness_range is not None:
            lines.append("brightness: factors {:g} to {:g}".format(*self.brightness_range))
        if self.horizontal_flip:
            lines.append("horizontal flip: half of the images")
        if self.vertical_flip:
            lines.append("vertical flip: half of the images")
        return lines


def _shift(value: Any, u: np.ndarray, sign: np.ndarray, length: int) -> np.ndarray:
    """Return shifts in pixels as Keras draws them: an int n means whole pixels below n, a list a choice."""
    if isinstance(value, (list, tuple, np.ndarray)):
        choices = np.asarray(value, dtype=np.float64)
    elif isinstance(value, (int, np.integer)) and value > 0:
        choices = np.arange(int(value), dtype=np.float64)
    else:
        drawn = float(value) * (2 * u - 1)
        return drawn * length if value < 1 else drawn
    drawn = choices[np.minimum((u * len(choices)).astype(np.int64), len(choices) - 1)]
    drawn = np.where(sign < 0.5, -drawn, drawn)
    return drawn * length if np.max(value) < 1 else drawn
