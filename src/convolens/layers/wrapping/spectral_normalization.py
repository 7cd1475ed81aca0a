"""SpectralNormalization: a layer whose kernel is divided by its largest singular value in each step of training."""

from typing import Any

import torch
import torch.nn.functional as F
from torch.func import functional_call

from convolens import initializers
from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.layers.weight_entry import WeightEntry
from convolens.layers.wrapping.wrapper import Wrapper

_KERNELS = ("kernel", "embeddings")


class SpectralNormalization(Wrapper):
    """A layer whose kernel is kept to a largest singular value of 1, as `keras.layers.SpectralNormalization`: for discriminators of GANs.

    In training the kernel is divided by an estimate of that value before each call; in predictions it is what it is.

    Args:
        layer: a layer with a kernel, or an Embedding.
        power_iterations: steps of the estimate in each call.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: `power_iterations` below 1, or a layer without a kernel.

    Source: Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.

    Example:
        >>> import numpy as np
        >>> from convolens.layers import Dense
        >>> layer = SpectralNormalization(Dense(2), power_iterations=20)
        >>> _ = layer(np.ones((1, 3), "float32"), training=True)
        >>> round(float(np.linalg.norm(layer.get_weights()[0], 2)), 3)
        1.0
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **options: Any) -> None:
        super().__init__(layer, **options)
        self.power_iterations = integer(self.title, "power_iterations", power_iterations)

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if not any(entry.name in _KERNELS for entry in self.layer.weight_entries()):
            raise ArgumentError(f"{self.title}: {self.layer.title} has no kernel and no embeddings.")
        shape = (1, self._kernel.shape[-1])
        vector = initializers.TruncatedNormal(stddev=0.02)(shape, *shape)
        self.register_buffer("vector_u", vector)

    @property
    def _kernel(self) -> WeightEntry:
        return next(entry for entry in self.layer.weight_entries() if entry.name in _KERNELS)

    def beside_entries(self) -> list[WeightEntry]:
        """Return the kernel, which Keras 3's files hold twice, and the vector of the estimate."""
        if not self.built:
            return []
        return [self._kernel, WeightEntry("vector_u", self.vector_u, trainable=False)]

    def weight_entries(self) -> list[WeightEntry]:
        """Return the kernel, the vector of the estimate, and the layer's other weights, as Keras does."""
        beside = self.beside_entries()
        others = [entry for entry in self.layer.weight_entries() if entry.name not in _KERNELS]
        return [*beside, *others]

    def forward(self, x: torch.Tensor) -> Any:
        """Return what the layer gives, its kernel normalised before where it trains."""
        if not self.training:
            return self.layer(x)
        self._normalize()
        kernel = self._kernel.tensor
        name = next(name for name, weight in self.layer.named_parameters() if weight is kernel)
        # Of a copy, so that another call before the step of the optimizer changes nothing that the gradient of this one needs.
        return functional_call(self.layer, {name: kernel.clone()}, (x,))

    @torch.no_grad()
    def _normalize(self) -> None:
        kernel = self._kernel.tensor
        weights = self._kernel.view.reshape(-1, self.vector_u.shape[1])
        if not weights.any():
            return
        u = self.vector_u
        for _ in range(self.power_iterations):
            v = F.normalize(u @ weights.T)
            u = F.normalize(v @ weights)
        self.vector_u.copy_(u)
        kernel.div_(v @ weights @ u.T)
