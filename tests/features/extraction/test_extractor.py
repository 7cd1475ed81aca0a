"""FeatureExtractor keeps scikit-learn's rules, and fits in a Pipeline and a GridSearchCV."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from convolens import layers as kl
from convolens.errors import ArgumentError
from convolens.features import FeatureExtractor, extract
from convolens.models import Sequential

# No check is expected to fail; that everything becomes float32 is told by the tag `preserves_dtype`.
EXPECTED: dict[str, str] = {}


@parametrize_with_checks(
    [FeatureExtractor(torch.nn.Identity(), pool="flatten", cache=False)],
    expected_failed_checks=lambda estimator: EXPECTED,
)
def test_the_rules_of_scikit_learn(estimator, check):
    """Identity takes rows of any width, so that every check can hand over its own."""
    check(estimator)


def network():
    return Sequential([
        kl.Conv2D(6, 3, activation="relu", input_shape=(6, 6, 3), name="conv"),
        kl.Conv2D(5, 3, activation="relu", name="second"),
        kl.Flatten(),
        kl.Dense(2, name="classes"),
    ])  # fmt: skip


def test_in_a_pipeline_and_a_search():
    """Brightness parts the classes; the search may choose the layer."""
    random = np.random.default_rng(0)
    labels = np.arange(60) % 2
    images = (random.normal(size=(60, 6, 6, 3)) + labels[:, None, None, None]).astype(np.float32)
    pipeline = Pipeline([("features", FeatureExtractor(network())), ("classifier", LogisticRegression())])
    search = GridSearchCV(
        pipeline, {"features__layer": ["conv", "second"], "classifier__C": [0.1, 10.0]}, cv=3
    )
    search.fit(images, labels)
    assert search.best_score_ > 0.9
    assert search.predict(images).shape == (60,)


def test_the_columns_are_those_of_extract_and_clones_share_the_network():
    model = network()
    x = np.random.default_rng(0).normal(size=(7, 6, 6, 3)).astype(np.float32)
    extractor = FeatureExtractor(model, ["conv", "second"], pool="max", cache=False)
    rows = extractor.fit_transform(x)
    found = extract(model, x, ["conv", "second"], pool="max", cache=False).values
    np.testing.assert_array_equal(rows, np.concatenate([found["conv"], found["second"]], axis=1))
    assert (extractor.n_features_in_, extractor.n_features_out_) == (108, 11)
    assert len(extractor.get_feature_names_out()) == 11
    assert clone(extractor).model is model


def test_bad_input():
    x = np.zeros((2, 6, 6, 3), np.float32)
    with pytest.raises(ArgumentError, match="model is missing"):
        FeatureExtractor().fit(x)
    with pytest.raises(ArgumentError, match="pool must be one of"):
        FeatureExtractor(network(), pool="none").fit(x)
    with pytest.raises(ArgumentError, match="was fitted to samples of 108 numbers; received images of shape"):
        FeatureExtractor(network(), cache=False).fit(x).transform(np.zeros((2, 7, 6, 3), np.float32))
