"""Every learner as layers gives scikit-learn's own probabilities, over shapes, classes and what it was tuned to."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convolens.features.learners import classical, heads
from convolens.features.learners.cross_validation import fit_quietly
from convolens.models import Sequential
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.serialization import serialize
from convolens.runs.tasks.probabilities import as_probabilities


def samples(seed, count, features, classes):
    """Return features around a place for each class, with scales from 0.01 to 100 and one that is constant, and labels."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    x = random.normal(size=(count, features)) + random.normal(size=(classes, features))[labels]
    x = x * 10 ** random.uniform(-2, 2, features) + random.normal(size=features)
    x[:, 0] = 3 if features > 1 else x[:, 0]
    return x.astype(np.float32), labels


@pytest.mark.parametrize("name", classical.LEARNERS)
@settings(max_examples=5)
@given(st.integers(0, 99), st.integers(12, 40), st.integers(1, 9), st.integers(2, 4), st.booleans())
def test_the_layers_give_the_probabilities_of_scikit_learn(name, seed, count, features, classes, tuned):
    x, labels = samples(seed, count, features, classes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            classical.GRIDS, name, {key: values[:2] for key, values in classical.GRIDS[name].items()}
        )
        small = {"forest": 10, "boosting": 8}.get(name)
        if small:  # fewer trees than usual: time
            make, key = classical.LEARNERS[name].make, "n_estimators" if name == "forest" else "max_iter"
            few = classical.Learner(name, lambda given: make(given).set_params(**{key: small, **({"n_jobs": 1} if name == "forest" else {})}))  # fmt: skip
            patch.setitem(classical.LEARNERS, name, few)
        fitted = (
            fit_quietly(name, x, labels, None, seed) if tuned else classical.fit(name, x, labels, [], seed)
        )
    head = heads.head_of(fitted, x)
    new, _ = samples(seed + 1, 50, features, classes)
    everything = np.concatenate([x, new])
    expected = fitted.estimator.predict_proba(everything)
    given_ = everything
    for layer in head:
        given_ = layer(given_)
    found = as_probabilities(given_)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    again = Sequential([deserialize(json.loads(json.dumps(serialize(layer)))) for layer in head])
    again.build((None, features))
    states = [layer.state_dict() for layer in head]
    for layer, state in zip(again.layers, states, strict=True):
        layer.load_state_dict(state)
    # batches of another size are rounded otherwise
    np.testing.assert_allclose(as_probabilities(again.predict(everything, verbose=0)), found, atol=1e-6)


def test_thresholds_part_the_same_numbers():
    """Float32 numbers just below, at and above a threshold of float64 go the same way as in scikit-learn."""
    thresholds = np.random.default_rng(0).normal(size=2000)
    down = heads.rounded_down(thresholds)
    near = thresholds.astype(np.float32)
    for x in (np.nextafter(near, np.float32(-9)), near, np.nextafter(near, np.float32(9))):
        np.testing.assert_array_equal(x <= down, x.astype(np.float64) <= thresholds)


def test_boosted_trees_do_not_part_samples_at_their_own_values():
    """With more samples than bins scikit-learn's thresholds are values of samples, which a rounding elsewhere would part otherwise."""
    x, labels = samples(5, 400, 5, 3)
    fitted = classical.fit("boosting", x, labels, [], 0)
    (layer,) = heads.head_of(fitted, x)
    expected = fitted.estimator.predict_proba(x)
    for factor in (1, 1 + 2e-7, 1 - 2e-7):
        np.testing.assert_allclose(layer(x * np.float32(factor)), expected, atol=1e-5)


def test_a_known_sample_at_distance_nought_decides_alone():
    x, labels = samples(0, 30, 6, 3)
    fitted = classical.fit("neighbours", x, labels, [], 0)
    fitted.estimator["learn"].set_params(weights="distance", n_neighbors=5)
    (layer,) = heads.head_of(fitted, x)
    np.testing.assert_array_equal(layer(x).argmax(1), labels)
    np.testing.assert_array_equal(layer(x).max(1), np.ones(30))


def test_trees_are_exported_as_plain_tensor_arithmetic():
    """`torch.export` follows the layer, so that export to other forms can."""
    x, labels = samples(1, 30, 4, 3)
    (layer,) = heads.head_of(classical.fit("boosting", x, labels, [], 0), x)
    program = torch.export.export(torch.nn.Sequential(layer), (torch.from_numpy(x),))
    np.testing.assert_allclose(program.module()(torch.from_numpy(x)).numpy(), layer(x), atol=1e-6)
