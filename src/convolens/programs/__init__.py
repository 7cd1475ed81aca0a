"""Keras programs, unchanged: what leads their imports here, runs them, and says beforehand what they need that is not here."""

from convolens.programs.keras_names import keras_names
from convolens.programs.reading import Use, uses_of
from convolens.programs.running import run_program

__all__ = ["Use", "keras_names", "run_program", "uses_of"]
