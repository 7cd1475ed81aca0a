"""Channel shift and brightness of one image in place, as Keras does them; compiled by Numba."""

import math

import numpy as np

from convolens.augmentation.compiled import compiled


@compiled()
def change_colours(image: np.ndarray, channel_shift: float, brightness: float, scale: float) -> None:
    """Shift, brighten and scale one image (rows, columns, channels) float32 in place.

    The shift is clipped to the image's own range. For the brightness the image becomes bytes (stretched to 0 to 255
    where it goes beyond), is blended with black as Pillow does, and goes back.

    Args:
        image: values 0 to 255.
        channel_shift: added to all values; 0 for none.
        brightness: factor; NaN for none.
        scale: factor on everything at the end.
    """
    rows, columns, channels = image.shape
    if channel_shift != 0.0:
        low, high = image.min(), image.max()
        shift = np.float32(channel_shift)
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    image[i, j, c] = min(max(image[i, j, c] + shift, low), high)
    if not math.isnan(brightness):
        low, high = image.min(), image.max()
        beyond = low < 0.0 or high > 255.0
        span = high - low
        coloured = channels if channels < 4 else 3  # alpha stays
        blend, white = np.float32(brightness), np.float32(255.0)
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    value = image[i, j, c]
                    if beyond:
                        value = value - low
                        if span != 0.0:
                            value = value / span
                        value = value * white
                    value = np.float32(math.floor(value))
                    if c < coloured:
                        value = np.float32(math.floor(min(max(value * blend, np.float32(0.0)), white)))
                    if beyond:
                        value = value / white * span + low
                    image[i, j, c] = value
    factor = np.float32(scale)
    if factor != 1.0:
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    image[i, j, c] *= factor
