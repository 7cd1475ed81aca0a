"""Captions: what was drawn for one image, in few words."""

import numpy as np

from convolens.augmentation.draw import tone_codes as tone
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.mixing import Mixing

_DEGREES, _PIXELS, _BARE = (
    {tone.ROTATE},
    {tone.TRANSLATE_X, tone.TRANSLATE_Y},
    {tone.AUTOCONTRAST, tone.EQUALIZE},
)
_SIGNED = {tone.HUE, tone.SHEAR_X, tone.SHEAR_Y}


def caption(draws: Draws, i: int, shape: tuple[int, int], mixing: Mixing | None = None) -> str:
    """Return one image's parameters, those that change something; "as it is" for none.

    Args:
        draws: of a batch.
        i: the place in the batch.
        shape: (rows, columns) of the images.
        mixing: how they are mixed, if they are.

    Example:
        >>> caption(Draws.of({"theta": -12.3, "zx": 0.9, "zy": 1.1, "flip_horizontal": True}), 0, (8, 8))
        'rotate -12°, zoom 0.90 x 1.10, mirrored'
    """
    parts = []
    if draws.theta[i]:
        parts.append(f"rotate {draws.theta[i]:+.0f}°")
    if draws.tx[i] or draws.ty[i]:
        parts.append(f"shift {draws.tx[i]:+.0f}, {draws.ty[i]:+.0f}")
    if draws.shear[i]:
        parts.append(f"shear {draws.shear[i]:+.1f}°")
    if draws.zx[i] != 1 or draws.zy[i] != 1:
        parts.append(f"zoom {draws.zx[i]:.2f} x {draws.zy[i]:.2f}")
    if draws.extras is not None:
        crop, shift = draws.extras.crop[i], draws.extras.shift[i]
        if crop[2] < shape[0] or crop[3] < shape[1]:
            parts.append(f"crop {crop[2] * crop[3] / (shape[0] * shape[1]):.0%}")
        if shift.any():
            parts.append(f"moved {shift[1]:+d}, {shift[0]:+d}")
    if draws.flip_horizontal[i]:
        parts.append("mirrored")
    if draws.flip_vertical[i]:
        parts.append("upside down")
    if draws.channel_shift[i]:
        parts.append(f"channels {draws.channel_shift[i]:+.0f}")
    if not np.isnan(draws.brightness[i]):
        parts.append(f"bright {draws.brightness[i]:.2f}")
    if draws.extras is not None:
        for code, amount in zip(draws.extras.codes[i], draws.extras.amounts[i], strict=True):
            if code != tone.NOTHING:
                parts.append(_operation(int(code), float(amount)))
        if (erased := draws.extras.erased[i])[2]:
            parts.append(f"erased {erased[2] * erased[3] / (shape[0] * shape[1]):.0%}")
    if mixing is not None:
        how = "mixed" if mixing.box[i, 2] < 0 else "cut"
        parts.append(f"{how} with {1 - mixing.share[i]:.0%} of another")
    return ", ".join(parts) or tone.NAMES[tone.NOTHING]


def _operation(code: int, amount: float) -> str:
    name = tone.NAMES[code]
    if code in _BARE:
        return name
    if code in _DEGREES:
        return f"{name} {amount:+.0f}°"
    if code in _PIXELS:
        return f"{name} {amount:+.0f}"
    if code in _SIGNED:
        return f"{name} {amount:+.2f}"
    return f"{name} {amount:.0f}" if code in (tone.POSTERIZE, tone.SOLARIZE) else f"{name} {amount:.2f}"
