"""CaffePreprocessing: what VGG's and ResNet's weights from Caffe want of images, as a layer."""

from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.layers.layer import Layer

MEANS = (103.939, 116.779, 123.68)  # of ImageNet's photos in 0..255: blue, green, red


class CaffePreprocessing(Layer):
    """Red, green and blue become blue, green and red, and ImageNet's mean is taken from each.

    It is what `applications.vgg16.preprocess_input` is on a symbolic tensor. Keras has no such layer: a file with it opens here.

    Args:
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, 3), in 0..255. Output shape: the same.

    Raises:
        ShapeError: images of other than three channels.

    Example:
        >>> import numpy as np
        >>> CaffePreprocessing()(np.full((1, 1, 1, 3), 103.939, "float32"))[0, 0, 0, 0].item()
        0.0
    """

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 4 or input_shape[3] != 3:
            raise ShapeError(
                f"{self.title}: takes images of 3 channels; received shape {tuple(input_shape)}."
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flip(1) - torch.tensor(MEANS, dtype=x.dtype, device=x.device).view(-1, 1, 1)
