"""Several networks as one: the mean of their probabilities, through model.json and the weights too."""

import numpy as np
import pytest

from convolens import layers
from convolens.applications import build
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError
from convolens.models import Model, Sequential
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.several.ensemble import ensemble_of

NAMES = ("cat", "dog", "hen")


def sequential(units):
    ends = "sigmoid" if units == 1 else "softmax"
    return Sequential(
        [
            layers.Conv2D(4, 3, input_shape=(8, 8, 3)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(units, activation=ends),
        ]
    )


def functional(units):
    image = layers.Input((8, 8, 3))
    both = layers.Concatenate()([layers.Conv2D(3, 3)(image), layers.Conv2D(2, 3)(image)])
    pooled = layers.BatchNormalization()(layers.GlobalAveragePooling2D()(both))
    return Model(image, layers.Dense(units, activation="sigmoid" if units == 1 else "softmax")(pooled))


def trained(model, names=NAMES, size=8):
    return TrainedModel(model, "some", names, Preprocessing((size, size)))


@pytest.mark.parametrize("make", [sequential, functional])
@pytest.mark.parametrize("units", [1, 3])
def test_it_is_the_mean_and_comes_back_from_its_files(make, units, tmp_path):
    names = NAMES[: max(2, units)]
    members = {f"fold_{i}": trained(make(units), names) for i in (1, 2, 3)}
    x = np.random.default_rng(0).random((5, 8, 8, 3), np.float32)
    each = [member.model.predict(x, verbose=0) for member in members.values()]
    whole = ensemble_of(members, "all")
    np.testing.assert_allclose(whole.model.predict(x, verbose=0), np.mean(each, axis=0), rtol=1e-6)
    assert np.abs(each[0] - each[1]).max() > 1e-3
    assert {name.split(".")[0] for name in whole.model.module.state_dict()} == set(members)
    run = RunFolder.create(tmp_path / "run")
    model_file.write(run.model, whole)
    model_file.save_weights(whole.model.module, run.best)
    read = model_file.load(run)
    np.testing.assert_array_equal(
        read.model.predict(x, verbose=0), whole.model.predict(x, verbose=0), strict=True
    )
    assert (read.name, read.class_names, read.preprocessing) == ("all", names, whole.preprocessing)


def test_a_named_architecture():
    members = {name: trained(build("shallow-vgg", (8, 8, 3), 3)) for name in ("a", "b")}
    whole = ensemble_of(members, "both")
    assert whole.model.count_params() == 2 * members["a"].model.count_params()


def test_what_does_not_fit():
    with pytest.raises(ArgumentError, match="needs at least two networks; received 1"):
        ensemble_of({"a": trained(sequential(3))}, "one")
    with pytest.raises(ArgumentError, match="b has other classes, input or output than a"):
        ensemble_of({"a": trained(sequential(2), NAMES[:2]), "b": trained(sequential(2), NAMES[1:])}, "x")
