"""Functions of `tf` and `keras.backend` give what TensorFlow 2.21 gave, in its types and shapes (`of_tensorflow/write_values.py`)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convolens.tensorflow as tf
from convolens import backend
from tensorflow_names.of_tensorflow.inputs import inputs, some

VALUES = json.loads((Path(__file__).parent / "of_tensorflow" / "values.json").read_text())
# TensorFlow looks its bicubic weights up in a table; its colours are rounded otherwise by one of 255 now and then.
ROUGH = {'tf.image.resize(im, (9, 5), "bicubic")': 5e-4}


def check(made: Any, wanted: Any, atol: float) -> None:
    if isinstance(wanted, dict):
        assert len(made) == len(wanted["parts"])
        for part, one in zip(made, wanted["parts"], strict=True):
            check(part, one, atol)
        return
    array = np.asarray(made)
    dtype, shape, values = wanted
    assert (array.dtype.name, list(array.shape)) == (dtype, shape)
    np.testing.assert_allclose(
        some(array).astype(float), values, rtol=2e-5, atol=1 if dtype == "uint8" else atol
    )


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_gives_tensorflows_values(expression: str) -> None:
    names = {"tf": tf, "K": backend} | {name: tf.constant(array) for name, array in inputs().items()}
    check(eval(expression, names), VALUES[expression], ROUGH.get(expression, 3e-6))
