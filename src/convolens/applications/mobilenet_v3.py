"""Keras' MobileNetV3Large and MobileNetV3Small, with their preprocessing and the words of their predictions."""

from convolens.applications.keras_form.mobilenet_v3 import MobileNetV3Large, MobileNetV3Small
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import unchanged_input as preprocess_input
from convolens.missing import answer_for

__all__ = [
    "MobileNetV3Large",
    "MobileNetV3Small",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
