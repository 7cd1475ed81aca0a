"""Keras' ResNet101V2, ResNet152V2 and ResNet50V2, with their preprocessing and the words of their predictions."""

from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import tf_input as preprocess_input
from convolens.applications.keras_form.resnet import ResNet50V2, ResNet101V2, ResNet152V2
from convolens.missing import answer_for

__all__ = [
    "ResNet50V2",
    "ResNet101V2",
    "ResNet152V2",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
