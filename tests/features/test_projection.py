"""Projections: what is apart stays apart, and the same seed gives the same picture."""

import importlib.util

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from convolens.errors import ExtraMissingError, ShapeError, UnknownNameError
from convolens.features.projection import METHODS, check_method, project

HERE = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(name == "umap" and not importlib.util.find_spec("umap"), reason="extra"),
    )
    for name in METHODS
]


def clusters(apart=8.0):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 30)
    return rng.normal(size=(90, 20)) + apart * rng.normal(size=(3, 20))[labels], labels


@pytest.mark.parametrize("method", HERE)
def test_clusters_that_are_apart_stay_apart(method):
    """The silhouette (1: far apart, 0: mixed) is 0.8 and more for clusters that are apart, about 0 for none."""
    x, labels = clusters()
    points = project(x, method)
    assert points.shape == (90, 2)
    assert silhouette_score(points, labels) > 0.7
    mixed, _ = clusters(apart=0.0)
    assert abs(silhouette_score(project(mixed, method), labels)) < 0.1
    assert np.array_equal(project(x, method), points), "the same seed, the same points"


def test_principal_components_are_those_of_the_standardised_features():
    x, _ = clusters()
    z = (x - x.mean(0)) / x.std(0)
    u, s, _ = np.linalg.svd(z, full_matrices=False)
    np.testing.assert_allclose(np.abs(project(x, "pca")), np.abs(u[:, :2] * s[:2]), atol=1e-9)


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize(
    "x", [np.eye(3), np.zeros((5, 4)), np.arange(6.0)[:, None]], ids=["three", "same", "one"]
)
def test_odd_features(method, x):
    points = project(x, method)
    assert points.shape == (len(x), 2)
    assert np.isfinite(points).all()


def test_what_makes_no_sense(monkeypatch):
    with pytest.raises(UnknownNameError, match=r"unknown method 'tsn'\. Did you mean 'tsne'"):
        project(np.eye(4), "tsn")
    with pytest.raises(ShapeError, match="at least 3 samples"):
        project(np.eye(2))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ExtraMissingError, match=r"map: umap needs the package umap-learn; .*convolens\[umap\]"
    ):
        check_method("map", "umap")
