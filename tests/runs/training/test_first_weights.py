"""`train --weights`: a run begins with learnt weights, keeps their normalisation, and goes on without them."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convolens import runs
from convolens.applications import GoogLeNet, Normalization
from convolens.applications.weights.imagenet import IMAGENET
from convolens.checkpoints.tensors import read
from convolens.cli import main
from convolens.errors import ArgumentError, CheckpointError, UnknownNameError
from convolens.runs.folder import model_file
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import resolve
from images import folders

QUIET = Screen(quiet=True)
pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of eight."""
    return folders(tmp_path_factory.mktemp("first") / "data", {"a": 8, "b": 8, "c": 8})


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The publisher's file of GoogLeNet, in the cache."""
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "cache" / "weights"
    place.mkdir(parents=True)
    torch.manual_seed(3)
    torch.save(GoogLeNet(batch_norm=True, auxiliary_heads=True).module.state_dict(), place / "new")
    digits = hashlib.sha256((place / "new").read_bytes()).hexdigest()[:8]
    path = (place / "new").rename(place / f"net-{digits}.pth")
    gone = (tmp_path / "gone").as_uri() + "/"
    monkeypatch.setitem(
        IMAGENET, "googlenet-bn", replace(IMAGENET["googlenet-bn"], file=path.name, address=gone)
    )
    return path


def asked(data: Path, out: Path, **options: Any) -> runs.TrainOptions:
    return runs.TrainOptions(data, out=out, **{"size": 32, "epochs": 1, "threads": 1, **options})


def begun(monkeypatch: pytest.MonkeyPatch, options: runs.TrainOptions) -> None:
    """Begin a run that is killed before its first step."""

    class Killed(Exception):
        pass

    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("convolens.models.Model.fit", kill)
        with pytest.raises(Killed):
            runs.train(options, QUIET)


def test_a_run_from_imagenet(
    data: Path,
    published: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = f"train {data} --model googlenet-bn --weights imagenet --size 32 --epochs 1 --threads 1"
    with pytest.raises(SystemExit) as ended:
        main([*arguments.split(), "--out", str(tmp_path / "run")])
    assert not ended.value.code
    out = capsys.readouterr().out
    assert f"weights: imagenet ({published.name})" in out
    assert "of 1000 classes, here are 3: the last layer (fc) begins fresh" in out
    assert (
        "the network's first layer takes 0.5, 0.5, 0.5 from the channels and divides by 0.5, 0.5, 0.5" in out
    )
    halves = Normalization((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    folder = RunFolder(tmp_path / "run")
    assert Normalization.of(model_file.load(folder).model) == halves
    first = read_record(folder).tables["first_weights"]
    assert first["sha256"] == hashlib.sha256(published.read_bytes()).hexdigest()
    published.unlink()  # from here on the run needs nothing but itself
    assert len(runs.predict(folder.path, [data / "a"])) == 8
    runs.resume(folder.path, runs.ResumeOptions(epochs=2), QUIET)
    assert Normalization.of(model_file.load(folder).model) == halves
    runs.train(asked(data, tmp_path / "branch", size=None, branch_from=folder.path), QUIET)
    assert Normalization.of(model_file.load(RunFolder(tmp_path / "branch")).model) == halves
    begun(monkeypatch, asked(data, tmp_path / "next", weights=str(folder.path)))
    following = read_record(RunFolder(tmp_path / "next"))
    assert following.tables["settings"]["model"] == "googlenet-bn"
    assert following.tables["settings"]["mean"] == [0.5, 0.5, 0.5]


def test_learning_begins_with_them(data: Path, published: Path, tmp_path: Path) -> None:
    """At a rate of nothing the body stays the publisher's, and the answers are those of a network made by hand."""
    runs.train(
        asked(data, tmp_path / "run", model="googlenet-bn", weights="imagenet", learning_rate=0.0), QUIET
    )
    kept, theirs = read(tmp_path / "run" / "checkpoints" / "last.safetensors"), torch.load(published)
    kernels = [name for name in kept if name.endswith("conv.weight")]
    assert len(kernels) == 57
    assert all(torch.equal(kept[name], theirs[name]) for name in kernels)
    plain = GoogLeNet(batch_norm=True, classes=3, input_shape=(32, 32, 3))
    plain.module.load_state_dict(kept)
    trained = model_file.load(RunFolder(tmp_path / "run"))
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    given = trained.model.predict(trained.preprocessing(images), verbose=0)
    np.testing.assert_allclose(given, plain.predict(images / 127.5 - 1, verbose=0), rtol=1e-3, atol=1e-6)


def test_a_run_killed_before_its_first_state(
    data: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = asked(data, tmp_path / "whole", model="googlenet-bn", weights="imagenet")
    runs.train(options, QUIET)
    begun(monkeypatch, replace(options, out=tmp_path / "killed"))
    shutil.copytree(tmp_path / "killed", tmp_path / "later")
    runs.resume(tmp_path / "killed", screen=QUIET)
    whole, killed = (
        read(tmp_path / name / "checkpoints" / "last.safetensors") for name in ("whole", "killed")
    )
    assert all(torch.equal(tensor, killed[name]) for name, tensor in whole.items())
    published.write_bytes(b"other")
    with pytest.raises(
        CheckpointError, match=r"run\.toml: the weights it began with, .*, have changed since"
    ):
        runs.resume(tmp_path / "later", screen=QUIET)
    published.unlink()
    with pytest.raises(CheckpointError, match=r"run\.toml: the weights it began with cannot be read"):
        runs.resume(tmp_path / "later", screen=QUIET)


def test_bad_input_writes_nothing(
    data: Path, published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    with pytest.raises(UnknownNameError, match=r"shallow-vgg: has no imagenet weights\. These have: "):
        runs.train(asked(data, out, model="shallow-vgg", weights="imagenet"), QUIET)
    with pytest.raises(ArgumentError, match=r"--weights and --branch-from both say what to begin with"):
        resolve(asked(data, out, weights="imagenet", branch_from=tmp_path))
    for more, said in (
        (
            ["--weights", "imagenet", "--model", "googlenet-bn", "--color-mode", "grayscale"],
            "images of 3 channels",
        ),
        (["--weights", "imagenett"], "Did you mean 'imagenet'?"),
        (["--weights", str(tmp_path / "w.safetensors")], "no such weights file"),
        (["--model", "timm:resnet18x"], "timm"),
        (["--model", "vgg17"], "Did you mean"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["train", str(data), "--size", "32", "--out", str(out), *more])
        assert ended.value.code == 2
        err = capsys.readouterr().err
        assert said in err
        assert len([line for line in err.splitlines() if line.startswith("convolens:")]) == 1
    assert not out.exists()
