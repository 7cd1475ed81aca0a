"""Write `values.json`: what TensorFlow 2 gives for `expressions.txt`. Run it where TensorFlow is installed (2.21 was): PYTHONPATH=tests python THIS."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from tensorflow_names.of_tensorflow.inputs import inputs, some

HERE = Path(__file__).parent


def described(value: Any) -> Any:
    """Return a value as [type, shape, some of its numbers], and lists of them for tuples and lists."""
    if isinstance(value, (list, tuple)):
        return {"parts": [described(part) for part in value]}
    array = np.asarray(value)
    return [array.dtype.name, list(array.shape), [float(f"{number:.7g}") for number in some(array).tolist()]]


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import tensorflow as tf
    from keras._tf_keras.keras import backend

    names = {"tf": tf, "K": backend} | {name: tf.constant(array) for name, array in inputs().items()}
    lines = [
        f"{json.dumps(line)}: {json.dumps(described(eval(line, dict(names))))}"
        for line in (HERE / "expressions.txt").read_text().splitlines()
    ]
    (HERE / "values.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
