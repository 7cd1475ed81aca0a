"""Keras' EfficientNetB0 to B7, with their preprocessing and the words of their predictions."""

from convolens.applications.keras_form.efficientnet import (
    EfficientNetB0,
    EfficientNetB1,
    EfficientNetB2,
    EfficientNetB3,
    EfficientNetB4,
    EfficientNetB5,
    EfficientNetB6,
    EfficientNetB7,
)
from convolens.applications.keras_form.preprocessing import decode_predictions
from convolens.applications.keras_form.preprocessing import unchanged_input as preprocess_input
from convolens.missing import answer_for

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "decode_predictions",
    "preprocess_input",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
