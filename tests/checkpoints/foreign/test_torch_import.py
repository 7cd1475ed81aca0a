"""Torch's files become safetensors; programs in them are refused, and no other call opens them."""

import collections
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from convolens import layers
from convolens.checkpoints import import_weights
from convolens.cli import main
from convolens.errors import ArgumentError, CheckpointError, ConvolensError, MissingFileError, WriteError
from convolens.models import Model, Sequential, load_model


def vgg_like() -> torch.nn.Module:
    """Return a module whose names are those of torchvision's VGG: features.0.weight ..."""
    module = torch.nn.Module()
    module.features = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.MaxPool2d(2)
    )
    module.classifier = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4 * 4 * 4, 5))
    module.forward = lambda x: module.classifier(module.features(x))
    return module


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("under", [None, "state_dict", "model"])
def test_a_state_dict_travels(legacy: bool, under: str | None, tmp_path: Path) -> None:
    source = vgg_like()
    content: Any = source.state_dict()
    if under:
        content = {"epoch": 3, under: content, "optimizer": {"lr": 0.1}}
    torch.save(content, tmp_path / "w.pth", _use_new_zipfile_serialization=not legacy)
    shapes = import_weights(tmp_path / "w.pth", tmp_path / "w.safetensors")
    assert shapes == {name: tuple(tensor.shape) for name, tensor in source.state_dict().items()}
    model = Model(vgg_like())
    model.load_weights(tmp_path / "w.safetensors")
    for name, tensor in source.state_dict().items():
        torch.testing.assert_close(model.module.state_dict()[name], tensor, rtol=0, atol=0)


def test_mismatches_are_named_with_both_shapes(tmp_path: Path) -> None:
    source = vgg_like()
    source.classifier[1] = torch.nn.Linear(64, 7)
    torch.save(source.state_dict(), tmp_path / "w.pt")
    import_weights(tmp_path / "w.pt", tmp_path / "w.safetensors")
    model = Model(vgg_like())
    before = {name: tensor.clone() for name, tensor in model.module.state_dict().items()}
    with pytest.raises(
        CheckpointError,
        match=r"0 missing, 0 unexpected, 2 of another shape \(classifier.1.bias \(7,\) instead of \(5,\), "
        r"classifier.1.weight \(7, 64\) instead of \(5, 64\)\)",
    ):
        model.load_weights(tmp_path / "w.safetensors")
    tensors = dict(source.state_dict(), **{"features.0.weights": source.features[0].weight.detach().clone()})
    del tensors["features.0.weight"]
    safetensors.torch.save_file(tensors, tmp_path / "v.safetensors")
    with pytest.raises(
        CheckpointError, match=r"1 missing \(features.0.weight\), 1 unexpected \(features.0.weights\)"
    ):
        model.load_weights(tmp_path / "v.safetensors")
    for name, tensor in before.items():
        torch.testing.assert_close(model.module.state_dict()[name], tensor, rtol=0, atol=0)
    odd = {name: tensor.to(torch.complex64) for name, tensor in before.items()}
    safetensors.torch.save_file(odd, tmp_path / "odd.safetensors")
    with pytest.raises(
        CheckpointError, match=r"holds values of type torch.complex64; expected torch.float32"
    ):
        model.load_weights(tmp_path / "odd.safetensors")


