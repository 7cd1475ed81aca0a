"""A batch with everything that was drawn: the fused kernel first, then fills, colours and erasing where there are any."""

from typing import Any

import numpy as np

from convolens.augmentation.cpu.apply import transform_batch
from convolens.augmentation.cpu.buffers import BatchBuffers
from convolens.augmentation.cpu.slices import in_slices
from convolens.augmentation.cpu.value_types import converted, storage_of
from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.draw.draws import Draws
from convolens.pixel_rows import PixelRows


def augment_batch(
    images: PixelRows,
    which: np.ndarray,
    draws: Draws,
    augmentation: Augmentation,
    rescale: float = 1.0,
    threads: int | None = None,
    dtype: Any = "float32",
    buffers: BatchBuffers | None = None,
) -> Any:
    """Return some images with all that was drawn for them, but mixing, as one batch.

    Args:
        images: (m, rows, columns, channels), uint8 or float32, values 0 to 255.
        which: the places in `images` of the n images of the batch.
        draws: what `augmentation` drew for each of the n.
        augmentation: for fill mode, constants and interpolation order.
        rescale: factor on the values at the end.
        threads: at most; None is one a core. The result does not depend on it.
        dtype: "float32", "uint8" or "bfloat16", see `transform_batch`.
        buffers: where the batch's memory comes from; None is new memory.

    Returns:
        (n, rows, columns, channels); with nothing but Keras' changes drawn, what `transform_batch` gives.

    Raises:
        ShapeError: images that are not of rank 4. UnknownNameError: another dtype.

    Example:
        >>> images, bright = np.full((1, 2, 2, 3), 100, np.uint8), Augmentation(colour_jitter=(0.5, 0, 0, 0))
        >>> x = augment_batch(images, np.array([0]), bright.draw(0, 0, [0], (2, 2)), bright)
        >>> bool(50 <= x.max() <= 150)
        True
    """
    extras = draws.extras
    storage = storage_of("augment_batch", dtype) if extras is None else np.dtype(np.float32)
    out = None if buffers is None else buffers.take((len(draws), *images.shape[1:]), storage)
    if extras is None:
        return transform_batch(
            images, which, draws, augmentation, rescale, out=out, threads=threads, dtype=dtype
        )
    # Colours are changed at 0 to 255. Without them the kernel rescales on its way. It is not asked whether any was drawn
    # in this batch: an image must not depend on its company.
    early, late = (1.0, rescale) if extras.codes.shape[1] else (rescale, 1.0)
    out = transform_batch(images, which, draws, augmentation, early, out=out, threads=threads)
    if late == 1.0 and not extras.touch_pixels:
        return converted("augment_batch", out, dtype)
    from convolens.augmentation.cpu import finishing_kernel  # Numba takes half a second to import

    arguments = (
        out, draws.flip_horizontal, draws.flip_vertical, extras.shift, augmentation.cval * early, extras.codes,
        extras.amounts, extras.erased, augmentation.random_erasing_value * early, late,
    )  # fmt: skip
    in_slices(
        lambda start, stop: finishing_kernel.finish(*arguments, start, stop), len(draws), out.size, threads
    )
    return converted("augment_batch", out, dtype)
