"""Models: networks with an optimizer, a loss and metrics, under Keras' names."""

from convolens.missing import answer_for
from convolens.models.cloning import clone_model, model_from_config, model_from_json
from convolens.models.files.saving import save_model
from convolens.models.loading import load_model
from convolens.models.model import Model
from convolens.models.sequential import Sequential

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
