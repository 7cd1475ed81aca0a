"""SpatialDropout2D: in training, set whole channels of an image to 0 and enlarge the rest."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import number_in
from convolens.layers.geometry import channels_last, check_image_shape
from convolens.layers.layer import Layer


class SpatialDropout2D(Layer):
    """Drops channels of images with probability `rate` while training (Tompson et al., 2014), as `keras.layers.SpatialDropout2D`.

    Neighbouring pixels are alike, so that a channel with single pixels missing still says the same; here all of it goes.

    Args:
        rate: share of channels set to 0, in [0, 1]; the others are divided by 1 - rate.
        data_format: "channels_last" or None.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: the same.

    Example:
        >>> import numpy as np
        >>> SpatialDropout2D(0.5).eval()(np.ones((1, 1, 1, 3), "float32")).tolist()
        [[[[1.0, 1.0, 1.0]]]]
    """

    def __init__(
        self, rate: float, data_format: str | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0)
        channels_last(self.title, data_format)
        self.seed = seed

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.dropout2d(x, self.rate, self.training)  # (n, channels, rows, columns)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"data_format": "channels_last"}
        del config["trainable"]  # Keras' own does not take it
        return config
