"""mix_images: images laid over their partners, as `draw.mixing` drew it, by the compiled kernel."""

import numpy as np

from convolens.augmentation.cpu import finishing_kernel
from convolens.augmentation.cpu.slices import in_slices
from convolens.augmentation.draw.mixing import Mixing


def mix_images(x: np.ndarray, partners: np.ndarray, mixing: Mixing, threads: int | None = None) -> None:
    """Mix images with their partners, in place.

    Args:
        x: (n, rows, columns, channels) float32; becomes the result.
        partners: the same of their partners.
        mixing: how.
        threads: at most; None is one a core. The result does not depend on it.
    """
    in_slices(
        lambda start, stop: finishing_kernel.mix(x, partners, mixing.share, mixing.box, start, stop),
        len(mixing), x.size, threads,
    )  # fmt: skip
