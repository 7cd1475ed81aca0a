"""Keras' VGG16, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.preprocessing import caffe_input as preprocess_input
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.vgg import VGG16
from convolens.missing import answer_for

__all__ = [
    "VGG16",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
