"""Models: networks with an optimizer, a loss and metrics, under Keras' names."""

from convolens.models.model import Model
from convolens.models.saving import load_model, save_model
from convolens.models.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]
