"""occlusion: cover a photo bit by bit, and see how far the score falls."""

from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.scores import ask
from convolens.arguments import integer, pair
from convolens.errors import ArgumentError

_WINDOWS = 7  # on a side, without overlap, where no window is given


def occlusion(
    model: Any,
    image: Any,
    class_number: int | None = None,
    window: int | tuple[int, int] | None = None,
    stride: int | tuple[int, int] | None = None,
    baseline: float | None = None,
    batch_size: int = 32,
) -> np.ndarray:
    """Return how far the score of a class falls when a pixel's surroundings are covered (Zeiler & Fergus, 2014).

    No gradient is needed, so it holds for any network; each place costs a forward pass.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels) or (n, rows, columns, channels), as the network takes it.
        class_number: whose score; None takes the likeliest class of each image.
        window: rows and columns that are covered at once, in pixels; None is a seventh of the image.
        stride: the step of the window, in pixels; None is half the window.
        baseline: what covers; None is each channel's mean over the image.
        batch_size: covered images at once.

    Returns:
        float32 (rows, columns) or (n, rows, columns), signed, in units of the score (logits): the mean over the windows that
        cover a pixel. Positive where covering hurts the class.

    Raises:
        ArgumentError: a window larger than the image, no such class, NaN. ShapeError: the network cannot take the image.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))
        >>> occlusion(network, np.zeros((2, 2, 1)), window=1, baseline=0.0).tolist()
        [[0.0, 0.0], [0.0, 0.0]]

    Source: Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks", arXiv:1311.2901; computed by captum.
    """
    from captum.attr import Occlusion

    with ask("occlusion", model, image, class_number) as asked:
        batch_size = integer("occlusion", "batch_size", batch_size)
        size = (asked.x.shape[2], asked.x.shape[3])
        sides = tuple(max(1, round(side / _WINDOWS)) for side in size) if window is None else window
        rows, columns = pair("occlusion", "window", sides)
        if rows > size[0] or columns > size[1]:
            raise ArgumentError(
                f"occlusion: a window of {rows} x {columns} pixels is larger than the image of {size[0]} x {size[1]}."
            )
        halves = (max(1, rows // 2), max(1, columns // 2))
        steps = pair("occlusion", "stride", halves if stride is None else stride)
        steps = (min(steps[0], rows), min(steps[1], columns))  # every pixel is covered
        cover = asked.x.mean(dim=(2, 3), keepdim=True) if baseline is None else torch.tensor(float(baseline))
        with torch.no_grad():
            falls = Occlusion(asked.score).attribute(
                asked.x,
                sliding_window_shapes=(asked.x.shape[1], rows, columns),
                strides=(asked.x.shape[1], *steps),
                baselines=cover.to(asked.x).expand_as(asked.x),
                target=asked.classes,
                perturbations_per_eval=max(1, batch_size // len(asked.x)),
            )
        return asked.given_back(falls[:, 0])  # all channels are covered together, so all are alike
