"""Activation, Softmax, Identity, and ReLU and its kin: functions applied to each value as layers of their own."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens import activations
from convolens.arguments import axis_of, number_in
from convolens.layers.axes import dimension_of
from convolens.layers.layer import Layer


class Activation(Layer):
    """Any activation function, by name or as a callable.

    Args:
        activation: a name, a function of a tensor, or None for none.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        UnknownNameError: no activation has this name; the nearest is offered.

    Example:
        >>> import numpy as np
        >>> Activation("relu")(np.array([[-1.0, 2.0]], "float32")).tolist()
        [[0.0, 2.0]]
    """

    can_overwrite = True

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def forward(self, x: torch.Tensor, overwrite: bool = False) -> torch.Tensor:
        """Return the function of each value.

        Args:
            x: of any shape.
            overwrite: the result may take the memory of `x`.
        """
        return activations.overwriting(self.activation, x) if overwrite else self.activation(x)


class ReLU(Layer):
    """max(0, x), with Keras' three options.

    Args:
        max_value: values above it become it; None for no limit.
        negative_slope: slope below the threshold, at least 0.
        threshold: values below it are cut, at least 0.

    Example:
        >>> import numpy as np
        >>> ReLU(max_value=1.0)(np.array([[-1.0, 0.5, 2.0]], "float32")).tolist()
        [[0.0, 0.5, 1.0]]
    """

    can_overwrite = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        infinity = float("inf")
        if max_value is not None:
            max_value = number_in(self.title, "max_value", max_value, 0.0, infinity)
        self.max_value = max_value
        self.negative_slope = number_in(self.title, "negative_slope", negative_slope, 0.0, infinity)
        self.threshold = number_in(self.title, "threshold", threshold, 0.0, infinity)

    @property
    def plain(self) -> activations.Activation | None:
        """The activation function of the same values: "relu", "relu6", or None for others."""
        if self.negative_slope or self.threshold or self.max_value not in (None, 6.0):
            return None
        return F.relu if self.max_value is None else F.relu6

    def forward(self, x: torch.Tensor, overwrite: bool = False) -> torch.Tensor:
        """Return each value, cut.

        Args: as of `Activation.forward`.
        """
        if self.plain is not None:
            return activations.overwriting(self.plain, x) if overwrite else self.plain(x)
        if self.negative_slope == 0.0 and self.threshold == 0.0:
            return x.clamp(0.0, self.max_value)
        kept = x if self.max_value is None else x.clamp(max=self.max_value)
        return torch.where(x >= self.threshold, kept, self.negative_slope * (x - self.threshold))


class Softmax(Layer):
    """Probabilities along one axis.

    Args:
        axis: in Keras' order; -1 is the channels of an image.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Softmax()(np.zeros((1, 4), "float32")).tolist()
        [[0.25, 0.25, 0.25, 0.25]]
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis_of(self.title, axis)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(x, dimension_of(self.axis, x.ndim, self.title))


class LeakyReLU(Layer):
    """x where positive, else a fixed slope times x (Maas et al., 2013), as `keras.layers.LeakyReLU`.

    Args:
        negative_slope: at least 0.
        alpha: what Keras 2 called the slope; used instead where it is given.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a slope below 0.

    Example:
        >>> import numpy as np
        >>> LeakyReLU(0.5)(np.array([[-4.0, 2.0]], "float32")).tolist()
        [[-2.0, 2.0]]
    """

    def __init__(self, negative_slope: float = 0.3, alpha: float | None = None, **options: Any) -> None:
        super().__init__(**options)
        slope = negative_slope if alpha is None else alpha
        self.negative_slope = number_in(self.title, "negative_slope", slope, 0.0, float("inf"))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.leaky_relu(x, self.negative_slope)


class ELU(Layer):
    """x where positive, else alpha * (exp(x) - 1) (Clevert et al., 2015), as `keras.layers.ELU`.

    Args:
        alpha: what very negative values come near to, times -1.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: no finite number of at least 0.

    Example:
        >>> import numpy as np
        >>> ELU()(np.array([[-100.0, 2.0]], "float32")).tolist()
        [[-1.0, 2.0]]
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = number_in(self.title, "alpha", alpha, 0.0, float("inf"), open_high=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.elu(x, self.alpha)


class ThresholdedReLU(Layer):
    """x where it is above a threshold, else 0 (Konda et al., 2014), as `tf.keras.layers.ThresholdedReLU` of Keras 2.

    Args:
        theta: the threshold, at least 0.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Raises:
        ArgumentError: a threshold below 0.

    Example:
        >>> import numpy as np
        >>> ThresholdedReLU()(np.array([[0.5, 1.0, 2.0]], "float32")).tolist()
        [[0.0, 0.0, 2.0]]
    """

    def __init__(self, theta: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.theta = number_in(self.title, "theta", theta, 0.0, float("inf"))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * (x > self.theta)


class Identity(Layer):
    """What it is given, as `keras.layers.Identity`.

    Args:
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Example:
        >>> import numpy as np
        >>> Identity()(np.array([[-1.0, 2.0]], "float32")).tolist()
        [[-1.0, 2.0]]
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x
