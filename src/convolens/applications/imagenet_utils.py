"""What goes into Keras' networks in any of three modes, and ImageNet's predictions in words."""

from convolens.applications.keras_form.input_shape import obtain_input_shape
from convolens.applications.keras_form.preprocessing import decode_predictions, preprocess_input
from convolens.missing import answer_for

__all__ = ["decode_predictions", "preprocess_input"]

_obtain_input_shape = obtain_input_shape  # as Keras 2 had it, and programs for it import it

__getattr__ = answer_for(__name__)  # what Keras has and is not here
