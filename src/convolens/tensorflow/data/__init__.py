"""Chains of data under TensorFlow's names, `tf.data`."""

from convolens.missing import answer_for
from convolens.tensorflow.data import experimental
from convolens.tensorflow.data.dataset import Dataset
from convolens.tensorflow.data.options import AUTOTUNE, Options
from convolens.tensorflow.data.stage import INFINITE as INFINITE_CARDINALITY
from convolens.tensorflow.data.stage import UNKNOWN as UNKNOWN_CARDINALITY

__all__ = ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "Dataset", "Options", "experimental"]


__getattr__ = answer_for(__name__)  # what Keras has and is not here
