"""Photos that hold nothing for a network: blank or nearly black ones, and sets whose photos are all the same."""

import numpy as np

from convolens.pixel_rows import PixelRows, some_rows

LOOKED_AT = 128  # photos at most, spread evenly
FLAT = 8  # grey levels between a photo's darkest and brightest pixel, below which it shows nothing
DARK = 32  # of 255: a photo without a pixel as bright is nearly black
MANY = 0.1  # share of blank photos that is worth a word
MOST = 0.9  # share of dark photos that is
_WHY = (
    "Is what they show in their transparency, or in values far below those that their files can hold (16-bit colours of which 10 or "
    "12 bits are used)?"
)


def what_is_missing(pixels: PixelRows) -> str | None:
    """Return in a sentence that photos are blank, nearly black or all alike, and what may be the reason; None where they are not.

    Args:
        pixels: uint8 (n, rows, columns, channels).

    Example:
        >>> what_is_missing(np.zeros((3, 8, 8, 3), np.uint8))[:59]
        'all photos are blank: hardly a difference between their pix'
    """
    if len(pixels) < 2:
        return None
    rows = some_rows(pixels, LOOKED_AT)
    shown = rows.reshape(len(rows), -1, rows.shape[-1])
    brightest = shown.max(1)
    blank, dark = (brightest - shown.min(1)).max(1) < FLAT, brightest.max(1) < DARK
    if blank.mean() >= MANY:
        level = shown[blank].mean()
        return f"{_share(blank)} photos are blank: hardly a difference between their pixels, of grey level {level:.0f} on average. {_WHY}"
    if dark.mean() >= MOST:
        return f"{_share(dark)} photos are nearly black: of 255 grey levels they reach {brightest[dark].max()}. {_WHY}"
    if (shown == shown[0]).all():
        return (
            "all photos are the same to the pixel: nothing can be learnt from them; look at first_batch.png"
        )
    return None


def _share(which: np.ndarray) -> str:
    return "all" if which.all() else f"{which.mean():.0%} of the"
