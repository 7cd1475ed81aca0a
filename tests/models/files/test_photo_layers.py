"""Files with Keras' layers that change photos: those that are here are read, others of training alone passed by, the rest refused."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
    BaseImagePreprocessingLayer,
)

from convolens.errors import UnknownNameError
from convolens.layers import LAYERS
from convolens.models import load_model
from convolens.models.files.photo_layers import _IN_PREDICTIONS_TOO, _IN_TRAINING_ONLY

ARGUMENTS: dict[str, dict[str, Any]] = {
    "RandomHue": {"factor": 0.2},
    "RandomPosterization": {"factor": 4},
    **{name: {"factor": 0.2} for name in (
        "RandomColorDegeneration", "RandomGrayscale", "RandomInvert",
        "RandomSaturation", "RandomSharpness",
    )},
}  # fmt: skip
ARGUMENTS["RandomColorJitter"] = {"brightness_factor": 0.2}
ARGUMENTS["MaxNumBoundingBoxes"] = {"max_number": 3}
UNUSABLE = (
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Equalization",
)  # of photos of no known size, in Keras itself
THERE = [
    name
    for name in {**_IN_TRAINING_ONLY, **_IN_PREDICTIONS_TOO}
    if hasattr(keras.layers, name) and name not in UNUSABLE
]
HERE: dict[str, dict[str, Any]] = {
    "CenterCrop": {"height": 6, "width": 6},
    "Normalization": {},
    "RandomContrast": {"factor": 0.2},
    "RandomErasing": {},
    "RandomFlip": {"mode": "horizontal", "seed": 3},
    "RandomRotation": {"factor": 0.2, "fill_mode": "constant"},
    "RandomZoom": {"height_factor": 0.2},
    "Resizing": {"height": 6, "width": 6},
}
LEGACY = (
    "RandomFlip",
    "RandomRotation",
    "RandomZoom",
    "Resizing",
    "Normalization",
)  # what Keras can write there


def model_of(name: str, nested: bool) -> Any:
    L = keras.layers
    layer = getattr(L, name)(**ARGUMENTS.get(name, HERE.get(name, {})))
    if name == "Normalization":
        layer.adapt(np.random.default_rng(0).random((9, 8, 8, 3)))
    first = keras.Sequential([keras.Input((8, 8, 3)), layer]) if nested else layer
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            first,
            L.Conv2D(3, 3, activation="relu"),
            L.GlobalAveragePooling2D(),
            L.Dense(2),
        ]
    )


def test_every_such_layer_of_keras_is_known() -> None:
    theirs = {
        name
        for name in dir(keras.layers)
        if isinstance(kind := getattr(keras.layers, name), type)
        and issubclass(kind, BaseImagePreprocessingLayer)
    }
    assert theirs <= {*_IN_TRAINING_ONLY, *_IN_PREDICTIONS_TOO, *LAYERS}
    assert not LAYERS.keys() & {*_IN_TRAINING_ONLY, *_IN_PREDICTIONS_TOO}


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("nested", [False, True])
def test_a_file_with_one_that_is_here_is_read_whole(name: str, nested: bool, tmp_path: Path) -> None:
    x = np.random.default_rng(1).random((5, 8, 8, 3), np.float32)
    theirs = model_of(name, nested)
    for ending in (".keras", ".h5") if name in LEGACY else (".keras",):
        path = tmp_path / f"model{ending}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the legacy form
            theirs.save(path)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nothing is left out
            ours = load_model(path)
        np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), atol=1e-5)
        layer = ours.layers[0].layers[0] if nested else ours.layers[0]
        assert type(layer) is LAYERS[name]
        for argument, value in HERE[name].items():
            assert getattr(layer, argument) == (value if argument != "factor" else layer.factor)


@pytest.mark.parametrize("name", THERE)
@pytest.mark.parametrize("nested", [False, True])
def test_a_file_with_it_predicts_as_keras_or_is_refused(name: str, nested: bool, tmp_path: Path) -> None:
    x = np.random.default_rng(1).random((5, 8, 8, 3), np.float32)
    theirs, path = model_of(name, nested), tmp_path / "model.keras"
    theirs.save(path)
    if name in _IN_PREDICTIONS_TOO:
        with pytest.raises(UnknownNameError, match=rf"{name} '\w+' .*; there is no such layer here"):
            load_model(path)
        return
    with pytest.warns(UserWarning, match=rf"{name} '\w+' \(.*\) is left out: predictions are the same"):
        ours = load_model(path)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), atol=1e-5)
