"""GroupNormalization: the channels of each sample centred and scaled in groups."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.arguments import axis_of, integer, number_in
from convolens.errors import ShapeError
from convolens.layers.axes import channels_back, channels_second
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry


class GroupNormalization(Layer):
    """Group normalisation (Wu & He, 2018) of the channels, as `keras.layers.GroupNormalization`.

    Args:
        groups: how many; 1 is layer normalisation over all but the batch, -1 one for each channel (instance normalisation).
        axis: of the channels: -1, or the number of the last axis.
        epsilon: added to the variance, above 0.
        center, scale: learn an offset (beta) and a factor (gamma) for each channel.
        beta_initializer, gamma_initializer: as named.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, ..., channels). Output shape: the same.

    Raises:
        ArgumentError: an argument out of range.
        ShapeError: another axis than the last, or a number of channels that is no multiple of the groups.

    Example:
        >>> import numpy as np
        >>> GroupNormalization(2)(np.array([[1.0, 3.0, 10.0, 30.0]], "float32")).round(1).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """

    ruled_weights: ClassVar = {"beta": "beta", "gamma": "gamma"}

    def __init__(
        self,
        groups: int = 32,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.groups = groups if groups == -1 else integer(self.title, "groups", groups)
        self.axis = axis_of(self.title, axis)
        self.epsilon = number_in(self.title, "epsilon", epsilon, 0.0, float("inf"))
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)

    def build(self, input_shape: Any) -> None:
        channels = input_shape[-1]
        if self.axis not in (-1, len(input_shape) - 1) or channels is None:
            raise ShapeError(
                f"{self.title}: axis={self.axis} must be the last, of a known size; received shape {tuple(input_shape)}."
            )
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ShapeError(
                f"{self.title}: the number of channels must be a multiple of groups={self.groups}; received {channels}."
            )
        shape = (channels,)
        self.weight = torch.nn.Parameter(self.gamma_initializer(shape)) if self.scale else None
        self.bias = torch.nn.Parameter(self.beta_initializer(shape)) if self.center else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.group_norm(channels_second(x), self.groups, eps=self.epsilon)  # (batch, channels, ...)
        # With factor and offset of its own, torch 2.13 ends the process in backward where x needs no gradient (frozen layers before).
        of_channels = (-1, *(1,) * (x.ndim - 2))
        if self.weight is not None:
            x = x * self.weight.view(of_channels)
        if self.bias is not None:
            x = x + self.bias.view(of_channels)
        return channels_back(x)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        named = (("gamma", self.weight), ("beta", self.bias))
        return [WeightEntry(name, tensor) for name, tensor in named if tensor is not None]
