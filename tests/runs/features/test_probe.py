"""probe: the winner is a run that predict and evaluate take, and its probabilities are scikit-learn's."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from convolens import runs
from convolens.applications import build
from convolens.checkpoints import tensors
from convolens.data import Preprocessing, list_images, load_pixels
from convolens.errors import ArgumentError, DataError, MissingFileError, UnknownNameError
from convolens.features import extract
from convolens.features.learners import classical
from convolens.files.atomic import digest_of
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.tasks.probabilities import probabilities
from images import folders, truncated_jpeg

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run with random weights, which parts brightness well enough, and photos with a broken one and two that are the same."""
    place = tmp_path_factory.mktemp("probe")
    data = folders(place / "data", {"dark": 12, "light": 12, "mid": 9}, size=(10, 10))
    truncated_jpeg(data / "mid" / "broken.jpg")
    (data / "dark" / "twin.png").write_bytes((data / "dark" / "00.png").read_bytes())
    folder = RunFolder.create(place / "run")
    model = build("shallow-vgg", (8, 8, 3), 3)
    model_file.write(
        folder.model, TrainedModel(model, "shallow-vgg", ("dark", "light", "mid"), Preprocessing((8, 8)))
    )
    model_file.save_weights(model.module, folder.best)
    return place


@pytest.mark.parametrize("learner", ["logistic", "svm", "forest", "neighbours", "boosting"])
def test_the_winner_is_a_run_like_any_other(place, learner, monkeypatch):
    monkeypatch.setitem(classical.GRIDS, "forest", {"min_samples_leaf": [1]})  # time
    options = runs.ProbeOptions(
        place / "run", place / "data", layer="flatten", learners=(learner,), folds=3, out=place / learner
    )
    found = runs.probe(options, QUIET)
    assert found.results[0].mean > 0.8
    # what lies on disk, read as any run is, gives scikit-learn's probabilities
    trained = model_file.load(found.folder)
    pixels = load_pixels(list_images(place / "data"), (8, 8)).array
    expected = found.fitted.estimator.predict_proba(np.asarray(found.features.values))
    np.testing.assert_allclose(
        probabilities(trained.model, pixels, trained.preprocessing), expected, atol=1e-5
    )
    scores = runs.evaluate(found.folder.path, place / "data", screen=QUIET)
    assert scores.accuracy == pytest.approx((expected.argmax(1) == found.features.labels).mean())
    answers = runs.predict(found.folder.path, [place / "data" / "light"], screen=QUIET)
    assert len(answers) == 12
    assert np.mean([answer.label == "light" for answer in answers]) > 0.8
    for file in ("best", "last"):
        assert all(tensor.numel() for tensor in tensors.read(found.folder.weights(file)).values())
    told = json.loads(found.folder.results.read_text())
    assert told["cross_validated"] is True
    assert told["fold_accuracy"] == pytest.approx(found.results[0].mean)
    assert told["images"] == 34
    scored = list(csv.DictReader(found.folder.predictions.open()))
    assert [row["sha256"] for row in scored] == [digest_of(Path(row["path"])) for row in scored]
    assert len(scored) == 34
    assert "cross-validated accuracy" in found.folder.report.read_text()
    record = tomllib.loads(found.folder.settings.read_text())
    assert (record["kind"], record["probe"]["learner"]) == ("probe", learner)
    assert "broken.jpg" in found.folder.skipped.read_text()


def test_a_probed_run_can_be_probed_again(place):
    first = runs.probe(
        runs.ProbeOptions(
            str(place / "run"), place / "data", learners=("logistic",), folds=2, out=place / "a"
        ),
        QUIET,
    )
    second = runs.probe(
        runs.ProbeOptions(
            str(first.folder.path), place / "data", learners=("svm",), folds=2, out=place / "b"
        ),
        QUIET,
    )
    assert second.features.layers == first.features.layers
    np.testing.assert_allclose(second.features.values, first.features.values, atol=1e-6)
    assert runs.evaluate(second.folder.path, place / "data", screen=QUIET).accuracy > 0.7


def test_two_classes_end_in_a_sigmoid_and_any_layer_will_do(place, tmp_path):
    data = folders(tmp_path / "data", {"dark": 9, "light": 9}, size=(10, 10))
    for layer, pool in (("conv2d_1", "max"), ("max_pooling2d", "flatten")):
        found = runs.probe(
            runs.ProbeOptions(
                str(place / "run"),
                data,
                layer=layer,
                pool=pool,
                learners=("logistic",),
                folds=3,
                out=tmp_path / layer,
            ),
            QUIET,
        )
        assert found.model.output_shape == (None, 1)
        assert runs.evaluate(found.folder.path, data, screen=QUIET).accuracy > 0.9
        np.testing.assert_array_equal(
            found.features.values,
            extract(runs.load(RunFolder.open(place / "run")).model, data, layer, pool=pool).values,
        )


def test_an_application_by_name(tmp_path):
    data = folders(tmp_path / "data", {"dark": 6, "light": 6}, size=(10, 10))
    options = runs.ProbeOptions(
        "shallow-vgg", data, learners=("logistic",), folds=2, out=tmp_path / "p", size=16
    )
    found = runs.probe(options, QUIET)
    assert runs.load(found.folder).name == "shallow-vgg + logistic"
    assert runs.evaluate(found.folder.path, data, screen=QUIET).accuracy > 0.7


def test_bad_input_writes_nothing(place, tmp_path):
    def asked(**changes):
        given = {"subject": str(place / "run"), "data": place / "data", "out": tmp_path / "out", "folds": 3}
        runs.probe(runs.ProbeOptions(**given | changes), QUIET)

    with pytest.raises(
        DataError, match=r"class 'mid' has 10 photos, fewer than the 11 folds; give --folds 10"
    ):
        asked(folds=11)
    with pytest.raises(
        DataError, match="class 'mid' has 9 photos, fewer than the 10 folds"
    ):  # one cannot be read
        asked(folds=10)
    alone = folders(tmp_path / "alone", {"a": 5, "b": 1})
    with pytest.raises(DataError, match="class 'b' has 1 readable photo; cross-validation needs at least 2"):
        asked(data=alone)
    with pytest.raises(UnknownNameError, match=r"no layer is named 'dens'\. Did you mean 'dense'\?"):
        asked(layer="dens")
    with pytest.raises(UnknownNameError, match="unknown learner 'tree'"):
        asked(learners=("tree",))
    with pytest.raises(ArgumentError, match="--pool must be one of avg, max, flatten; received 'none'"):
        asked(pool="none")
    with pytest.raises(ArgumentError, match="--weights and --size are for an architecture"):
        asked(weights="imagenet")
    with pytest.raises(
        MissingFileError,
        match=r"'resnet81' is no run folder and no architecture\. Did you mean",
    ):
        asked(subject="resnet81")
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        asked(out=place / "data" / "p")
    assert not (tmp_path / "out").exists()


def test_a_probe_has_no_training_to_go_on_with(place):
    runs.probe(
        runs.ProbeOptions(
            str(place / "run"), place / "data", learners=("logistic",), folds=2, out=place / "c"
        ),
        QUIET,
    )
    with pytest.raises(
        ArgumentError, match="was made by `convolens probe`; it has no training to go on with"
    ):
        runs.resume(place / "c", screen=QUIET)
