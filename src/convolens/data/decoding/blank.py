"""Photos that hold nothing for a network: blank ones, and sets whose photos are all the same."""

import numpy as np

from convolens.pixel_rows import PixelRows

LOOKED_AT = 512  # photos at most, spread evenly
FLAT = 8  # grey levels between a photo's darkest and brightest pixel, below which it shows nothing
MANY = 0.1  # share of blank photos that is worth a word


def what_is_missing(pixels: PixelRows) -> str | None:
    """Return in a sentence that photos are blank or all alike, and what may be the reason; None where they are not.

    Args:
        pixels: uint8 (n, rows, columns, channels).

    Example:
        >>> what_is_missing(np.zeros((3, 8, 8, 3), np.uint8))[:59]
        'all photos are blank: hardly a difference between their pix'
    """
    places = np.linspace(0, len(pixels) - 1, min(LOOKED_AT, len(pixels))).astype(np.int64)
    if len(places) < 2:
        return None
    looked_at = pixels[places][..., :3]
    shown = looked_at.reshape(len(places), -1, looked_at.shape[-1])
    blank = (shown.max(1).astype(int) - shown.min(1)).max(1) < FLAT
    if (shown == shown[0]).all() or blank.mean() >= MANY:
        if not blank.any():
            return "all photos are the same to the pixel: nothing can be learnt from them; look at first_batch.png"
        share = "all" if blank.all() else f"{blank.mean():.0%} of the"
        return (
            f"{share} photos are blank: hardly a difference between their pixels, of grey level {shown[blank].mean():.0f} on average. "
            "Is what they show in their transparency, or in values far below those that their files can hold (16-bit colours of which "
            "10 or 12 bits are used)?"
        )
    return None
