"""Normalization: mean and deviation of each channel that weights were learnt with, as the first layer of a network."""

from dataclasses import dataclass
from typing import Any

from convolens.layers import Rescaling

NAME = "normalization"  # of the layer; it has no weights, so the names of all others stay


@dataclass(frozen=True)
class Normalization:
    """What is subtracted from each channel's values in 0..1, and what they are divided by.

    As a layer it is part of the network, so training, `predict`, resuming and Keras' files all keep it.

    Attributes:
        mean: of each channel, of values in 0..1.
        std: of each channel, above 0.

    Example:
        >>> import numpy as np
        >>> Normalization((0.5,), (0.25,)).layer()(np.full((1, 1, 1, 1), 0.75, "float32")).tolist()
        [[[[1.0]]]]
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def layer(self) -> Rescaling:
        """Return (x - mean) / std as a layer."""
        offset = [-mean / std for mean, std in zip(self.mean, self.std, strict=True)]
        return Rescaling([1 / std for std in self.std], offset, name=NAME)

    def describe(self) -> str:
        """Return a line for people."""
        mean, std = (", ".join(f"{value:.4g}" for value in values) for values in (self.mean, self.std))
        return f"the network's first layer takes {mean} from the channels and divides by {std}"

    @classmethod
    def of(cls, model: Any) -> "Normalization | None":
        """Return the one that a model begins with; None where there is none."""
        for layer in getattr(model, "layers", []):
            if isinstance(layer, Rescaling) and layer.name == NAME:
                return cls.of_config(layer.get_config())
        return None

    @classmethod
    def of_config(cls, config: Any) -> "Normalization | None":
        """Return the one of a layer's description; None where it is not of this form."""
        try:
            scale, offset = ([float(value) for value in config[key]] for key in ("scale", "offset"))
            pairs = list(zip(scale, offset, strict=True))
            return cls(tuple(-b / a for a, b in pairs), tuple(1 / a for a, _ in pairs))
        except (LookupError, TypeError, ValueError, ZeroDivisionError):
            return None
