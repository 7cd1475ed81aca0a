"""Keras' ResNet101, ResNet152 and ResNet50, with their preprocessing and the words of their predictions."""

from convolens.applications.keras_form.preprocessing import caffe_input as preprocess_input
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.resnet import ResNet50, ResNet101, ResNet152
from convolens.missing import answer_for

__all__ = [
    "ResNet50",
    "ResNet101",
    "ResNet152",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
