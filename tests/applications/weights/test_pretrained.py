"""First weights: found, checked, downloaded, refused in one line; the networks compute what their files say."""

import hashlib
import http.server
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convolens.applications import (
    APPLICATIONS,
    VGG11,
    GoogLeNet,
    Normalization,
    ShallowVGGNet,
    build,
    find_weights,
    preprocessing,
)
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.pretrained import weights_folder
from convolens.checkpoints import tensors
from convolens.checkpoints.foreign.torch_import import read_torch
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    CheckpointError,
    DataError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
)
from convolens.models import Model

# SHA-256 of the sorted lines "name shape" of torchvision 0.29.1's state_dicts, without num_batches_tracked:
# "\n".join(sorted(f"{name} {tuple(tensor.shape)}" ...)).
TORCHVISION = {
    "googlenet": "732f27ed6f1a18eda1c22e0f67b2dc6832fdcd8352f9483439a99814da87c64b",  # aux_logits=True
    "vgg11_bn": "eb52f2d89ad478d4d436ccaa4d84daf6b1c0e8ac58ea6ade40a3182e8a601775",
}
SMALL = (32, 32, 3)
Publish = Callable[..., Path]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache of ours and one of torch's, and a publisher who cannot be reached."""
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as closed:
        address = f"http://127.0.0.1:{closed.server_address[1]}/"
    for name, entry in IMAGENET.items():
        monkeypatch.setitem(IMAGENET, name, replace(entry, address=address))


def torchvision_like(seed: int = 0) -> dict[str, torch.Tensor]:
    """What torchvision's file of GoogLeNet holds: its names and shapes, with drawn values."""
    state = GoogLeNet(batch_norm=True, auxiliary_heads=True).module.state_dict()
    generator = torch.Generator().manual_seed(seed)
    # of a size that lets the images be seen in the outputs
    drawn = {
        name: torch.randn(t.shape, generator=generator) * (2 / max(t[0].numel(), 2)) ** 0.5
        for name, t in state.items()
    }
    drawn |= {name: t.abs() + 0.5 for name, t in drawn.items() if name.endswith("running_var")}
    counters = {name.replace("running_var", "num_batches_tracked") for name in state if "running_var" in name}
    return drawn | {name: torch.tensor(7) for name in counters}


@pytest.fixture(scope="module")
def googlenet(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """Shared by the tests, which do not change it."""
    return torchvision_like()


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Write a file of weights as a publisher does, with its first digits in the name, and put it into the table."""

    def write(state: Any, folder: Path, name: str = "googlenet-bn", zipped: bool = True) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(state, folder / "new", _use_new_zipfile_serialization=zipped)
        digits = hashlib.sha256((folder / "new").read_bytes()).hexdigest()[:8]
        path = (folder / "new").rename(folder / f"net-{digits}.pth")
        entry = replace(IMAGENET[name], file=path.name, address=folder.as_uri() + "/")
        monkeypatch.setitem(IMAGENET, name, entry)
        return path

    return write


def same(model: Model, given: dict[str, torch.Tensor]) -> None:
    """Every tensor of a model is the file's."""
    for name, tensor in model.module.state_dict().items():
        assert torch.equal(tensor, given[name]), name


def one_line(caught: Any) -> str:
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("theirs", "make"),
    [
        ("googlenet", lambda: GoogLeNet(batch_norm=True, auxiliary_heads=True)),
        ("vgg11_bn", lambda: VGG11(batch_norm=True)),
    ],
)
def test_names_and_shapes_are_torchvisions(theirs: str, make: Callable[[], Model]) -> None:
    with torch.device("meta"):
        state = make().module.state_dict()
    lines = "\n".join(sorted(f"{name} {tuple(tensor.shape)}" for name, tensor in state.items()))
    assert hashlib.sha256(lines.encode()).hexdigest() == TORCHVISION[theirs]


