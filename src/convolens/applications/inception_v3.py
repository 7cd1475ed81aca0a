"""Keras' InceptionV3, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.inception_v3 import InceptionV3
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import tf_input as preprocess_input
from convolens.missing import answer_for

__all__ = [
    "InceptionV3",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
