"""grad_cam: where the last map of a network speaks for a class."""

from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.class_maps import class_map


def grad_cam(
    model: Any,
    image: Any,
    class_number: int | None = None,
    layer: str | None = None,
    scaled: bool = True,
) -> np.ndarray:
    """Return Grad-CAM's heat map (Selvaraju et al., 2017): the channels of a layer, each by the mean of its gradient.

    The gradient is that of the score before the last softmax or sigmoid; in a network of one sigmoid, class 0 is explained by
    the negative of its score.

    Args:
        model: a `Model` or any torch module with a convolution that gives (batch, classes).
        image: float (rows, columns, channels) or (n, rows, columns, channels), as the network takes it.
        class_number: whose evidence is shown; None takes the likeliest class of each image.
        layer: its name; None takes the last map before the classifier (how it is found: `explain.layers`).
        scaled: bring it to the image's size and divide by its largest value; False gives it as it is, of the
            layer's rows and columns.

    Returns:
        float32 (rows, columns) or (n, rows, columns), in [0, 1]; all 0 where nothing speaks for the class.

    Raises:
        UnknownNameError: no such layer; the nearest is offered. ArgumentError: no convolution, no such class, NaN.
        ShapeError: the layer gives no map, or the network cannot take the image.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.Flatten(), torch.nn.Linear(4, 2))
        >>> grad_cam(network, np.ones((2, 2, 1))).shape
        (2, 2)

    Source: Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", arXiv:1610.02391.
    """
    return class_map("grad_cam", model, image, class_number, layer, scaled, _mean_gradients)


def _mean_gradients(maps: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
    return gradients.mean(dim=(2, 3))
