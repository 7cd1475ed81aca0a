"""SpatialDropout1D, 2D and 3D: in training, set whole channels to 0 and enlarge the rest."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens.arguments import number_in
from convolens.layers.axes import channels_back, channels_second
from convolens.layers.geometry import channels_last, check_rank
from convolens.layers.layer import Layer


class SpatialDropout(Layer):
    """What the three share.

    Args:
        rate: share of channels set to 0, in [0, 1]; the others are divided by 1 - rate.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.
    """

    axes: ClassVar[int] = 2  # of places

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = number_in(self.title, "rate", rate, 0.0, 1.0)
        self.seed = seed

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        dropout = (F.dropout1d, F.dropout2d, F.dropout3d)[self.axes - 1]
        return channels_back(dropout(channels_second(x), self.rate, self.training))  # (n, channels, places)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["trainable"]  # Keras' own does not take it
        return config


class SpatialDropout1D(SpatialDropout):
    """Drops channels of sequences with probability `rate` while training, as `keras.layers.SpatialDropout1D`.

    Args:
        rate: share of channels set to 0, in [0, 1]; the others are divided by 1 - rate.
        seed: kept for Keras' files; torch's generator draws.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, steps, channels). Output shape: the same.

    Example:
        >>> import numpy as np
        >>> SpatialDropout1D(0.5).eval()(np.ones((1, 1, 3), "float32")).tolist()
        [[[1.0, 1.0, 1.0]]]
    """

    axes: ClassVar[int] = 1


class SpatialDropout2D(SpatialDropout):
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
        super().__init__(rate, seed, **options)
        self.data_format = channels_last(self.title, data_format)


class SpatialDropout3D(SpatialDropout2D):
    """Drops channels of volumes (batch, depth, rows, columns, channels); arguments as in `SpatialDropout2D`.

    Example:
        >>> import numpy as np
        >>> SpatialDropout3D(0.5).eval()(np.ones((1, 1, 1, 1, 3), "float32")).ravel().tolist()
        [1.0, 1.0, 1.0]
    """

    axes: ClassVar[int] = 3
