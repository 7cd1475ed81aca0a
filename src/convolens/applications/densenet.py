"""Keras' DenseNet121, DenseNet169 and DenseNet201, with their preprocessing and the words of their predictions."""

from convolens.applications.keras_form.densenet import DenseNet121, DenseNet169, DenseNet201
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import torch_input as preprocess_input
from convolens.missing import answer_for

__all__ = [
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
