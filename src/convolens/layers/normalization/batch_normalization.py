"""BatchNormalization: each channel centred and scaled by the batch, or by what training remembered."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.arguments import axis_of, number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import channels_back, channels_second
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry


class BatchNormalization(Layer):
    """Batch normalisation (Ioffe & Szegedy, 2015), with Keras' meaning of every argument.

    The moving averages change as moving = moving * momentum + batch * (1 - momentum), and the
    variance in them is the biased one (torch keeps the unbiased). A frozen layer uses them, as in Keras.

    Args:
        axis: the channels: -1 (or 3 for images, 1 for rows of features).
        momentum: share of the old moving average that is kept, in [0, 1].
        epsilon: added to the variance, above 0.
        center, scale: learn an offset (beta) and a factor (gamma).
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: as named.
        options: `name`, `input_shape`, `trainable` as in `Layer`; Keras 2's `fused` and `synchronized`, which choose how one device
            computes, are accepted, as are its others where they ask for nothing (`renorm=False`).

    Raises:
        ArgumentError: `renorm` or `virtual_batch_size` asks for statistics of other samples than the batch's.

    Example:
        >>> import numpy as np
        >>> BatchNormalization().eval()(np.ones((1, 2, 2, 3), "float32")).shape
        (1, 2, 2, 3)
    """

    ruled_weights: ClassVar = {"beta": "beta", "gamma": "gamma"}

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        **options: Any,
    ) -> None:
        for word in ("fused", "synchronized"):
            options.pop(word, None)
        for word in ("renorm", "virtual_batch_size", "adjustment"):
            if options.pop(word, None):
                raise ArgumentError(f"BatchNormalization: {word} is not supported; leave it out.")
        super().__init__(**options)
        self.axis = axis_of(self.title, axis)
        self.momentum = number_in(self.title, "momentum", momentum, 0.0, 1.0)
        self.epsilon = number_in(self.title, "epsilon", epsilon, 0.0, float("inf"))
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    running_mean: torch.Tensor
    running_var: torch.Tensor

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        if self.axis not in (-1, rank - 1):
            raise ArgumentError(
                f"{self.title}: axis={self.axis} is not the last of shape {tuple(input_shape)}; "
                "only channels-last normalisation is supported."
            )
        channels = input_shape[-1]
        if channels is None:
            raise ShapeError(
                f"{self.title}: the number of channels must be known; received {tuple(input_shape)}."
            )
        shape = (channels,)
        self.weight = torch.nn.Parameter(self.gamma_initializer(shape)) if self.scale else None
        self.bias = torch.nn.Parameter(self.beta_initializer(shape)) if self.center else None
        self.register_buffer("running_mean", self.moving_mean_initializer(shape))
        self.register_buffer("running_var", self.moving_variance_initializer(shape))

    @property
    def gives_own_result(self) -> bool:
        return True

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return channels_back(self._normalize(channels_second(x)))

    def _normalize(self, x: torch.Tensor) -> torch.Tensor:
        weight, bias = self.weight, self.bias
        if not (self.training and self.trainable):
            return F.batch_norm(
                x, self.running_mean, self.running_var, weight, bias, False, 0.0, self.epsilon
            )
        count = x.numel() // x.shape[1]
        if count == 1:  # torch refuses one value a channel; its mean is itself, its variance 0
            mean, variance = x.detach().reshape(-1), torch.zeros_like(self.running_var)
            shape = (1, -1, *([1] * (x.ndim - 2)))
            offset = 0.0 if bias is None else bias.view(shape)
            result = (x - x) * (1.0 if weight is None else weight.view(shape)) + offset
        else:
            # With momentum 1 torch writes the batch's own mean and unbiased variance into these two; it still adds
            # 0 times what is there, so that must be numbers.
            mean, variance = torch.zeros_like(self.running_mean), torch.zeros_like(self.running_var)
            result = F.batch_norm(x, mean, variance, weight, bias, True, 1.0, self.epsilon)
            variance = variance * ((count - 1) / count)
        with torch.no_grad():
            self.running_mean.mul_(self.momentum).add_(mean, alpha=1 - self.momentum)
            self.running_var.mul_(self.momentum).add_(variance, alpha=1 - self.momentum)
        return result

    def folded(self, weight: torch.Tensor, bias: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Return weights and bias of a convolution that gives at once what this layer makes of its result in inference.

        Args:
            weight: (channels, ...) of the convolution.
            bias: (channels,) of the convolution, or None.

        Example:
            >>> layer = BatchNormalization(epsilon=1.0).eval()  # variance 1, mean 0
            >>> layer.build_once((None, 2, 2, 3))
            >>> weight, bias = layer.folded(torch.ones(3, 1, 1, 1), None)
            >>> bool(torch.allclose(weight, torch.full((3, 1, 1, 1), 0.5**0.5)))
            True
        """
        scale = torch.rsqrt(self.running_var + self.epsilon)
        if self.weight is not None:
            scale = scale * self.weight
        offset = (-self.running_mean if bias is None else bias - self.running_mean) * scale
        if self.bias is not None:
            offset = offset + self.bias
        return weight * scale.view(-1, *([1] * (weight.ndim - 1))), offset

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        entries = [] if self.weight is None else [WeightEntry("gamma", self.weight)]
        if self.bias is not None:
            entries.append(WeightEntry("beta", self.bias))
        return [
            *entries,
            WeightEntry("moving_mean", self.running_mean, trainable=False),
            WeightEntry("moving_variance", self.running_var, trainable=False),
        ]
