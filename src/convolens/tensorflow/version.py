"""`tf.version`: of the TensorFlow whose names these are."""

from convolens.missing import answer_for

VERSION = "2.15.0"
GIT_VERSION = COMPILER_VERSION = "unknown"

__all__ = ["COMPILER_VERSION", "GIT_VERSION", "VERSION"]

__getattr__ = answer_for(__name__)
