"""Draws: the parameters of a batch's transformations, one entry an image; drawn in one place, applied in another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import refuse_unknown
from convolens.augmentation.draw.extras import Extras


@dataclass(frozen=True)
class Draws:
    """What happens to each of n images; arrays of shape (n,), float64 unless said otherwise.

    Attributes:
        theta: rotation in degrees.
        tx: shift in pixels along the columns (Keras' "x").
        ty: shift in pixels along the rows (Keras' "y").
        shear: in degrees.
        zx, zy: zoom along columns and rows; below 1 enlarges.
        flip_horizontal, flip_vertical: bool.
        channel_shift: added to all values, clipped to the image's own range; 0 for none.
        brightness: factor; NaN for none.
        extras: what is drawn beside Keras' parameters; None for nothing.
    """

    theta: np.ndarray
    tx: np.ndarray
    ty: np.ndarray
    shear: np.ndarray
    zx: np.ndarray
    zy: np.ndarray
    flip_horizontal: np.ndarray
    flip_vertical: np.ndarray
    channel_shift: np.ndarray
    brightness: np.ndarray
    extras: Extras | None = None

    def __len__(self) -> int:
        return len(self.theta)

    def parameters(self, i: int) -> dict[str, Any]:
        """Return one image's parameters under Keras' names, as `get_random_transform` does."""
        shift, brightness = float(self.channel_shift[i]), float(self.brightness[i])
        return {
            "theta": float(self.theta[i]),
            "tx": float(self.tx[i]),
            "ty": float(self.ty[i]),
            "shear": float(self.shear[i]),
            "zx": float(self.zx[i]),
            "zy": float(self.zy[i]),
            "flip_horizontal": bool(self.flip_horizontal[i]),
            "flip_vertical": bool(self.flip_vertical[i]),
            "channel_shift_intensity": shift if shift != 0 else None,
            "brightness": None if np.isnan(brightness) else brightness,
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Draws":
        """Return the draws of one image from Keras' transform parameters; what is missing does nothing.

        Raises:
            ArgumentTypeError: a name that is not a parameter.

        Example:
            >>> Draws.of({"theta": 30}).parameters(0)["theta"]
            30.0
        """
        refuse_unknown("apply_transform", parameters, _NEUTRAL)
        values = {name: _NEUTRAL[name] if (v := parameters.get(name)) is None else v for name in _NEUTRAL}
        arrays: dict[str, Any] = {
            _FIELDS.get(name, name): np.array([value], bool if name.startswith("flip") else np.float64)
            for name, value in values.items()
        }
        return cls(**arrays)


_FIELDS = {"channel_shift_intensity": "channel_shift"}
_NEUTRAL: dict[str, Any] = {
    "theta": 0.0,
    "tx": 0.0,
    "ty": 0.0,
    "shear": 0.0,
    "zx": 1.0,
    "zy": 1.0,
    "flip_horizontal": False,
    "flip_vertical": False,
    "channel_shift_intensity": 0.0,
    "brightness": float("nan"),
}
