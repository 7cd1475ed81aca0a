"""Files in 16-bit floats and 8-bit integers: smaller, measured beside float32, and not there where they lose too much."""

import json
import logging
import shutil
from dataclasses import replace

import numpy as np
import onnx_ir as ir
import pytest

from convolens import deployment
from convolens.deployment import ExportOptions, OnnxModel
from convolens.deployment.reduction import Reduction, check_reduction
from convolens.errors import ArgumentError, ExportError
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.output.screen import Screen

QUIET = Screen(quiet=True)


@pytest.fixture(scope="module", params=["float16", "int8"])
def reduced(request, run, tmp_path_factory):
    options = ExportOptions(
        out=tmp_path_factory.mktemp("small") / "out", precision=request.param, allowed_loss=20
    )
    level = logging.root.level
    made = deployment.export(run, options, QUIET)
    assert logging.root.level == level
    return made


def test_it_is_smaller_and_says_what_it_lost(reduced, run):
    found = reduced.reduction
    assert reduced.file.stat().st_size == found.bytes[1] < found.bytes[0] * 0.8
    assert found.loss <= 20
    assert found.largest < 0.2
    assert reduced.parity.largest < 1e-4  # of the file in float32 that it was made from
    assert (
        json.loads((reduced.folder / "check.json").read_text())["reduction"]["precision"] == found.precision
    )
    described = OnnxModel(reduced.file).description
    assert (described.precision, described.allowed_loss) == (found.precision, 20)
    assert not list(reduced.folder.glob("reduced*"))
    again = deployment.check_export(reduced.folder, run, screen=QUIET)
    assert again.parity is None
    assert again.reduction.accuracy == found.accuracy


def test_its_accuracy_is_that_of_its_answers(reduced, run, data):
    photos = sorted((data / "dark").iterdir())
    model = OnnxModel(reduced.file)
    preprocessing = model.description.preprocessing
    pixels = np.stack([preprocessing.read(photo) for photo in photos])
    right = (model(pixels).answer == 0).mean()
    np.testing.assert_allclose(
        model(pixels).probabilities.sum(axis=1),
        1,
        atol=1e-3 if model.description.precision == "float16" else 1e-6,
    )
    truths = [("dark",)] * len(photos)
    found = check_reduction(model, model, preprocessing, photos, truths, 0)
    assert found.accuracy == (right, right)
    assert (found.other_answers, found.largest, found.loss) == (0, 0.0, 0.0)


@pytest.mark.parametrize("known", [True, False])
def test_one_that_loses_too_much_is_not_written(run, data, tmp_path, monkeypatch, known):
    def spoilt(graph, precision, samples):
        bias = next(value for value in graph.graph.initializers.values() if value.shape.numpy() == (3,))
        if precision != "float32":
            bias.const_value = ir.tensor(np.float32([100, 0, 0]), name=bias.name)
        return graph

    monkeypatch.setattr("convolens.deployment.graph.whole_graph.with_precision", spoilt)
    found = [answer.path for answer in read_predictions(run / "predictions.csv")]
    if not known:
        found = [shutil.copytree(data / "dark", tmp_path / "elsewhere")]
    options = ExportOptions(out=tmp_path / "out", photos=found, precision="int8", allowed_loss=0)
    if known:  # the class that it always says is right now and then, so accuracy need not fall
        monkeypatch.setattr(Reduction, "loss", property(lambda self: 100 * self.other_answers / self.photos))
    lost = "points of accuracy" if known else "% of the answers"
    with pytest.raises(
        ExportError,
        match=rf"int8 loses [\d.]+ {lost} on \d+ photos \(--allow-loss 0 is let through\); nothing was",
    ):
        deployment.export(run, options, QUIET)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "asked", [ExportOptions("keras"), ExportOptions("pt2"), ExportOptions("onnx", raw=True)]
)
def test_a_precision_goes_with_a_whole_graph(run, tmp_path, asked):
    options = replace(asked, out=tmp_path / "out", precision="int8")
    with pytest.raises(
        ArgumentError, match="--precision int8 goes with --format onnx or web, and without --raw"
    ):
        deployment.export(run, options, QUIET)


@pytest.mark.soak
@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_every_kind(every_kind, tmp_path, precision):
    for kind, run in every_kind.items():
        options = ExportOptions(out=tmp_path / kind, precision=precision, allowed_loss=5)
        made = deployment.export(run, options, QUIET)
        deployment.check_export(made.folder, run, screen=QUIET)
