"""Move the images of a batch, each by a matrix and flips of its own, with what Keras' layers mean by a fill mode."""

import numpy as np

from convolens.augmentation.cpu.slices import in_slices

# By Keras' names, the numbers of `augmentation.cpu.places`.
FILL_MODES = {"nearest": 0, "reflect": 2, "constant": 4, "wrap": 5}
INTERPOLATIONS = ("nearest", "bilinear")


def move(
    images: np.ndarray,
    matrix: np.ndarray | None = None,
    flips: np.ndarray | None = None,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> np.ndarray:
    """Return images moved and then flipped, in float32.

    Args:
        images: (n, rows, columns, channels), uint8 or float32, C-contiguous.
        matrix: (n, 2, 3), from a place (row, column) in the output to the one in the input that it comes from; None moves nothing.
        flips: (n, 2) bool, left to right and upside down; None flips nothing.
        fill_mode: a name in `FILL_MODES`: what lies outside of an image.
        fill_value: for "constant".
        interpolation: one of `INTERPOLATIONS`.

    Example:
        >>> image = np.arange(3, dtype=np.float32).reshape(1, 1, 3, 1)
        >>> move(image, np.array([[[1.0, 0, 0], [0, 1, 0.5]]]), fill_mode="constant", fill_value=8.0).ravel().tolist()
        [0.5, 1.5, 5.0]
    """
    from convolens.augmentation.cpu import kernel  # Numba takes half a second to import

    n = len(images)
    out = np.empty(images.shape, np.float32)
    if out.size == 0:
        return out
    matrix = np.tile(np.eye(3)[:2], (n, 1, 1)) if matrix is None else np.ascontiguousarray(matrix, np.float64)
    flips = np.zeros((n, 2), np.bool_) if flips is None else flips
    sideways, over = np.ascontiguousarray(flips[:, 0]), np.ascontiguousarray(flips[:, 1])
    no_shift, no_brightness = np.zeros(n), np.full(n, np.nan)
    arguments = (
        images, np.arange(n), matrix, sideways, over, no_shift, no_brightness, FILL_MODES[fill_mode],
        float(fill_value), INTERPOLATIONS.index(interpolation), 1.0, out,
    )  # fmt: skip
    in_slices(lambda start, stop: kernel.transform(*arguments, start, stop), n, out.size, None)
    return out
