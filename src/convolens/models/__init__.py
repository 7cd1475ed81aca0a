"""Models: networks with an optimizer, a loss and metrics, under Keras' names."""

from convolens.missing import answer_for
from convolens.models.loading import load_model
from convolens.models.model import Model
from convolens.models.saving import save_model
from convolens.models.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
