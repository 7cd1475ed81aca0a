"""grad_cam_plus_plus: Grad-CAM with weights that do not fade where several objects of a class are on a photo."""

from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.class_maps import class_map


def grad_cam_plus_plus(
    model: Any,
    image: Any,
    class_number: int | None = None,
    layer: str | None = None,
    scaled: bool = True,
) -> np.ndarray:
    """Return Grad-CAM++'s heat map (Chattopadhay et al., 2018): positive gradients, each place with a weight of its own.

    The weights are the paper's for the exponential of the score, whose factor cancels out of them.

    Args:
        model, image, class_number, layer, scaled: as in `grad_cam`.

    Returns:
        float32 (rows, columns) or (n, rows, columns), in [0, 1]; all 0 where nothing speaks for the class.

    Raises:
        Errors: those of `grad_cam`.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.Flatten(), torch.nn.Linear(4, 2))
        >>> grad_cam_plus_plus(network, np.ones((2, 2, 1))).shape
        (2, 2)

    Source: Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", arXiv:1710.11063,
    equations 19 and 5.
    """
    return class_map("grad_cam_plus_plus", model, image, class_number, layer, scaled, _weights)


def _weights(maps: torch.Tensor, gradients: torch.Tensor) -> torch.Tensor:
    squares = gradients**2
    below = 2 * squares + maps.sum(dim=(2, 3), keepdim=True) * gradients**3
    shares = torch.where(below.abs() > 1e-12 * squares.amax(), squares / below, torch.zeros_like(below))
    return (shares * gradients.relu()).sum(dim=(2, 3))
