"""From a network's outputs to probabilities, one a photo and class."""

from collections.abc import Callable

import numpy as np

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.memory import kept_memory
from convolens.models import Model
from convolens.pixel_rows import PixelRows


def probabilities(
    model: Model,
    pixels: PixelRows,
    preprocessing: Preprocessing,
    batch_size: int = 64,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Return each image's class probabilities, float32 (n, classes); of one class a photo each row sums to 1, of several labels each is one of its own.

    Args:
        model: with one sigmoid (the probability of the second class), a softmax, or a sigmoid a label.
        pixels: uint8 (n, h, w, c).
        preprocessing: of the model.
        batch_size: images at once.
        advance: told how many of how many images are done.
    """
    parts = []
    with kept_memory():
        for start in range(0, len(pixels), batch_size):
            x = preprocessing(pixels[start : start + batch_size])
            parts.append(model.predict(x, batch_size, verbose=0))
            advance(min(start + batch_size, len(pixels)), len(pixels))
    if not parts:
        return np.zeros((0, max(2, int(model.output_shape[-1]))), np.float32)
    return as_probabilities(np.concatenate(parts))


def as_probabilities(outputs: np.ndarray) -> np.ndarray:
    """Return (n, classes) probabilities from a network's output; that of one sigmoid, (n, 1), is of the second class.

    Example:
        >>> as_probabilities(np.array([[0.25]]))
        array([[0.75, 0.25]])
    """
    if outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs
