"""Augmentation: which random changes training photos undergo: Keras' ImageDataGenerator's, and modern ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import integer, number_in, one_of
from convolens.augmentation.draw import cropping, erasing, jitter, keras_shifts, mixing, policies
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.extras import Extras
from convolens.augmentation.draw.matrix import compose
from convolens.augmentation.draw.philox import uniforms
from convolens.augmentation.draw.ranges import MOST, numbers
from convolens.errors import ArgumentError

FILL_MODES = ("nearest", "constant", "reflect", "wrap")
_LARGEST = float(np.finfo(np.float32).max)
# Which of an image's random numbers belong to what. They never move, so that switching one change on leaves the
# others as they are.
_KERAS = slice(0, 12)
_CROP = slice(12, 12 + cropping.CROP_NUMBERS)
_PAD = slice(16, 16 + cropping.PAD_NUMBERS)
_ERASING = slice(18, 18 + erasing.NUMBERS)
_JITTER = slice(23, 23 + jitter.NUMBERS)
_MIXING = slice(28, 28 + mixing.NUMBERS)
_POLICY = 33  # and on


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
        random_resized_crop: (low, high) shares of the area; a crop of random size and place becomes the whole image.
        random_resized_crop_ratio: (low, high) of the crop's width to its height, the image's own being 1.
        pad_and_crop: up to so many whole pixels in both directions; what comes in is `cval`.
        random_erasing: probability that a box of an image gets one value.
        random_erasing_area: (low, high) shares of the image.
        random_erasing_ratio: (low, high) of the box's height to its width.
        random_erasing_value: what it gets, 0 to 255.
        colour_jitter: strengths of brightness, contrast, saturation (factors 1 - s to 1 + s) and hue (shares of the
            colour circle, to 0.5), in a drawn order.
        mixup: alpha; each image is laid over another, shares from Beta(alpha, alpha); the labels too. 0 is off.
        cutmix: alpha; each image gets a box of another. With both, half of the images by each.
        randaugment: (operations an image, magnitude 0 to 30).
        trivialaugment: True does one operation an image, of any magnitude.

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
    random_resized_crop: Any = None
    random_resized_crop_ratio: Any = cropping.RATIO
    pad_and_crop: int = 0
    random_erasing: float = 0.0
    random_erasing_area: Any = erasing.AREA
    random_erasing_ratio: Any = erasing.RATIO
    random_erasing_value: float = 0.0
    colour_jitter: Any = None
    mixup: float = 0.0
    cutmix: float = 0.0
    randaugment: Any = None
    trivialaugment: bool = False

    def __post_init__(self) -> None:
        where = "Augmentation"
        number_in(where, "rotation_range", self.rotation_range, 0, 360)
        number_in(where, "shear_range", self.shear_range, 0, 360)
        number_in(where, "channel_shift_range", self.channel_shift_range, 0, MOST)
        for name in ("width_shift_range", "height_shift_range"):
            keras_shifts.check(where, name, getattr(self, name))
        zoom = self.zoom_bounds
        if not 1 / MOST <= zoom[0] <= zoom[1] <= MOST:
            raise ArgumentError(
                f"Augmentation: zoom_range must be below 1, or a pair (low, high) of factors above 0 up to {MOST:g}; "
                f"received {self.zoom_range!r}."
            )
        if self.brightness_range is not None:
            pair = numbers(self.brightness_range)
            if pair is None or len(pair) != 2 or not 0 <= pair[0] <= pair[1] <= MOST:
                raise ArgumentError(
                    f"Augmentation: brightness_range must be a pair (low, high) of factors from 0 to {MOST:g}; "
                    f"received {self.brightness_range!r}."
                )
        number_in(where, "cval", self.cval, -_LARGEST, _LARGEST)
        one_of(where, "fill_mode", self.fill_mode, FILL_MODES)
        one_of(where, "interpolation_order", self.interpolation_order, range(6))
        cropping.check(self.random_resized_crop, self.random_resized_crop_ratio, self.pad_and_crop)
        erasing.check(
            self.random_erasing,
            self.random_erasing_area,
            self.random_erasing_ratio,
            self.random_erasing_value,
        )
        jitter.check(self.colour_jitter)
        mixing.check(self.mixup, self.cutmix)
        policies.check(self.randaugment, self.trivialaugment)

    @property
    def zoom_bounds(self) -> tuple[float, float]:
        """The lowest and the highest zoom factor.

        Raises:
            ArgumentError: `zoom_range` is neither one number nor a pair.
        """
        zoom = self.zoom_range
        if isinstance(zoom, (list, tuple, np.ndarray)):
            pair = numbers(zoom)
            if pair is None or len(pair) != 2:
                raise ArgumentError(
                    f"Augmentation: zoom_range must be one number or a pair (low, high); received {zoom!r}."
                )
            return pair[0], pair[1]
        z = number_in("Augmentation", "zoom_range", zoom, 0, MOST)
        return 1 - z, 1 + z

    @property
    def changes_nothing(self) -> bool:
        """Whether every image stays as it is."""
        return not self.describe()

    @property
    def mixes(self) -> bool:
        """Whether images and labels are mixed: then labels are rows of floats, for a categorical crossentropy."""
        return bool(self.mixup or self.cutmix)

    @property
    def needs_finishing(self) -> bool:
        """Whether there is work that `transform_batch` leaves to `augment_batch` and `mix_images`."""
        return bool(self.pad_and_crop or self._colours or self.random_erasing or self.mixes)

    @property
    def _colours(self) -> bool:
        return bool(any(self.colour_jitter or ()) or self._operations)

    @property
    def _operations(self) -> int:
        """How many operations an image a policy does."""
        return int(self.trivialaugment) if self.randaugment is None else int(self.randaugment[0])

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
        policy = slice(_POLICY, _POLICY + policies.NUMBERS * self._operations)
        parts = (
            (_CROP, self.random_resized_crop is not None), (_PAD, self.pad_and_crop),
            (_ERASING, self.random_erasing), (_JITTER, self.colour_jitter is not None), (policy, self._operations),
        )  # fmt: skip
        u = uniforms(seed, epoch, indices, max([_KERAS.stop, *(part.stop for part, on in parts if on)]))
        low, high = self.zoom_bounds
        n = len(u)
        brightness = np.full(n, np.nan)
        if self.brightness_range is not None:
            darkest, brightest = self.brightness_range
            brightness = darkest + (brightest - darkest) * u[:, 11]
        return Draws(
            theta=self.rotation_range * (2 * u[:, 0] - 1),
            tx=keras_shifts.pixels(self.width_shift_range, u[:, 1], u[:, 2], shape[1]),
            ty=keras_shifts.pixels(self.height_shift_range, u[:, 3], u[:, 4], shape[0]),
            shear=self.shear_range * (2 * u[:, 5] - 1),
            zx=low + (high - low) * u[:, 6],
            zy=low + (high - low) * u[:, 7],
            flip_horizontal=(u[:, 8] < 0.5) & bool(self.horizontal_flip),
            flip_vertical=(u[:, 9] < 0.5) & bool(self.vertical_flip),
            channel_shift=self.channel_shift_range * (2 * u[:, 10] - 1),
            brightness=brightness,
            extras=self._draw_extras(u, policy, shape) if any(on for _, on in parts) else None,
        )

    def _draw_extras(self, u: np.ndarray, policy: slice, shape: tuple[int, int]) -> Extras:
        drawn = Extras.none(len(u), shape)
        affine, crop, shift, erased = drawn.affine, drawn.crop, drawn.shift, drawn.erased
        codes, amounts = [drawn.codes], [drawn.amounts]
        if self.random_resized_crop is not None:
            crop = cropping.crops(
                u[:, _CROP], self.random_resized_crop, self.random_resized_crop_ratio, shape
            )
            affine = cropping.crop_matrices(crop, shape)
        if self.colour_jitter is not None:
            jittered = jitter.operations(u[:, _JITTER], self.colour_jitter)
            codes, amounts = [jittered[0]], [jittered[1]]
        if self._operations:
            if self.trivialaugment:
                moved, *chosen = policies.trivialaugment(u[:, policy], shape)
            else:
                moved, *chosen = policies.randaugment(u[:, policy], self.randaugment[1], shape)
            affine = compose(affine, moved)
            codes, amounts = [*codes, chosen[0]], [*amounts, chosen[1]]
        if self.pad_and_crop:
            shift = cropping.shifts(u[:, _PAD], self.pad_and_crop, shape)
            whole = np.tile(np.eye(3)[:2], (len(u), 1, 1))
            whole[:, :, 2] = shift
            affine = compose(affine, whole)
        if self.random_erasing:
            erased = erasing.boxes(
                u[:, _ERASING],
                self.random_erasing,
                self.random_erasing_area,
                self.random_erasing_ratio,
                shape,
            )
        return Extras(affine, crop, shift, np.concatenate(codes, 1), np.concatenate(amounts, 1), erased)

    def draw_mixing(
        self,
        seed: int,
        epoch: int,
        indices: Sequence[int] | np.ndarray,
        shape: tuple[int, int],
        size: int,
    ) -> mixing.Mixing:
        """Return with what some images are mixed: a pure function of the arguments.

        Args:
            seed: any integer.
            epoch: from 0.
            indices: the images' places in the data set.
            shape: (rows, columns) of the images.
            size: images in the data set.

        Raises:
            ArgumentError: neither mixup nor cutmix is on, or the data set is empty.
        """
        if not self.mixes:
            raise ArgumentError("Augmentation: nothing is mixed here; give mixup or cutmix an alpha above 0.")
        u = uniforms(seed, epoch, indices, _MIXING.stop)[:, _MIXING]
        return mixing.draw(u, self.mixup, self.cutmix, integer("Augmentation", "size", size), shape)

    def describe(self) -> list[str]:
        """Return a line for each change that is on."""
        lines = []
        if self.rotation_range:
            lines.append(f"rotation: up to {self.rotation_range:g} degrees either way")
        lines += keras_shifts.describe(self.width_shift_range, "sideways")
        lines += keras_shifts.describe(self.height_shift_range, "up and down")
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
        return [
            *lines,
            *cropping.describe(
                self.random_resized_crop, self.random_resized_crop_ratio, self.pad_and_crop, self.cval
            ),
            *jitter.describe(self.colour_jitter),
            *policies.describe(self.randaugment, self.trivialaugment),
            *erasing.describe(
                self.random_erasing,
                self.random_erasing_area,
                self.random_erasing_ratio,
                self.random_erasing_value,
            ),
            *mixing.describe(self.mixup, self.cutmix),
        ]
