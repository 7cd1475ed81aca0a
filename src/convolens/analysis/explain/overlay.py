"""overlay: a heat map drawn over the photo that it explains."""

import numpy as np

from convolens.errors import ShapeError

WARM, SIGNED = "inferno", "RdBu_r"  # of maps in [0, 1]; of maps with a sign, blue against and red for
_DARKEST, _LIGHTEST = 40, 200  # of the photo in grey, so that colours are seen on black and on white
STRENGTH = 0.85  # of the colour where the map is strongest; where it is weakest the photo is left


def overlay(photo: np.ndarray, heat: np.ndarray, limit: float | None = None) -> np.ndarray:
    """Return a photo in grey with a map's colours over it, the stronger the less of the photo is left.

    Args:
        photo: uint8 (rows, columns, channels), 1, 3 or 4 of them.
        heat: (rows, columns) of the same size.
        limit: None for a map in [0, 1], shown in inferno; a number for a signed map: the value of the
            strongest colour, red above zero and blue below.

    Returns:
        uint8 (rows, columns, 3).

    Raises:
        ShapeError: photo and map of different sizes.

    Example:
        >>> overlay(np.full((1, 2, 3), 200, np.uint8), np.array([[0.0, 1.0]]))[0, 0].tolist()
        [165, 165, 165]
    """
    if photo.ndim != 3 or photo.shape[:2] != heat.shape:
        raise ShapeError(
            f"overlay: a map of shape {heat.shape} does not fit a photo of shape {photo.shape}; both need the same rows and columns."
        )
    grey = (_DARKEST + grey_of(photo) * (_LIGHTEST - _DARKEST) / 255)[..., np.newaxis]
    colours, amount = colours_of(heat, limit)
    mixed = grey * (1 - amount[..., np.newaxis]) + 255 * colours * amount[..., np.newaxis]
    return np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)


def colours_of(heat: np.ndarray, limit: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return a map's colours (rows, columns, 3) in [0, 1], and how much of them is seen, (rows, columns) in [0, 1]."""
    import matplotlib

    if limit is None:
        share = np.clip(heat, 0, 1)
        return matplotlib.colormaps[WARM](0.25 + 0.75 * share)[..., :3], STRENGTH * share
    share = np.clip(heat / (limit or 1.0), -1, 1)
    return matplotlib.colormaps[SIGNED](0.5 + 0.5 * share)[..., :3], STRENGTH * np.abs(share)


def grey_of(photo: np.ndarray) -> np.ndarray:
    """Return a photo's brightness, (rows, columns) in 0..255: ITU-R 601's weights for red, green and blue.

    Example:
        >>> grey_of(np.full((1, 1, 3), 7, np.uint8)).tolist()
        [[7.0]]
    """
    if photo.shape[2] < 3:
        return photo[..., 0].astype(np.float64)
    return photo[..., :3] @ np.array([0.299, 0.587, 0.114])
