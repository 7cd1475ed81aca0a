"""RandomLayer: what the layers that change images at random while training have in common."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from convolens.arguments import number_in
from convolens.augmentation.draw.philox import uniforms
from convolens.errors import ArgumentError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.geometry import check_image_shape
from convolens.layers.layer import Layer

STREAM_LAYERS = 3  # an independent use of a seed, see `augmentation.draw.philox`


class RandomLayer(Layer):
    """Changes images while training, each by numbers of its own; passes them on otherwise.

    A subclass draws parameters in `draw` and applies them in `change`, as two steps, so that given parameters can be applied.
    The numbers are a function of (seed, how many calls came before, place in the batch): two layers of one seed change an image
    and its mask alike. Without a seed each call's comes from torch's generator.

    Args:
        seed: an integer, or None.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, rows, columns, channels), or one image alone, of uint8 or floats. Output shape: the same, float32.

    Raises:
        ArgumentError: a seed that is no integer; a call within a network in which gradients would have to pass back through the layer.
    """

    numbers = 1  # random ones that an image takes
    acts_unasked = True  # called by hand, where nobody said whether it is training: as Keras' own
    calls: torch.Tensor

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise ArgumentError(f"{self.title}: seed must be an integer or None; received {seed!r}.")
        self.seed = None if seed is None else int(seed)
        if self.seed is not None:
            self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 3:
            check_image_shape(self.title, input_shape)

    def draw(self, u: np.ndarray, shape: tuple[int, ...]) -> Any:
        """Return the parameters of each image.

        Args:
            u: (n, `numbers`) in [0, 1).
            shape: of the batch, (n, rows, columns, channels).
        """
        raise NotImplementedError

    def change(self, images: np.ndarray, drawn: Any) -> np.ndarray:
        """Return the changed images, float32.

        Args:
            images: (n, rows, columns, channels), uint8 or float32, C-contiguous.
            drawn: what `draw` gave for them.
        """
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or x.device.type == "meta":
            return x
        if x.requires_grad and torch.is_grad_enabled():
            raise ArgumentError(
                f"{self.title}: no gradient passes back through it; put it in front of all layers that learn, or call it "
                "with training=False."
            )
        return self._on_images(x)

    def _on_images(self, x: torch.Tensor) -> torch.Tensor:
        alone = x.ndim == 3  # (rows, columns, channels)
        pixels = x.unsqueeze(0) if alone else in_keras_order(x)
        given = pixels if pixels.dtype == torch.uint8 else pixels.float()
        images = np.ascontiguousarray(given.detach().cpu().numpy())
        changed = self.change(images, self.draw(self._uniforms(len(images)), images.shape))
        out = torch.from_numpy(changed).to(x.device, x.dtype if x.is_floating_point() else torch.float32)
        return out[0] if alone else in_torch_order(out)

    def _uniforms(self, n: int) -> np.ndarray:
        """Return the numbers of this call, (n, `numbers`) in [0, 1)."""
        if self.seed is None:
            seed, call = int(torch.randint(2**62, ())), 0
        else:
            seed, call = self.seed, int(self.calls)
            self.calls += 1
        return uniforms(seed, call, np.arange(n), self.numbers, STREAM_LAYERS)


def bounds(
    where: str, argument: str, value: Any, low: float, high: float, symmetric: bool = True
) -> tuple[float, float]:
    """Return the (lowest, highest) of a factor: of a pair its own, of a number from its negative, or from 0, to itself.

    Args:
        where, argument: what an error begins with.
        value: a number or a pair.
        low, high: what it must lie within.
        symmetric: whether a number stands for both directions.

    Raises:
        ArgumentError: something else, or beyond.

    Example:
        >>> bounds("RandomRotation", "factor", 0.25, -1, 1), bounds("RandomRotation", "factor", (0.5, 0), -1, 1)
        ((-0.25, 0.25), (0.0, 0.5))
    """
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise ArgumentError(f"{where}: {argument} must be a number or a pair; received {value!r}.")
        first, second = sorted(number_in(where, argument, item, low, high) for item in value)
        return first, second
    number = abs(number_in(where, argument, value, low, high))
    return (max(-number, low) if symmetric else 0.0), number


def between(u: np.ndarray, limits: Sequence[float]) -> np.ndarray:
    """Return numbers in [0, 1) as such between two limits.

    Example:
        >>> between(np.array([0.0, 0.5]), (-2.0, 2.0)).tolist()
        [-2.0, 0.0]
    """
    return limits[0] + (limits[1] - limits[0]) * u


def value_pair(where: str, value: Any) -> tuple[float, float]:
    """Return a range of values as (lowest, highest).

    Raises:
        ArgumentError: not two numbers.

    Example:
        >>> value_pair("RandomContrast", [0, 1])
        (0, 1)
    """
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ArgumentError(
            f"{where}: value_range must be two numbers, such as (0, 255); received {value!r}."
        )
    for item in value:
        number_in(where, "value_range", item, float("-inf"), float("inf"))
    low, high = sorted(value)
    return low, high
