"""Operations on the colours of one image in place; compiled by Numba.

Values are float32, 0 to 255; alpha, the fourth channel, stays as it is. Each does what Pillow does, without its rounding
to bytes in between.
"""

import numpy as np

from convolens.augmentation.compiled import compiled
from convolens.augmentation.draw.tone_codes import (
    AUTOCONTRAST,
    BRIGHTNESS,
    CONTRAST,
    EQUALIZE,
    HUE,
    POSTERIZE,
    SATURATION,
    SHARPNESS,
    SOLARIZE,
)

# Of the files that are called from here: Numba compiles anew only where this very file changes. A test holds it true.
CALLED = "c0e6c6590f17aaf4"

RED, GREEN, BLUE = np.float32(0.299), np.float32(0.587), np.float32(0.114)  # ITU-R BT.601
WHITE, BLACK = np.float32(255.0), np.float32(0.0)
# Places are counted without a sign, which spares looking for negative ones.
ONE, TWO = np.uint64(1), np.uint64(2)


@compiled(inline="always")
def clip(value: np.float32) -> np.float32:
    """Return a value within 0 to 255."""
    return min(max(value, BLACK), WHITE)


@compiled()
def change_tones(image: np.ndarray, codes: np.ndarray, amounts: np.ndarray) -> None:
    """Do some operations one after the other.

    Args:
        image: (rows, columns, channels) float32, values 0 to 255.
        codes: (k,) numbers of `tone_codes`; those of geometry are passed over.
        amounts: (k,) factors of brightness, contrast, saturation and sharpness (1 changes nothing), the share of the
            colour circle for the hue, bits that are kept for posterize, the threshold for solarize.
    """
    for k in range(codes.size):
        code, amount = codes[k], np.float32(amounts[k])
        if code in (BRIGHTNESS, CONTRAST, SATURATION):
            blend(image, code, amount)
        elif code == HUE:
            turn_hue(image, amount)
        elif code == SHARPNESS:
            sharpen(image, amount)
        elif code in (POSTERIZE, SOLARIZE):
            quantise(image, code, amount)
        elif code == AUTOCONTRAST:
            stretch(image)
        elif code == EQUALIZE:
            equalize(image)


@compiled()
def blend(image: np.ndarray, code: int, factor: np.float32) -> None:
    """Blend with black (brightness), with the mean lightness (contrast) or with each pixel's lightness (saturation)."""
    values, channels = image.reshape(-1), image.shape[2]
    rest = np.float32(1.0) - factor
    if code == SATURATION:
        if channels >= 3:
            saturate(values, channels, factor, rest)
        return
    other = lightness(values, channels) * rest if code == CONTRAST else BLACK
    if channels <= 3:
        for i in range(values.size):
            values[i] = clip(values[i] * factor + other)
        return
    for i in range(0, values.size, channels):
        for c in range(3):
            values[i + c] = clip(values[i + c] * factor + other)


