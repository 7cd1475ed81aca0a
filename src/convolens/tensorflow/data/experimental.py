"""Names that TensorFlow once had in `tf.data.experimental`."""

from typing import Any

from convolens.tensorflow.data.options import AUTOTUNE
from convolens.tensorflow.data.stage import INFINITE as INFINITE_CARDINALITY
from convolens.tensorflow.data.stage import UNKNOWN as UNKNOWN_CARDINALITY

__all__ = ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "cardinality"]


def cardinality(dataset: Any) -> Any:
    """Return the number of elements, as `Dataset.cardinality`."""
    return dataset.cardinality()
