"""Keras' MobileNet, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.mobilenet import MobileNet
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import tf_input as preprocess_input

__all__ = [
    "MobileNet",
    "decode_predictions",
    "preprocess_input",
]