@compiled()
def lightness(values: np.ndarray, channels: int) -> np.float32:
    """Return the mean lightness: of three channels and more that of the colours, else of the first."""
    total = 0.0
    if channels < 3:
        for i in range(0, values.size, channels):
            total += values[i]
    else:
        for i in range(np.uint64(0), np.uint64(values.size), np.uint64(channels)):
            total += RED * values[i] + GREEN * values[i + ONE] + BLUE * values[i + TWO]
    return np.float32(total / (values.size // channels))


@compiled()
def saturate(values: np.ndarray, channels: int, factor: np.float32, rest: np.float32) -> None:
    """Blend the colours of each pixel with its lightness."""
    for i in range(np.uint64(0), np.uint64(values.size), np.uint64(channels)):
        r, g, b = values[i], values[i + ONE], values[i + TWO]
        other = (RED * r + GREEN * g + BLUE * b) * rest
        values[i] = clip(r * factor + other)
        values[i + ONE] = clip(g * factor + other)
        values[i + TWO] = clip(b * factor + other)


@compiled(inline="always")
def nearness(hue: np.float32, own: np.float32) -> np.float32:
    """Return how much of a pure hue is in a channel, 0 to 1.

    Args:
        hue: in sixths of the circle, 0 to 6.
        own: where the channel's own hue lies: red 0, green 2, blue 4.
    """
    away = abs(hue - own)
    away = min(away, np.float32(6.0) - away)
    return min(max(np.float32(2.0) - away, BLACK), np.float32(1.0))


@compiled(error_model="numpy")
def turn_hue(image: np.ndarray, turn: np.float32) -> None:
    """Turn the hue by a share of the colour circle (hue, saturation, value); greys stay."""
    values, channels = image.reshape(-1), image.shape[2]
    if channels < 3:
        return
    six = np.float32(6.0)
    sixths = turn * six
    for i in range(np.uint64(0), np.uint64(values.size), np.uint64(channels)):
        r, g, b = values[i], values[i + ONE], values[i + TWO]
        high, low = max(r, g, b), min(r, g, b)
        span = high - low
        one = np.float32(1.0) / max(span, np.float32(1e-30))
        green, blue = np.float32(2.0) + (b - r) * one, np.float32(4.0) + (r - g) * one
        hue = (g - b) * one if high == r else (green if high == g else blue)
        hue += sixths
        hue = hue + six if hue < BLACK else hue
        hue = hue - six if hue >= six else hue
        values[i] = low + span * nearness(hue, BLACK)
        values[i + ONE] = low + span * nearness(hue, np.float32(2.0))
        values[i + TWO] = low + span * nearness(hue, np.float32(4.0))


@compiled()
def sharpen(image: np.ndarray, factor: np.float32) -> None:
    """Blend with the image smoothed by (1 1 1, 1 5 1, 1 1 1) / 13; the border stays."""
    rows, columns, channels = image.shape
    coloured = min(channels, 3)
    rest, share = np.float32(1.0) - factor, np.float32(1.0 / 13.0)
    before = image.copy()
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            for c in range(coloured):
                total = np.float32(4.0) * before[i, j, c]
                for down in range(-1, 2):
                    for across in range(-1, 2):
                        total += before[i + down, j + across, c]
                image[i, j, c] = clip(before[i, j, c] * factor + total * share * rest)


@compiled()
def quantise(image: np.ndarray, code: int, amount: np.float32) -> None:
    """Keep so many bits of each value (posterize), or invert values from a threshold (solarize)."""
    values, channels = image.reshape(-1), image.shape[2]
    dropped, half = 8 - int(amount), np.float32(0.5)
    for i in range(0, values.size, channels):
        for c in range(i, i + min(channels, 3)):
            value = clip(values[c])
            if code == POSTERIZE:
                values[c] = (np.int32(value + half) >> dropped) << dropped
            elif value >= amount:
                values[c] = WHITE - value


@compiled()
def stretch(image: np.ndarray) -> None:
    """Stretch each channel to 0 to 255 (autocontrast); a channel of one value stays."""
    for c in range(min(image.shape[2], 3)):
        channel = image[:, :, c]
        low, high = channel.min(), channel.max()
        if high > low:
            factor = WHITE / (high - low)
            for i in range(image.shape[0]):
                for j in range(image.shape[1]):
                    image[i, j, c] = clip((image[i, j, c] - low) * factor)


@compiled()
def equalize(image: np.ndarray) -> None:
    """Give each channel an even histogram, value by value, as Pillow does."""
    rows, columns, channels = image.shape
    half = np.float32(0.5)
    for c in range(min(channels, 3)):
        count = np.zeros(256, np.int64)
        for i in range(rows):
            for j in range(columns):
                count[int(clip(image[i, j, c]) + half)] += 1
        last = 255
        while count[last] == 0:
            last -= 1
        step = (rows * columns - count[last]) // 255
        if step == 0:
            continue
        table = np.empty(256, np.float32)
        below = step // 2
        for value in range(256):
            table[value] = min(below // step, 255)
            below += count[value]
        for i in range(rows):
            for j in range(columns):
                image[i, j, c] = table[int(clip(image[i, j, c]) + half)]
