"""Normalization: values less their mean, divided by their deviation, both known before training."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ArgumentTypeError, DataError, ShapeError
from convolens.layers.axes import in_torch_order
from convolens.layers.layer import Layer
from convolens.layers.weight_entry import WeightEntry

_SMALLEST = 1e-7  # deviation


class Normalization(Layer):
    """(x - mean) / deviation, of given numbers or of those of data (`adapt`), as `keras.layers.Normalization`.

    Args:
        axis: the axis or axes, in Keras' order, whose places have a mean and a variance of their own: -1 is one for each channel or
            feature; None one for all values.
        mean, variance: numbers, or arrays for the axes; both or none. None is 0 and 1 until `adapt`.
        invert: the way back.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: any. Output shape: the same.

    Raises:
        ArgumentError: one of mean and variance alone, or of different shapes. ShapeError: an axis that the input has not, or of no
            known length.

    Example:
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 10.0]]))
        >>> layer(np.array([[3.0, 10.0]], "float32")).tolist()
        [[1.0, 0.0]]
    """

    adapted_mean: torch.Tensor
    adapted_variance: torch.Tensor
    count: torch.Tensor

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        axes = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if not all(type(each) is int for each in axes):
            raise ArgumentError(
                f"{self.title}: axis must be an integer, several, or None; received {axis!r}."
            )
        self.axis = axes
        if (mean is None) != (variance is None) or np.shape(mean) != np.shape(variance):
            raise ArgumentError(
                f"{self.title}: mean and variance must both be given, in one shape; received {mean!r} and {variance!r}."
            )
        if np.ndim(mean) > max(len(axes), 0):
            raise ArgumentError(
                f"{self.title}: mean has {np.ndim(mean)} axes, and axis={axis!r} names {len(axes)}; they must not be fewer."
            )
        self.input_mean = None if mean is None else np.asarray(mean).tolist()
        self.input_variance = None if variance is None else np.asarray(variance).tolist()
        self.invert = bool(invert)

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        wrong = [axis for axis in self.axis if not -rank <= axis < rank or input_shape[axis] is None]
        if wrong:
            raise ShapeError(
                f"{self.title}: axis {wrong[0]} of an input of shape {tuple(input_shape)} does not exist or has no known length."
            )
        kept = sorted(axis % rank for axis in self.axis)
        self.kept, self.sizes = tuple(kept), tuple(input_shape[axis] for axis in kept)
        self.broadcast = [input_shape[axis] if axis in kept else 1 for axis in range(rank)]
        if self.input_mean is None:
            self.register_buffer("adapted_mean", torch.zeros(self.sizes))
            self.register_buffer("adapted_variance", torch.ones(self.sizes))
            self.register_buffer("count", torch.zeros(()))  # of old files; nothing asks for it

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take mean and variance from data.

        Args:
            data: an array or tensor in Keras' order, the samples first; or batches of such, or of (batch, labels): a data set, a
                generator, a `Sequence`.
            batch_size: accepted as in Keras 2; the result does not depend on it.
            steps: so many batches at most; None is all.

        Raises:
            ArgumentError: the layer was given a mean. DataError: no batch. ShapeError: batches of another shape than the layer's.
            ArgumentTypeError: no data.
        """
        if self.input_mean is not None:
            raise ArgumentError(
                f"{self.title}: has the mean that it was made with; leave mean and variance out to adapt."
            )
        count, mean, variance = 0, np.zeros(()), np.zeros(())
        for place, batch in enumerate(_batches(self.title, data)):
            if place == steps:
                break
            values = np.asarray(batch, np.float64)
            self.build_once((None, *values.shape[1:]) if 0 not in self.axis else values.shape)
            if (
                values.ndim != len(self.broadcast)
                or tuple(values.shape[axis] for axis in self.kept) != self.sizes
            ):
                raise ShapeError(
                    f"{self.title}: built for an input of shape {tuple(self.input_shape)}; received data of shape {values.shape}."
                )
            others = tuple(axis for axis in range(values.ndim) if axis not in self.kept)
            more = math.prod(values.shape[axis] for axis in others)
            if more == 0:
                continue
            own, share = values.mean(others), more / (count + more)
            # of two parts together: the variances within, and that between their means (Chan et al., 1979)
            variance = (
                variance * (1 - share) + values.var(others) * share + (own - mean) ** 2 * share * (1 - share)
            )
            mean = mean + (own - mean) * share
            count += more
        if count == 0:
            raise DataError(f"{self.title}: adapt was given no data; give an array, or batches.")
        self.adapted_mean.copy_(torch.from_numpy(np.asarray(mean)))
        self.adapted_variance.copy_(torch.from_numpy(np.asarray(variance)))

    @property
    def mean(self) -> torch.Tensor | None:
        """The mean, in a shape that can be repeated to the input's in Keras' order; None before the layer is built."""
        return self._spread(self.input_mean, "adapted_mean") if self.built else None

    @property
    def variance(self) -> torch.Tensor | None:
        """The variance, as `mean`."""
        return self._spread(self.input_variance, "adapted_variance") if self.built else None

    def _spread(self, given: Any, adapted: str) -> torch.Tensor:
        if given is None:
            return getattr(self, adapted).view(self.broadcast)
        values = torch.as_tensor(given, dtype=torch.float32)
        sizes = [1] * len(self.broadcast)
        for axis, size in zip(self.kept[len(self.kept) - values.ndim :], values.shape, strict=True):
            sizes[axis] = size
        return values.view(sizes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x if x.is_floating_point() else x.float()
        mean = in_torch_order(self._spread(self.input_mean, "adapted_mean")).to(x.device)
        variance = in_torch_order(self._spread(self.input_variance, "adapted_variance")).to(x.device)
        deviation = variance.sqrt().clamp(min=_SMALLEST)
        return mean + x * deviation if self.invert else (x - mean) / deviation

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "axis": self.axis,
            "mean": self.input_mean,
            "variance": self.input_variance,
            "invert": self.invert,
        }

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built or self.input_mean is not None:
            return []
        return [
            WeightEntry("mean", self.adapted_mean, trainable=False),
            WeightEntry("variance", self.adapted_variance, trainable=False),
            WeightEntry("count", self.count, trainable=False),
        ]


def _batches(where: str, data: Any) -> Iterable[Any]:
    """Return the arrays that data are made of: one, or batches without their labels."""
    if isinstance(data, torch.Tensor):
        return [data.detach().cpu().numpy()]
    if isinstance(data, np.ndarray) or hasattr(data, "__array__"):
        return [data]
    if isinstance(data, (dict, str)) or not (hasattr(data, "__iter__") or hasattr(data, "__getitem__")):
        raise ArgumentTypeError(
            f"{where}: adapt takes an array, a tensor, or batches of them; received {type(data).__name__}."
        )
    if hasattr(data, "__getitem__") and hasattr(
        data, "__len__"
    ):  # a Sequence may go round for ever where it is iterated
        parts: Iterable[Any] = map(data.__getitem__, range(len(data)))
    else:
        parts = data
    batches = (batch[0] if isinstance(batch, (tuple, list)) else batch for batch in parts)
    return (batch.detach().cpu().numpy() if isinstance(batch, torch.Tensor) else batch for batch in batches)
