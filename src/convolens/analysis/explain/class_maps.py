"""Class maps: what Grad-CAM and Grad-CAM++ share, the weighted sum of a layer's channels on the image's pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from convolens.analysis.explain.activations import map_and_gradient
from convolens.analysis.explain.layers import layer_for
from convolens.analysis.explain.scores import ask

Weights = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def class_map(
    where: str,
    model: Any,
    image: Any,
    class_number: int | None,
    layer: str | None,
    scaled: bool,
    weights: Weights,
) -> np.ndarray:
    """Return the positive part of a layer's channels, weighted and added up.

    Args:
        where: names the caller in errors.
        model, image, class_number, layer, scaled: as in `grad_cam`.
        weights: from maps and gradients (n, channels, rows, columns) to the channels' weights (n, channels).
    """
    with ask(where, model, image, class_number) as asked:
        maps, gradients = map_and_gradient(asked, layer_for(asked, layer))
        factors = weights(maps.float(), gradients.float())  # (n, channels)
        heat = torch.einsum("nc,nchw->nhw", factors, maps.float()).relu()
        return asked.given_back(on_pixels(heat, asked.x.shape[2:]) if scaled else heat)


def on_pixels(heat: torch.Tensor, size: Any) -> torch.Tensor:
    """Return maps (n, rows, columns) brought to an image's size bilinearly, each divided by its largest value."""
    heat = F.interpolate(heat[:, None], size=tuple(size), mode="bilinear", align_corners=False)[:, 0]
    largest = heat.amax(dim=(1, 2), keepdim=True)
    return heat / torch.where(largest > 0, largest, torch.ones_like(largest))
