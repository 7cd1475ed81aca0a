"""Keras' ResNet50, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.preprocessing import caffe_input as preprocess_input
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.resnet import ResNet50
from convolens.missing import answer_for

__all__ = [
    "ResNet50",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
