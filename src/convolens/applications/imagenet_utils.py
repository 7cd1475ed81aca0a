"""What goes into Keras' networks in any of three modes, and ImageNet's predictions in words."""

from convolens.applications.keras_form.preprocessing import decode_predictions, preprocess_input

__all__ = ["decode_predictions", "preprocess_input"]
