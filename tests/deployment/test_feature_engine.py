"""Features by onnxruntime are those of torch, within rounding; what cannot be a graph is named, or left to torch by auto."""

from pathlib import Path

import numpy as np
import pytest
import torch

from convolens import applications, deployment, features
from convolens.errors import ArgumentError, ExportError, UnknownNameError
from convolens.runs.output.screen import Screen
from images import folders
from typed import call


@pytest.mark.parametrize("pool", ["avg", "max", "flatten", "none"])
@pytest.mark.parametrize("layers", [None, [0], ["conv2d_1", -2, "flatten"]])
def test_features_are_those_of_torch(pool: str, layers: list[str | int] | None) -> None:
    network = applications.build("shallow-vgg", (16, 16, 3), 4)
    photos = np.random.default_rng(0).random((5, 16, 16, 3), np.float32)
    given = {"pool": pool, "batch_size": 2, "cache": False}
    torch_s = features.extract(network, photos, layers, **given)
    onnx_s = features.extract(
        network, photos, layers, engine=deployment.feature_engine("onnxruntime"), **given
    )
    assert list(torch_s.by_layer) == list(onnx_s.by_layer)
    for name, values in torch_s.by_layer.items():
        assert onnx_s.by_layer[name].shape == values.shape
        assert np.abs(onnx_s.by_layer[name] - values).max() <= 1e-4 * np.abs(values).max()


def test_auto_says_which_is_faster(capsys: pytest.CaptureFixture[str]) -> None:
    network = applications.build("shallow-vgg", (16, 16, 3), 4)
    photos = np.ones((5, 16, 16, 3), np.float32)
    engine = deployment.feature_engine("auto", Screen())
    found = features.extract(network, photos, engine=engine, cache=False)
    assert np.allclose(found.values, features.extract(network, photos, cache=False).values, atol=1e-5)
    assert " computes: of the first batch torch " in " ".join(capsys.readouterr().out.split())


class Deciding(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) if x.sum() > 0 else -x.flatten(1)


def test_what_cannot_be_a_graph_is_named_or_left_to_torch(capsys: pytest.CaptureFixture[str]) -> None:
    network = torch.nn.Sequential(Deciding(), torch.nn.Linear(48, 2))
    photos = np.ones((3, 4, 4, 3), np.float32)
    with pytest.raises(
        ExportError, match=r"test_feature_engine\.py, line \d+: decides by the values of its tensors"
    ):
        features.extract(network, photos, engine=deployment.feature_engine("onnxruntime"), cache=False)
    found = features.extract(network, photos, engine=deployment.feature_engine("auto", Screen()), cache=False)
    assert np.array_equal(found.values, features.extract(network, photos, cache=False).values)
    assert "torch: " in capsys.readouterr().out


def test_other_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="features: engine must be one of 'onnxruntime', 'auto'"):
        deployment.feature_engine("tensorrt")


def test_several_inputs_are_left_to_torch() -> None:
    engine = deployment.feature_engine("onnxruntime")(
        features.extraction.tapped_network.TappedNetwork(
            torch.nn.Sequential(torch.nn.Linear(2, 2)), [], "none"
        )
    )
    with pytest.raises(ArgumentError, match="take --engine torch"):
        engine([torch.zeros(1, 2), torch.zeros(1, 2)])


def test_the_command(tmp_path: Path) -> None:
    data = folders(tmp_path / "photos", {"a": 4, "b": 3}, size=(80, 80))
    for name in ("torch", "onnxruntime", "auto"):
        status, _, said = call("features", data, "--out", tmp_path / f"{name}.npz", "--engine", name)
        assert status == 0, said
    ours, theirs = (
        features.read_features(tmp_path / f"{name}.npz").values for name in ("torch", "onnxruntime")
    )
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(ours).max()
    status, _, said = call("features", data, "--out", tmp_path / "x.npz", "--engine", "fast")
    assert (status, "features: engine must be one of" in said) == (2, True)
