"""Models: networks with an optimizer, a loss and metrics, under Keras' names."""

from convolens.models.loading import load_model
from convolens.models.model import Model
from convolens.models.saving import save_model
from convolens.models.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]
