"""Apply drawn parameters to a batch of images: the kernel, over slices of the batch on threads of its own."""

from typing import Any

import numpy as np

from convolens.augmentation.cpu.slices import in_slices
from convolens.augmentation.cpu.value_types import of_dtype, storage_of
from convolens.augmentation.draw.augmentation import FILL_MODES, Augmentation
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.matrix import matrices
from convolens.errors import ShapeError
from convolens.pixel_rows import PixelRows


def transform_batch(
    images: PixelRows,
    which: np.ndarray,
    draws: Draws,
    augmentation: Augmentation,
    rescale: float = 1.0,
    centre: tuple[float, float] | None = None,
    out: np.ndarray | None = None,
    threads: int | None = None,
    dtype: Any = "float32",
) -> Any:
    """Return some images, transformed and rescaled, as one batch.

    Args:
        images: (m, rows, columns, channels), uint8 or float32, values 0 to 255.
        which: the places in `images` of the n images of the batch.
        draws: the parameters of each of the n.
        augmentation: for fill mode, constant and interpolation order.
        rescale: factor on the values at the end.
        centre: see `matrices`.
        out: written into and returned where given; (n, rows, columns, channels), of the storage of `dtype`.
        threads: at most; None is one a core. The result does not depend on it.
        dtype: "float32"; "uint8", rounded and cut off at 0 and 255; or "bfloat16", rounded.

    Returns:
        (n, rows, columns, channels), an array; for bfloat16 a torch tensor over the array of its bits (uint16), for
        NumPy has no such type.

    Raises:
        ShapeError: images that are not of rank 4. UnknownNameError: another dtype.

    Example:
        >>> images = np.full((1, 2, 2, 3), 255, np.uint8)
        >>> transform_batch(images, np.array([0]), Draws.of({}), Augmentation(), 1 / 255).max()
        np.float32(1.0)
        >>> transform_batch(images, np.array([0]), Draws.of({}), Augmentation(), dtype="uint8").max()
        np.uint8(255)
    """
    from convolens.augmentation.cpu import kernel  # Numba takes half a second to import

    if len(images.shape) != 4 or 0 in images.shape[1:]:
        raise ShapeError(f"images must be of shape (n, rows, columns, channels); received {images.shape}.")
    n, (rows, columns) = len(draws), images.shape[1:3]
    known = images.dtype in (np.uint8, np.float32)
    if not (known and isinstance(images, np.ndarray)):  # such an array is read where it lies, without a copy
        images, which = images[which], np.arange(n)
    images = np.ascontiguousarray(images, None if known else np.float32)
    which = np.ascontiguousarray(which, np.int64)
    storage = storage_of("transform_batch", dtype)
    if out is None:
        out = np.empty((n, *images.shape[1:]), storage)
    matrix, order = matrices(draws, rows, columns, centre), augmentation.interpolation_order
    if order > 1:
        images = _splines(images, which, matrix, augmentation)
        which, matrix, order = np.arange(n), np.tile(np.eye(3)[:2], (n, 1, 1)), 1
    arguments = (
        images, which, matrix, draws.flip_horizontal, draws.flip_vertical, draws.channel_shift,
        draws.brightness, FILL_MODES.index(augmentation.fill_mode), float(augmentation.cval), order,
        float(rescale), out,
    )  # fmt: skip
    in_slices(lambda start, stop: kernel.transform(*arguments, start, stop), n, out.size, threads)
    return of_dtype(out)


def _splines(
    images: np.ndarray, which: np.ndarray, matrix: np.ndarray, augmentation: Augmentation
) -> np.ndarray:
    """Return the images moved by SciPy's splines of order 2 to 5."""
    from scipy import ndimage

    moved = np.empty((len(which), *images.shape[1:]), np.float32)
    for k, i in enumerate(which):
        image = np.asarray(images[i], np.float32)
        for c in range(image.shape[-1]):
            still = np.array_equal(matrix[k], np.eye(3)[:2])
            moved[k, :, :, c] = (
                image[..., c]
                if still
                else ndimage.affine_transform(
                    image[..., c],
                    matrix[k, :, :2],
                    matrix[k, :, 2],
                    order=augmentation.interpolation_order,
                    mode=augmentation.fill_mode,
                    cval=augmentation.cval,
                )
            )
    return moved
