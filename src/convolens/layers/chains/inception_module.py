"""InceptionModule: convolutions of several sizes side by side, and the chains of layers that it is made of."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.layers.activation import ReLU
from convolens.layers.chains.chain import chain
from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.geometry import check_image_shape
from convolens.layers.layer import Layer, Shape
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.pooling.pooling import MaxPooling2D
from convolens.layers.register import register


def convolution(
    name: str,
    filters: int,
    kernel_size: int | tuple[int, int],
    batch_norm: bool,
    strides: int = 1,
    padding: str = "same",
) -> list[Layer]:
    """Return a convolution and a ReLU; with `batch_norm` without bias and normalised in between.

    Args:
        name: the beginning of the layers' names, as torchvision's: NAME.conv, NAME.bn.
    """
    given: dict[str, Any] = {"strides": strides, "padding": padding, "kernel_initializer": "he_normal"}
    if not batch_norm:
        return [Conv2D(filters, kernel_size, activation="relu", name=f"{name}.conv", **given)]
    return [
        Conv2D(filters, kernel_size, use_bias=False, name=f"{name}.conv", **given),
        BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}.bn"),
        ReLU(name=f"{name}.relu"),
    ]


def inception_branches(
    filters_1x1: int,
    filters_3x3: int | tuple[int, int],
    filters_5x5: int | tuple[int, int],
    pool_filters: int | None,
    batch_norm: bool = False,
    large_kernel: int = 5,
    name: str = "",
) -> list[list[Layer]]:
    """Return the four chains of layers of an `InceptionModule`; what they give is put side by side.

    Args:
        name: the beginning of the layers' names; arguments else as in `InceptionModule`.
    """
    branches = [convolution(f"{name}branch1", filters_1x1, 1, batch_norm)]
    for branch, filters, kernel in ((2, filters_3x3, 3), (3, filters_5x5, large_kernel)):
        sizes = (
            list(zip(filters, (1, kernel), strict=True))
            if isinstance(filters, tuple)
            else [(filters, kernel)]
        )
        branches.append(
            [
                layer
                for place, (count, size) in enumerate(sizes)
                for layer in convolution(f"{name}branch{branch}.{place}", count, size, batch_norm)
            ]
        )
    pool: list[Layer] = [MaxPooling2D(3, strides=1, padding="same", name=f"{name}branch4.0")]
    projection = [] if pool_filters is None else convolution(f"{name}branch4.1", pool_filters, 1, batch_norm)
    return [*branches, pool + projection]


class InceptionModule(Layer):
    """The Inception module (Szegedy et al., 2014): 1x1, 3x3 and 5x5 convolutions and a pooling side by side.

    With pairs of filters it is the module with dimension reductions: a 1x1 convolution goes before each large one, and one
    projects the pooled channels. With single numbers and `pool_filters=None` it is the naive module. Each convolution is
    followed by a ReLU. Not in Keras; GoogLeNet is made of the same chains as layers of their own.

    Args:
        filters_1x1: of the 1x1 convolution.
        filters_3x3, filters_5x5: of the large convolutions; a pair (reduced, filters) puts a 1x1 convolution before.
        pool_filters: of the 1x1 convolution behind the pooling; None leaves the pooled channels as they are.
        batch_norm: normalise between each convolution and its ReLU (and leave out the bias).
        large_kernel: rows and columns of the 5x5 kernel; torchvision's GoogLeNet has 3.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, rows, columns, all filters together).

    Raises:
        ArgumentError: filters that are no positive integers or pairs of such.

    Example:
        >>> import numpy as np
        >>> module = InceptionModule(64, (96, 128), (16, 32), 32)
        >>> module(np.zeros((1, 28, 28, 192), "float32")).shape, module.count_params()
        ((1, 28, 28, 256), 163696)
    """

    def __init__(
        self,
        filters_1x1: int,
        filters_3x3: int | Sequence[int],
        filters_5x5: int | Sequence[int],
        pool_filters: int | None = None,
        batch_norm: bool = False,
        large_kernel: int = 5,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters_1x1 = integer(self.title, "filters_1x1", filters_1x1)
        self.filters_3x3 = self._one_or_two("filters_3x3", filters_3x3)
        self.filters_5x5 = self._one_or_two("filters_5x5", filters_5x5)
        self.pool_filters = (
            None if pool_filters is None else integer(self.title, "pool_filters", pool_filters)
        )
        self.batch_norm, self.large_kernel = (
            bool(batch_norm),
            integer(self.title, "large_kernel", large_kernel),
        )
        self.branches: list[list[Layer]] = []

    def _one_or_two(self, argument: str, value: Any) -> int | tuple[int, int]:
        if not isinstance(value, (list, tuple)):
            return integer(self.title, argument, value)
        if len(value) != 2:
            raise ArgumentError(
                f"{self.title}: {argument} must be a number of filters or a pair (reduced, filters); received {value!r}."
            )
        return integer(self.title, argument, value[0]), integer(self.title, argument, value[1])

    def build(self, input_shape: Any) -> None:
        check_image_shape(self.title, input_shape)
        self.branches = inception_branches(
            self.filters_1x1, self.filters_3x3, self.filters_5x5, self.pool_filters, self.batch_norm, self.large_kernel
        )  # fmt: skip
        for branch in self.branches:
            shape = input_shape
            for layer in branch:
                layer.build_once(shape)
                shape = layer.compute_output_shape(shape)
        register(self, self._layers())
        self.train(self.__dict__["training"])  # a module in inference mode gets such layers

    def _layers(self) -> list[Layer]:
        return [layer for branch in self.branches for layer in branch]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs = [chain(branch, x) for branch in self.branches]
        return torch.cat(outputs, dim=1)  # (n, c, h, w): channels side by side

    def compute_output_shape(self, input_shape: Any) -> Shape:
        wide = [f[1] if isinstance(f, tuple) else f for f in (self.filters_3x3, self.filters_5x5)]
        pooled = input_shape[3] if self.pool_filters is None else self.pool_filters
        return (*input_shape[:3], self.filters_1x1 + sum(wide) + pooled)