class Program:
    """What a hostile pickle holds: a call, made when it is opened."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> Any:
        return (Path.touch, (self.place,))


def stretched() -> torch.Tensor:
    """Return a tensor of 2**40 numbers in the memory of one."""
    return torch.as_strided(torch.zeros(1), (2**20, 2**20), (0, 0))


def of_another_kind(path: Path) -> dict[str, tuple[str, Any]]:
    return {
        "a program": ("not a whole file of tensors", {"weight": Program(path)}),
        "a module": ("not a whole file of tensors", torch.nn.Linear(2, 2)),
        "a list": ("holds a list; expected a state_dict", [torch.zeros(2)]),
        "nothing": ("expected a state_dict", {}),
        "numbers": ("lr is a float, not a tensor", {"lr": 0.5}),
        "odd names": ("3 is a Tensor, not a tensor; expected|3 is a Tensor", {3: torch.zeros(1)}),
        "sparse": ("weight is sparse, quantized or empty", {"weight": torch.eye(3).to_sparse()}),
        "no memory": ("weight is sparse, quantized or empty", {"weight": torch.zeros(3, device="meta")}),
        "stretched": (
            "is not of honest size: its tensors say that they hold 4398046511104 bytes",
            {"w": stretched()},
        ),
    }


@pytest.mark.parametrize("kind", sorted(of_another_kind(Path("x"))))
def test_what_is_no_state_dict_is_refused(kind: str, tmp_path: Path) -> None:
    words, content = of_another_kind(tmp_path / "ran")[kind]
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(CheckpointError, match=words) as error:
        import_weights(tmp_path / "w.pth", tmp_path / "w.safetensors")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "w.safetensors").exists()


def test_pickles_of_other_programs_are_refused(tmp_path: Path) -> None:
    for content in (
        pickle.dumps(Program(tmp_path / "ran")),
        pickle.dumps([1]),
        b"",
        b"text",
        b"\x80\x04" * 50,
    ):
        (tmp_path / "w.pkl").write_bytes(content)
        with pytest.raises(CheckpointError, match=r"not a whole file of tensors|expected a state_dict"):
            import_weights(tmp_path / "w.pkl", tmp_path / "w.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["w.pkl"]


def test_cut_changed_and_overfull_files(tmp_path: Path) -> None:
    torch.save(vgg_like().state_dict(), tmp_path / "w.pth")
    content = (tmp_path / "w.pth").read_bytes()
    for length in range(0, len(content), 211):
        (tmp_path / "cut.pth").write_bytes(content[:length])
        with pytest.raises(CheckpointError, match="not a whole file of tensors"):
            import_weights(tmp_path / "cut.pth", tmp_path / "cut.safetensors")
    for place in range(0, len(content), 97):
        (tmp_path / "changed.pth").write_bytes(content[:place] + b"\xff\xff" + content[place + 2 :])
        with suppress(ConvolensError):
            import_weights(tmp_path / "changed.pth", tmp_path / f"{place}.safetensors")
    with zipfile.ZipFile(tmp_path / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 10**7)
    with pytest.raises(
        CheckpointError, match="is not of honest size: its parts say that they hold 10000000 bytes"
    ):
        import_weights(tmp_path / "bomb.pth", tmp_path / "bomb.safetensors")


def test_before_anything_is_read(tmp_path: Path) -> None:
    torch.save(collections.OrderedDict(weight=torch.zeros(1)), tmp_path / "w.pth")
    (tmp_path / "there.safetensors").write_bytes(b"kept")
    for kind, words, source, target in (
        (ArgumentError, r"must end in .safetensors; received 'w.h5'", "w.pth", "w.h5"),
        (MissingFileError, r"v\.pth: no such weights file", "v.pth", "w.safetensors"),
        (WriteError, "there.safetensors exists already", "w.pth", "there.safetensors"),
    ):
        with pytest.raises(kind, match=words):
            import_weights(tmp_path / source, tmp_path / target)
    assert (tmp_path / "there.safetensors").read_bytes() == b"kept"


@pytest.mark.parametrize("ending", [".pt", ".pth", ".pkl", ".PTH"])
def test_every_other_place_names_the_command(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{ending}"
    torch.save(vgg_like().state_dict(), path)
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    for call in (model.load_weights, load_model):
        with pytest.raises(
            ArgumentError, match=rf"convolens import-weights w{ending} --out w\.safetensors"
        ) as error:
            call(path)
        assert "a pickle can run any program, so it is not opened" in str(error.value)
        assert "\n" not in str(error.value)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(vgg_like().state_dict(), tmp_path / "w.pth")
    arguments = ["import-weights", str(tmp_path / "w.pth"), "--out", str(tmp_path / "w.safetensors")]
    for status, words in ((0, "9 tensors in"), (2, "exists already; give another name.")):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        assert (ended.value.code or 0) == status
        assert words in " ".join((said.out + said.err).split())
