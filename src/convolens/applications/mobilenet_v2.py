"""Keras' MobileNetV2, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.mobilenet_v2 import MobileNetV2
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import tf_input as preprocess_input

__all__ = [
    "MobileNetV2",
    "decode_predictions",
    "preprocess_input",
]
