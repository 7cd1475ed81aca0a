"""Changes of one image, as Keras 1 and 2 had them: random_* draw from NumPy's global stream, apply_* are given what to do."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.matrix import matrices
from convolens.errors import ArgumentError, ShapeError
from convolens.preprocessing.image.files import array_to_img, img_to_array


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """Return an image turned, moved, sheared and zoomed, as Keras' function of this name.

    Args:
        x: one image, rank 3; channels first unless the axes say otherwise.
        theta, shear: degrees.
        tx, ty: pixels; as in Keras `tx` moves along the columns' axis.
        zx, zy: factors.
        row_axis, col_axis, channel_axis: 0, 1 and 2 in some order; channels first or last.
        fill_mode: "nearest", "constant" (with `cval`), "reflect" or "wrap".
        cval: the value outside, with "constant".
        order: of the spline, 0 to 5.

    Raises:
        ShapeError: x is no image of rank 3. ArgumentError: axes that are none.

    Example:
        >>> apply_affine_transform(np.arange(4.0).reshape(1, 1, 4), ty=1)[0, 0].tolist()
        [0.0, 1.0, 2.0, 3.0]
        >>> apply_affine_transform(np.arange(4.0).reshape(1, 1, 4), tx=1)[0, 0].tolist()
        [1.0, 2.0, 3.0, 3.0]
    """
    from scipy import ndimage

    if sorted((row_axis, col_axis, channel_axis)) != [0, 1, 2] or channel_axis == 1:
        raise ArgumentError(
            "apply_affine_transform: row_axis, col_axis and channel_axis must be 0, 1 and 2 in some order, the channels' 0 or 2; "
            f"received {row_axis}, {col_axis} and {channel_axis}."
        )
    if np.ndim(x) != 3:
        raise ShapeError(
            f"apply_affine_transform: x must be one image of rank 3; received shape {np.shape(x)}."
        )
    given = {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy}
    if given == {"theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1}:
        return x
    rows, columns = x.shape[row_axis], x.shape[col_axis]
    centre = columns / 2 - 0.5, rows / 2 - 0.5  # exchanged where an image is not square, as in Keras
    matrix = matrices(Draws.of(given), rows, columns, centre)[0]
    if col_axis < row_axis:
        matrix = matrix[[1, 0]][:, [1, 0, 2]]
    changed = [
        ndimage.affine_transform(channel, matrix[:, :2], matrix[:, 2], order=order, mode=fill_mode, cval=cval)
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.stack(changed, axis=channel_axis)


def random_rotation(
    x: np.ndarray, rg: float, *axes: Any, interpolation_order: int = 1, **options: Any
) -> np.ndarray:
    """Return an image turned at random.

    Args:
        x: as of `apply_affine_transform`.
        rg: up to so many degrees either way.
        axes, options: `row_axis`, `col_axis`, `channel_axis`, `fill_mode` and `cval` of `apply_affine_transform`, in this order.
        interpolation_order: its `order`.

    Raises: as of `apply_affine_transform`.
    """
    theta = np.random.uniform(-rg, rg)
    return _changed(x, axes, options, interpolation_order, theta=theta)


def random_shift(
    x: np.ndarray, wrg: float, hrg: float, *axes: Any, interpolation_order: int = 1, **options: Any
) -> np.ndarray:
    """Return an image moved at random.

    Args:
        x, axes, options, interpolation_order: as of `random_rotation`.
        wrg: up to such a share of the width either way.
        hrg: of the height.

    Raises: as of `apply_affine_transform`.
    """
    where = _named(axes, options)
    rows, columns = np.shape(x)[where.get("row_axis", 1)], np.shape(x)[where.get("col_axis", 2)]
    tx = np.random.uniform(-hrg, hrg) * rows
    ty = np.random.uniform(-wrg, wrg) * columns
    return _changed(x, axes, options, interpolation_order, tx=tx, ty=ty)


def random_shear(
    x: np.ndarray, intensity: float, *axes: Any, interpolation_order: int = 1, **options: Any
) -> np.ndarray:
    """Return an image sheared at random.

    Args:
        x, axes, options, interpolation_order: as of `random_rotation`.
        intensity: up to so many degrees either way.

    Raises: as of `apply_affine_transform`.
    """
    shear = np.random.uniform(-intensity, intensity)
    return _changed(x, axes, options, interpolation_order, shear=shear)


def random_zoom(
    x: np.ndarray, zoom_range: Sequence[float], *axes: Any, interpolation_order: int = 1, **options: Any
) -> np.ndarray:
    """Return an image zoomed at random.

    Args:
        x, axes, options, interpolation_order: as of `random_rotation`.
        zoom_range: the lowest and the highest factor.

    Raises:
        ArgumentError: no pair; and as of `apply_affine_transform`.
    """
    low, high = _range("random_zoom", "zoom_range", zoom_range)
    zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
    return _changed(x, axes, options, interpolation_order, zx=zx, zy=zy)


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """Return an image with a number added to all values, within those that it had.

    Args:
        x: of any shape.
        intensity: the number.
        channel_axis: accepted.
    """
    return np.clip(x + intensity, np.min(x), np.max(x))


def random_channel_shift(x: np.ndarray, intensity_range: float, channel_axis: int = 0) -> np.ndarray:
    """Return an image with a random number added to all values, within those that it had.

    Args:
        x, channel_axis: as of `apply_channel_shift`.
        intensity_range: up to so much either way.
    """
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """Return an image brightened, float32.

    Args:
        x: (height, width, channels), values 0 to 255.
        brightness: a factor; 0 is black, 1 changes nothing.
        scale: stretch the values to 0 to 255 before; False does so only where they lie outside, and brings them back.
    """
    from PIL import ImageEnhance

    low, high = np.min(x), np.max(x)
    outside = bool(low < 0 or high > 255)
    image = ImageEnhance.Brightness(array_to_img(x, scale=outside or scale)).enhance(brightness)
    found = img_to_array(image)
    return found / 255 * (high - low) + low if outside and not scale else found


def random_brightness(x: np.ndarray, brightness_range: Sequence[float], scale: bool = True) -> np.ndarray:
    """Return an image brightened at random.

    Args:
        x, scale: as of `apply_brightness_shift`.
        brightness_range: the lowest and the highest factor.

    Raises:
        ArgumentError: no pair.
    """
    low, high = _range("random_brightness", "brightness_range", brightness_range)
    return apply_brightness_shift(x, np.random.uniform(low, high), scale)


def _range(where: str, name: str, given: Sequence[float]) -> tuple[float, float]:
    if np.shape(given) != (2,):
        raise ArgumentError(f"{where}: {name} must be a pair (lowest, highest); received {given!r}.")
    return given[0], given[1]


def _named(axes: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return what was given by place or by name, by name."""
    names = ("row_axis", "col_axis", "channel_axis", "fill_mode", "cval")
    return dict(zip(names, axes, strict=False)) | options


def _changed(
    x: np.ndarray, axes: Sequence[Any], options: dict[str, Any], order: int, **parameters: Any
) -> np.ndarray:
    named = _named(axes[:5], options)
    return apply_affine_transform(x, **parameters, **named, order=axes[5] if len(axes) > 5 else order)
