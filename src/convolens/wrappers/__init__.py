"""Models in the clothes of other libraries, under the names of `keras.wrappers`: scikit-learn's."""

from convolens.missing import answer_for
from convolens.wrappers import scikit_learn

__all__ = ["scikit_learn"]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