def test_the_table() -> None:
    for name, entry in IMAGENET.items():
        assert entry.name == name
        assert re.fullmatch(r"[\w.-]+-[0-9a-f]{8}\.pth", entry.file)
        assert entry.file.endswith(f"-{entry.remote.sha256}.pth")
        assert entry.remote.url.endswith("/" + entry.file)
        assert 50 < entry.accuracy < 90
        if name in APPLICATIONS:
            assert APPLICATIONS[name].size == entry.size
    assert len({entry.file for entry in IMAGENET.values()}) == len(IMAGENET)
    assert preprocessing("vgg16").normalization == Normalization((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("heads", [True, False])
def test_imagenet_is_downloaded_once(
    googlenet: Any, publish: Publish, tmp_path: Path, zipped: bool, heads: bool
) -> None:
    origin = publish(googlenet, tmp_path / "publisher", zipped=zipped)
    same(GoogLeNet(weights="imagenet", batch_norm=True, auxiliary_heads=heads), googlenet)
    kept = weights_folder() / origin.name
    assert kept.read_bytes() == origin.read_bytes()
    assert [path.name for path in weights_folder().iterdir()] == [origin.name]
    origin.unlink()
    same(build("googlenet-bn", SMALL, 1000, weights="imagenet"), googlenet)


def test_torchs_own_cache_is_looked_into(googlenet: Any, publish: Publish, tmp_path: Path) -> None:
    path = publish(googlenet, tmp_path / "torch" / "hub" / "checkpoints")
    found = find_weights("googlenet-bn", "imagenet")
    assert found is not None
    assert found.path == path
    assert not weights_folder().exists()


def test_what_the_network_computes(googlenet: Any, publish: Publish, tmp_path: Path) -> None:
    """With the weights comes what their images looked like: a plain network computes the same from such images."""
    publish(googlenet, tmp_path / "publisher")
    images = np.random.default_rng(0).random((2, *SMALL), dtype=np.float32)
    model = GoogLeNet(weights="imagenet", batch_norm=True, input_shape=SMALL)
    plain = GoogLeNet(batch_norm=True, input_shape=SMALL)
    plain.module.load_state_dict({name: googlenet[name] for name in plain.module.state_dict()})
    expected = plain.predict((images - 0.5) / 0.5, verbose=0)  # torchvision's transform_input
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, rtol=1e-4, atol=1e-6)
    assert np.abs(expected - plain.predict(images, verbose=0)).max() > 1e-2  # so the normalisation matters
    assert np.abs(expected[0] - expected[1]).max() > 1e-3  # and so do the images
    assert Normalization.of(model) == Normalization((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert Normalization.of(plain) is None


def test_the_usual_normalisation_is_torchvisions() -> None:
    normalization = preprocessing("vgg16").normalization
    images = np.random.default_rng(1).random((2, 5, 4, 3), dtype=np.float32)
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    np.testing.assert_allclose(normalization.layer()(images), (images - mean) / std, rtol=1e-5, atol=1e-6)
    assert "0.485, 0.456, 0.406" in normalization.describe()


def test_another_number_of_classes_leaves_the_last_layer_fresh(
    googlenet: Any, publish: Publish, tmp_path: Path
) -> None:
    publish(googlenet, tmp_path / "publisher")
    with pytest.warns(
        UserWarning, match=r"of 1000 classes, here are 5: the last layer \(fc\) begins fresh\.$"
    ):
        model = build("googlenet-bn", SMALL, 5, weights="imagenet")
    assert model.output_shape == (None, 5)
    body = {name: t for name, t in model.module.state_dict().items() if not name.startswith("fc.")}
    assert body
    assert all(torch.equal(tensor, googlenet[name]) for name, tensor in body.items())
    for size, shape in ((224, (1024, 2048)), (32, (1024, 128))):
        with pytest.warns(UserWarning, match="begin") as told:
            model = GoogLeNet(
                weights="imagenet",
                batch_norm=True,
                auxiliary_heads=True,
                classes=5,
                input_shape=(size, size, 3),
            )
        state = model.module.state_dict()
        assert state["aux1.fc2.weight"].shape == (5, 1024)
        assert state["aux1.fc1.weight"].shape == shape
        assert torch.equal(state["aux1.conv.conv.weight"], googlenet["aux1.conv.conv.weight"])
        said = " ".join(str(warning.message) for warning in told)
        assert ("nothing that fits aux1.fc1, aux2.fc1: these auxiliary layers begin fresh." in said) == (
            size == 32
        )
        assert not torch.equal(state["fc.weight"], googlenet["fc.weight"][:5])


def test_without_its_top(googlenet: Any, publish: Publish, tmp_path: Path) -> None:
    publish(googlenet, tmp_path / "publisher")
    same(GoogLeNet(False, "imagenet", SMALL, pooling="avg", batch_norm=True), googlenet)
    googlenet = {**googlenet, "conv1.conv.extra": torch.ones(1)}
    tensors.write(tmp_path / "w.safetensors", googlenet)
    with pytest.raises(CheckpointError, match=r"0 missing, 1 unexpected \(conv1\.conv\.extra\)"):
        GoogLeNet(False, tmp_path / "w.safetensors", SMALL, batch_norm=True)


def test_a_file_without_auxiliary_classifiers(googlenet: Any, tmp_path: Path) -> None:
    tensors.write(
        tmp_path / "w.safetensors", {name: t for name, t in googlenet.items() if not name.startswith("aux")}
    )
    with pytest.warns(UserWarning, match=r"w\.safetensors: has nothing that fits aux1\.conv\.bn, aux1"):
        model = GoogLeNet(
            weights=tmp_path / "w.safetensors", batch_norm=True, auxiliary_heads=True, input_shape=SMALL
        )
    assert torch.equal(model.module.state_dict()["fc.weight"], googlenet["fc.weight"])


@pytest.mark.parametrize("cut", [-5, 100_000])
def test_a_truncated_file_in_the_cache(googlenet: Any, publish: Publish, tmp_path: Path, cut: int) -> None:
    path = publish(googlenet, weights_folder())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError) as caught:
        build("googlenet-bn", SMALL, 5, weights="imagenet")
    text = one_line(caught)
    assert text.startswith(f"{path}: is damaged or another file: its SHA-256 is ")
    assert f"expected {path.stem[-8:]}...; remove it, and it is downloaded anew." in text


def test_a_download_of_another_digest_is_not_kept(publish: Publish, tmp_path: Path) -> None:
    path = publish({"a": torch.ones(3)}, tmp_path / "publisher")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(
        DataError, match=rf"what was downloaded has SHA-256 \w+, expected {path.stem[-8:]}\.\.\."
    ):
        find_weights("googlenet-bn", "imagenet")
    assert list(weights_folder().iterdir()) == []


def test_no_network_says_what_to_do() -> None:
    entry = IMAGENET["vgg16"]
    with pytest.raises(MissingFileError) as caught:
        build("vgg16", SMALL, 5, weights="imagenet")
    text = one_line(caught)
    assert text.startswith("vgg16-397923af.pth is not here, and the download failed (")
    assert entry.remote.url in text
    assert "SHA-256 397923af..." in text
    assert text.endswith(f"put it at {weights_folder() / 'vgg16-397923af.pth'}.")


def test_the_publishers_file_holds_no_program(publish: Publish, tmp_path: Path) -> None:
    publish({"fc.weight": Path("x")}, weights_folder())
    with pytest.raises(CheckpointError, match="not a whole file of tensors"):
        build("googlenet-bn", SMALL, 5, weights="imagenet")


def test_names_without_imagenet_weights() -> None:
    for call in (
        lambda: build("shallow-vgg", SMALL, 5, weights="imagenet"),
        lambda: build("googlenet", SMALL, 5, weights="imagenet"),
        lambda: GoogLeNet(weights="imagenet"),
    ):
        with pytest.raises(UnknownNameError) as caught:
            call()
        assert "has no imagenet weights." in one_line(caught)
        assert "These have: " in str(caught.value)
        assert "vgg16-bn, vgg19" in str(caught.value)
    with pytest.raises(UnknownNameError, match=r"googlenet: .* Did you mean 'googlenet-bn'\?"):
        preprocessing("googlenet")


def test_other_words_and_types(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownNameError, match=r"VGG11: weights must be 'imagenet', a file .*'imagenett'\. Did you"
    ):
        VGG11(weights="imagenett", input_shape=SMALL)
    with pytest.raises(
        ArgumentTypeError, match=r"VGG11: weights must be None, 'imagenet', .* received a int\."
    ):
        VGG11(weights=3, input_shape=SMALL)
    with pytest.raises(MissingFileError, match=r"gone\.safetensors: no such weights file"):
        VGG11(weights=tmp_path / "gone.safetensors", input_shape=SMALL)
    torch.save({}, tmp_path / "w.pth")
    with pytest.raises(ArgumentError, match=r"convolens import-weights w\.pth --out w\.safetensors"):
        VGG11(weights=tmp_path / "w.pth", input_shape=SMALL)
    with pytest.raises(MissingFileError, match=r"model\.json: no such file; is this a run folder\?"):
        VGG11(weights=tmp_path, input_shape=SMALL)


def test_a_file_of_another_architecture_changes_nothing(googlenet: Any, tmp_path: Path) -> None:
    tensors.write(tmp_path / "w.safetensors", googlenet)
    with pytest.raises(CheckpointError) as caught:
        ShallowVGGNet(weights=tmp_path / "w.safetensors")
    text = one_line(caught)
    state = ShallowVGGNet().module.state_dict()
    unexpected = [n for n in googlenet if not n.startswith("aux") and not n.endswith("num_batches_tracked")]
    assert f"{len(state)} missing (conv2d.bias, conv2d.weight, conv2d_1.bias, ...)" in text
    assert f"{len(unexpected)} unexpected (conv1.bn.bias, " in text
    assert text.endswith("0 of another shape. The network is shallow_vgg.")


def test_other_channels_and_sizes(googlenet: Any, publish: Publish, tmp_path: Path) -> None:
    publish(googlenet, tmp_path / "publisher")
    with pytest.raises(
        ShapeError, match=r"GoogLeNet: the weights \(imagenet .*\) take images of 3 channels, and inp"
    ):
        build("googlenet-bn", (32, 32, 1), 5, weights="imagenet")
    ShallowVGGNet().save_weights(tmp_path / "w.safetensors")
    for classes in (10, 7):
        with pytest.raises(
            ShapeError, match=r"images of 3 channels \(conv2d\.weight is .*\), the network takes 1"
        ):
            ShallowVGGNet((32, 32, 1), classes, weights=tmp_path / "w.safetensors")
        with pytest.raises(
            ShapeError,
            match=r"the dense layer dense took 4,096 values and gets 1,024 here; take .*include_top",
        ):
            ShallowVGGNet((16, 16, 3), classes, weights=tmp_path / "w.safetensors")


@pytest.mark.parametrize("form", ["w.safetensors", "w.h5", "w.weights.h5", "w.keras"])
def test_files_of_every_form(form: str, tmp_path: Path) -> None:
    model = ShallowVGGNet()
    (model.save if form == "w.keras" else model.save_weights)(tmp_path / form)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = ShallowVGGNet(weights=str(tmp_path / form))
    same(again, model.module.state_dict())


def test_old_and_new_torch_files_are_read_alike(googlenet: Any, tmp_path: Path) -> None:
    for zipped in (True, False):
        torch.save(googlenet, tmp_path / "w.pth", _use_new_zipfile_serialization=zipped)
        found = read_torch(tmp_path / "w.pth")
        assert found.keys() == googlenet.keys()
        assert all(torch.equal(tensor, googlenet[name]) for name, tensor in found.items())
