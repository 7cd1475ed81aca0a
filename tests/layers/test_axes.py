"""Values: NumPy's arrays as Keras' programs use what a model predicts."""

import pickle

import numpy as np
import pytest

from convolens.layers import Dense, Input
from convolens.models import Sequential


def test_one_prediction_is_a_number_and_all_are_numpys() -> None:
    predictions = Sequential([Input((3,)), Dense(1)]).predict(np.ones((2, 3), "float32"), verbose=0)
    assert float(predictions[0]) == predictions[0][0]
    assert int(predictions[:1]) == int(predictions[0][0])
    for number in (float, int):
        with pytest.raises(TypeError, match="Python scalar"):
            number(predictions)
    assert repr(predictions).startswith("array([[")
    assert type(pickle.loads(pickle.dumps(predictions))) is np.ndarray
    assert isinstance(predictions.max(), np.float32)
    assert isinstance(predictions[0].argmax(), np.int64)
    assert type(predictions > 0.5) is np.ndarray
