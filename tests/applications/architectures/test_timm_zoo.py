"""Networks of timm as models.

The tests with `standin` put a small package of timm's three functions in its place, for what is ours of it: names, shapes,
descriptions, weights, errors. What timm itself does is tested where it is installed (extra zoo), and skipped elsewhere.
"""

import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convolens import runs
from convolens.applications import build, find_architecture
from convolens.checkpoints import tensors
from convolens.errors import ArgumentError, ExtraMissingError, ShapeError, UnknownNameError
from convolens.features import extract
from convolens.models import Model
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.serialization import serialize
from convolens.runs.output.screen import Screen
from images import folders


class Small(torch.nn.Module):
    """A network with timm's habits: batch normalisation with a counter, logits, `get_classifier`."""

    def __init__(self, num_classes: int, in_chans: int) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(in_chans, 4, 3, stride=2)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(4, num_classes)

    def get_classifier(self) -> torch.nn.Module:
        return self.fc

    def reset_classifier(self, num_classes: int) -> None:
        self.fc = torch.nn.Linear(4, num_classes) if num_classes else torch.nn.Identity()  # type: ignore[assignment]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if min(x.shape[2:]) < 5:
            raise AssertionError("Input height is too small")
        return self.fc(torch.relu(self.bn1(self.conv1(x))).mean((2, 3)))


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for timm; it is not timm."""
    package: Any = types.ModuleType("timm")
    package.list_models = lambda: ["small_net", "other_net"]
    package.get_pretrained_cfg = lambda name: types.SimpleNamespace(input_size=(3, 12, 12))
    package.create_model = lambda name, pretrained, num_classes, in_chans: Small(num_classes, in_chans)
    monkeypatch.setitem(sys.modules, "timm", package)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)  # an import of it fails
    with pytest.raises(
        ExtraMissingError, match=r"timm:resnet18: the package timm is not installed; pip install 'co"
    ):
        build("timm:resnet18", (32, 32, 3), 5)


@pytest.mark.usefixtures("standin")
def test_it_is_a_model_that_gives_probabilities() -> None:
    model = build("timm:small_net", (9, 8, 1), 5)
    assert (model.input_shape, model.output_shape) == ((None, 9, 8, 1), (None, 5))
    images = np.random.default_rng(0).random((3, 9, 8, 1), dtype=np.float32)
    outputs = model.predict(images, verbose=0)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)
    network = model.get_layer("timm").network.eval()
    expected = torch.softmax(network(torch.from_numpy(images).permute(0, 3, 1, 2)), 1)
    np.testing.assert_allclose(outputs, expected.detach().numpy(), rtol=1e-5)
    again = Model(deserialize(json.loads(json.dumps(serialize(model.module)))))
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(images, verbose=0), outputs)
    assert find_architecture("x", "timm:small_net").size == 12


@pytest.mark.usefixtures("standin")
def test_weights_have_timms_names(tmp_path: Path) -> None:
    theirs = Small(7, 3)
    tensors.write(tmp_path / "model.safetensors", theirs.state_dict())
    same = build("timm:small_net", (9, 9, 3), 7, weights=tmp_path / "model.safetensors")
    with pytest.warns(
        UserWarning, match=r"of 7 classes, here are 2: the last layer \(timm\.network\.fc\) begins fr"
    ):
        other = build("timm:small_net", (9, 9, 3), 2, weights=tmp_path / "model.safetensors")
    for model in (same, other):
        torch.testing.assert_close(model.get_layer("timm").network.conv1.weight, theirs.conv1.weight)
    torch.testing.assert_close(same.get_layer("timm").network.fc.weight, theirs.fc.weight)


@pytest.mark.usefixtures("standin")
def test_bad_input(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownNameError, match=r"timm has no network 'smal_net'\. Did you mean 'small_net'\?"
    ):
        build("timm:smal_net", (9, 9, 3), 2)
    for name in ("hf-hub:someone/small_net", "small_net.tag"):
        with pytest.raises(UnknownNameError, match="timm has no network"):
            build(f"timm:{name}", (9, 9, 3), 2)
    with pytest.raises(
        ShapeError, match=r"cannot classify images of 4 x 9 pixels and 3 channels \(Input height is"
    ):
        build("timm:small_net", (4, 9, 3), 2)
    with pytest.raises(
        UnknownNameError, match=r"weights of timm's networks are not fetched; download model\.saf"
    ):
        build("timm:small_net", (9, 9, 3), 2, weights="imagenet")
    with pytest.raises(ArgumentError, match="Keras has no layer TimmNetwork"):
        build("timm:small_net", (9, 9, 3), 2).save(tmp_path / "m.keras")


@pytest.mark.usefixtures("standin")
def test_a_run(tmp_path: Path) -> None:
    data = folders(tmp_path / "data", {"a": 12, "b": 12})
    options = runs.TrainOptions(data, model="timm:small_net", epochs=1, out=tmp_path / "run", threads=1)
    runs.train(options, Screen(quiet=True))
    answers = runs.predict(tmp_path / "run", [data / "a"])
    assert {answer.label for answer in answers} <= {"a", "b"}
    runs.resume(tmp_path / "run", runs.ResumeOptions(epochs=2), Screen(quiet=True))


@pytest.mark.usefixtures("standin")
def test_features_and_probe(tmp_path: Path) -> None:
    model = build("timm:small_net", (9, 8, 3), 5)
    x = np.random.default_rng(0).random((3, 9, 8, 3), dtype=np.float32)
    inner = model.get_layer("timm").network.eval()
    images = torch.from_numpy(x).permute(0, 3, 1, 2)
    expected = torch.relu(inner.bn1(inner.conv1(images))).mean((2, 3)).detach().numpy()
    found = extract(model, x, cache=False)
    assert found.layers == ("before timm.network.fc",)
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    assert extract(model, x, "timm.network.conv1", cache=False).values.shape == (3, 4)
    data = folders(tmp_path / "data", {"a": 12, "b": 12})
    probed = runs.probe(
        runs.ProbeOptions("timm:small_net", data, learners=("logistic",), folds=3, out=tmp_path / "p"),
        Screen(quiet=True),
    )
    scores = runs.evaluate(tmp_path / "p", data, screen=Screen(quiet=True))
    expected = probed.fitted.estimator.predict(np.asarray(probed.features.values))
    assert scores.accuracy == pytest.approx((expected == probed.features.labels).mean())
    with pytest.raises(
        ArgumentError,
        match=r"'timm\.network\.conv1' lies inside of a layer.*name one of its layers: input_layer, timm",
    ):
        runs.probe(
            runs.ProbeOptions(
                "timm:small_net",
                data,
                layer="timm.network.conv1",
                learners=("logistic",),
                folds=3,
                out=tmp_path / "q",
            ),
            Screen(quiet=True),
        )


@pytest.mark.usefixtures("standin")
def test_it_can_be_costed() -> None:
    found = runs.cost(runs.CostOptions("timm:small_net"), Screen(quiet=True))
    assert found.input_shape == (12, 12, 3)
    assert found.multiply_accumulates == 5 * 5 * 4 * 27 + 4 * 1000  # the convolution and the dense layer


def test_timm_itself() -> None:
    timm = pytest.importorskip("timm", reason="timm (extra zoo) is not installed")
    model = build("timm:resnet18", (64, 64, 3), 5)
    theirs = timm.create_model("resnet18", num_classes=5).eval()
    theirs.load_state_dict(model.get_layer("timm").network.state_dict())
    images = np.random.default_rng(0).random((2, 64, 64, 3), dtype=np.float32)
    expected = torch.softmax(theirs(torch.from_numpy(images).permute(0, 3, 1, 2)), 1).detach().numpy()
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, rtol=1e-4, atol=1e-6)


def test_fine_tuning(standin: None, tmp_path: Path) -> None:
    """The head alone before its classifier, then from a module of torch on: frozen normalisation of torch keeps its statistics."""
    torch.manual_seed(1)
    given = Small(7, 3)
    tensors.write(tmp_path / "small.safetensors", given.state_dict(), {})
    data = folders(tmp_path / "data", {"dark": 12, "light": 12})
    usual = {"weights": str(tmp_path / "small.safetensors"), "size": 12, "batch_size": 8, "threads": 1}
    for name, tuning, epochs, kept in (
        ("head", runs.FineTuning(2), 2, {"conv1", "bn1"}),
        ("bn1", runs.FineTuning(1, unfreeze_from="bn1"), 2, {"conv1"}),
        ("all", runs.FineTuning(0, unfreeze_from="timm"), 1, set()),
    ):
        out = tmp_path / name
        runs.finetune("timm:small_net", data, tuning, Screen(quiet=True), out=out, epochs=epochs, **usual)
        found = tensors.read(out / "checkpoints" / "last.safetensors")
        same = {
            n
            for n, t in given.state_dict().items()
            if n[:2] != "fc" and torch.equal(found[f"timm.network.{n}"], t)
        }
        assert {n.partition(".")[0] for n in same} == kept
        assert all(n in same for n in given.state_dict() if n.partition(".")[0] in kept), "buffers too"
    with pytest.raises(
        ArgumentError, match=r"a network of timm can be cut before its classifier only; leave 'conv1' out"
    ):
        runs.finetune(
            "timm:small_net", data, runs.FineTuning(1, frozen_until="conv1"), Screen(quiet=True), epochs=2,
            out=tmp_path / "x", **usual,
        )  # fmt: skip
