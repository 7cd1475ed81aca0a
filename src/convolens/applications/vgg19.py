"""Keras' VGG19, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.preprocessing import caffe_input as preprocess_input
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.vgg import VGG19

__all__ = [
    "VGG19",
    "decode_predictions",
    "preprocess_input",
]
