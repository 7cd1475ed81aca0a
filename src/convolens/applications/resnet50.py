"""Keras' ResNet50, with its preprocessing and the words of its predictions."""

from convolens.applications.keras_form.preprocessing import caffe_input as preprocess_input
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.resnet import ResNet50

__all__ = [
    "ResNet50",
    "decode_predictions",
    "preprocess_input",
]
