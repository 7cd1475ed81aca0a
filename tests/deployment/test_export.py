"""An exported file says what its run says, of every kind of run; and is not there where it does not."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest
from PIL import Image

from convolens import deployment, runs
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment import ExportOptions, OnnxModel
from convolens.deployment.golden import write_sample
from convolens.deployment.parity import TOLERANCE
from convolens.errors import (
    ArgumentError,
    CheckpointError,
    DataError,
    ExportError,
    ExtraMissingError,
    MissingFileError,
    ShapeError,
)
from convolens.layers import Dense, Flatten, Input
from convolens.models import Sequential
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.output.screen import Screen
from images import patterned, truncated_jpeg
from typed import call
from typed import run as typed_run

QUIET = Screen(quiet=True)
KINDS = (
    "calibrated", "several labels", "two classes", "one sigmoid", "cropped", "padded", "grey", "learnt", "folds", "finetuned",
    "forest", "neighbours", "timm",
)  # fmt: skip


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    return deployment.export(run, ExportOptions(out=tmp_path_factory.mktemp("out") / "onnx"), QUIET)


def test_every_kind_is_here(every_kind):
    assert {*every_kind, "timm"} == set(KINDS)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.soak] * (kind == "learnt")) for kind in KINDS]
)
def test_a_file_answers_as_its_run_does(every_kind, kind, tmp_path):
    if kind not in every_kind:
        pytest.skip("timm (extra zoo) is not installed")
    photos = patterned(tmp_path / "others", 4)
    Image.fromarray(np.zeros((301, 77, 3), np.uint8)).save(photos / "tall.png")
    truncated_jpeg(photos / "cut.jpg")
    made = deployment.export(every_kind[kind], ExportOptions(out=tmp_path / "out"), QUIET)
    assert made.parity.largest < TOLERANCE
    theirs = runs.predict(every_kind[kind], [photos], top=2)
    ours = deployment.predict(made.file, [photos], top=2)
    for a, b in zip(theirs, ours, strict=True):
        assert (a.path, a.label, a.labels, a.unknown, a.error) == (
            b.path,
            b.label,
            b.labels,
            b.unknown,
            b.error,
        )
        assert [name for name, _ in a.answers] == [name for name, _ in b.answers]
        np.testing.assert_allclose([p for _, p in a.answers], [p for _, p in b.answers], atol=TOLERANCE)
    deployment.check_export(made.folder, every_kind[kind], screen=QUIET)
    described = OnnxModel(made.file).description
    assert described.begun_with.startswith("imagenet") == (kind == "learnt")
    assert described.licence.startswith("Apache-2.0") == (kind == "learnt")


def test_what_is_written(exported, run):
    assert sorted(path.name for path in exported.folder.iterdir()) == [
        "Answer.cs", "Answer.csproj", "answer.cpp", "answer.mjs", "answer.py", "check.json", "labels.txt", "model.onnx", "sample",
    ]  # fmt: skip
    assert (exported.folder / "labels.txt").read_text().split() == ["dark", "light", "middling"]
    assert json.loads((exported.folder / "check.json").read_text()) == {
        "sha256": hashlib.sha256(exported.file.read_bytes()).hexdigest(),
        "parity": exported.parity.as_dict(),
    }
    described = OnnxModel(exported.file).description
    assert (described.run, described.class_names) == (run.name, ("dark", "light", "middling"))
    assert described.error_rate == 0.2
    assert described.made_with["onnxruntime"]
    metadata = ir.load(exported.file).metadata_props
    assert metadata["input"].startswith("photos: uint8 (n, rows, columns, RGB) of any size")
    assert str(run.parent) not in exported.file.read_bytes().decode("latin-1")  # no path of this machine


def test_the_caller_needs_no_convolens(exported, tmp_path):
    folder = shutil.copytree(exported.folder, tmp_path / "given away")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def caller(*arguments):
        return subprocess.run(
            [sys.executable, "-P", folder / "answer.py", *arguments], env=environment, capture_output=True, text=True, check=False
        )  # fmt: skip

    assert "convolens" not in (folder / "answer.py").read_text()
    assert caller().stdout == "The model answers as it did when it was exported.\n"
    said = caller(folder / "sample" / "1.png").stdout
    assert said.startswith(f"{folder / 'sample' / '1.png'}: ")
    clear, white, deep = tmp_path / "clear.png", tmp_path / "white.png", tmp_path / "deep.png"
    Image.new("RGBA", (20, 30), (0, 0, 0, 0)).save(clear)
    Image.new("RGB", (20, 30), "white").save(white)
    Image.fromarray(np.full((20, 30), 40_000, np.uint16)).save(deep)
    on_clear, on_white = caller(clear, white).stdout.splitlines()
    assert on_clear.partition(": ")[2] == on_white.partition(": ")[2]  # on white, as the run reads it
    refused = caller(deep, tmp_path / "none.png", white)  # those behind it are answered
    assert refused.returncode == 1
    first, second = refused.stderr.splitlines()
    assert first.startswith(f"{deep}: has more than 8 bits a channel")
    assert second.startswith(f"{tmp_path / 'none.png'}: cannot be read")
    assert refused.stdout == f"{on_white}\n"
    path = folder / "sample" / "expected.json"
    path.write_text(path.read_text().replace('"answer": ', '"answer": 1'))
    failed = caller()
    assert failed.returncode == 1
    assert "another answer" in failed.stderr


def test_a_file_that_answers_otherwise_is_not_written(run, tmp_path, monkeypatch):
    module = sys.modules["convolens.deployment.export"]
    whole = module.write_onnx

    def spoilt(file, *given):
        whole(file, *given)
        graph = ir.load(file)
        bias = next(value for name, value in graph.graph.initializers.items() if name.endswith("bias"))
        bias.const_value = ir.tensor(bias.const_value.numpy() + 0.1, name=bias.name)
        ir.save(graph, file)

    monkeypatch.setattr(module, "write_onnx", spoilt)
    with pytest.raises(ExportError, match=r"does not answer as the run does: .* photos get another answer"):
        deployment.export(run, ExportOptions(out=tmp_path / "out"), QUIET)
    assert list(tmp_path.iterdir()) == []


def test_names_reach_the_callers_as_they_are(exported, tmp_path):
    names = ("a b", "a\n b", '</script>"\u05d0, \U0001f600')
    file = OnnxModel(exported.file)
    file.description = replace(file.description, class_names=names)
    write_sample(tmp_path, file, sorted((exported.folder / "sample").glob("*.png")))
    assert tuple(json.loads((tmp_path / "sample" / "expected.json").read_text())["classes"]) == names
    plain = (tmp_path / "sample" / "expected.txt").read_text(encoding="utf-8")
    assert plain.startswith('0.0001 3 5\n"a b"\n"a\n b"\n"</script>\\"\u05d0, \U0001f600"\n1.png ')
    assert len((tmp_path / "labels.txt").read_text(encoding="utf-8").splitlines()) == len(names)


def test_a_sample_that_changed_is_told(exported, tmp_path):
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    path = folder / "sample" / "expected.json"
    expected = json.loads(path.read_text())
    expected["photos"][2]["probabilities"][0] += 0.01
    path.write_text(json.dumps(expected))
    with pytest.raises(ExportError, match=r"1 photos of the sample get another answer .*3\.png"):
        deployment.check_export(folder, screen=QUIET)
    path.write_text("{}")
    with pytest.raises(CheckpointError, match="a damaged sample"):
        deployment.check_export(folder, screen=QUIET)


def test_a_flipped_bit_is_told(exported, tmp_path):
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    whole = (folder / "model.onnx").read_bytes()
    at = len(whole) // 2  # among the weights: the answers to the sample hardly change
    (folder / "model.onnx").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(
        CheckpointError, match=r"is damaged, or another file than check\.json beside it is of"
    ):
        deployment.check_export(folder, screen=QUIET)


def test_another_run_or_another_calibration_is_told(exported, every_kind, run, tmp_path):
    with pytest.raises(CheckpointError, match="made of other weights"):
        deployment.check_export(exported.file, every_kind["padded"], screen=QUIET)
    other = shutil.copytree(run, tmp_path / "run")
    runs.calibrate(other, runs.CalibrateOptions(error_rate=0.3), QUIET)
    with pytest.raises(CheckpointError, match="made with another calibration"):
        deployment.check_export(exported.file, other, screen=QUIET)


@pytest.mark.parametrize("format", ["keras", "hdf5", "safetensors", "pt2"])
def test_other_formats_are_read_again(run, tmp_path, format):
    made = deployment.export(run, ExportOptions(format, tmp_path / "out"), QUIET)
    assert made.file.is_file()
    assert made.parity is None


def test_the_bare_network(run, tmp_path):
    made = deployment.export(run, ExportOptions(out=tmp_path / "raw", raw=True), QUIET)
    file = OnnxModel(made.file)
    trained = runs.load(runs.RunFolder.open(run))
    floats = np.random.default_rng(0).random((3, 16, 16, 3), np.float32)
    (output,) = file.outputs(floats).values()
    np.testing.assert_allclose(output, trained.model.predict(floats, verbose=0), atol=1e-6)
    with pytest.raises(ArgumentError, match="a bare network"):
        file(np.zeros((1, 16, 16, 3), np.uint8))


@pytest.mark.parametrize("format", ["onnx", "keras", "pt2"])
def test_a_full_disk_is_one_line(run, tmp_path, format):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        status, _, complained = call("export", run, "--format", format, "--out", tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (status, len(complained.splitlines())) == (2, 1), complained
    assert complained.startswith(f"convolens: cannot write {tmp_path / 'out'}")
    assert list(tmp_path.iterdir()) == []


def test_damaged_weights_are_one_line(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "run")
    weights = copy / "checkpoints" / "best.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    status, _, complained = call("export", copy, "--out", tmp_path / "out")
    assert (status, len(complained.splitlines())) == (2, 1), complained
    assert f"{weights}: not a whole safetensors file" in complained
    assert list(tmp_path.iterdir()) == [copy]


def test_photos_of_other_shapes_are_named(exported):
    for photos in (
        np.zeros((16, 16, 3), np.uint8),
        np.zeros((1, 16, 16, 3), np.float32),
        np.zeros((1, 9, 0, 3), np.uint8),
    ):
        with pytest.raises(ShapeError, match=r"takes photos as uint8 \(n, rows, columns, 3\); received"):
            OnnxModel(exported.file)(photos)


class Heard(Screen):
    """A quiet screen that remembers what it warned of."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)


def test_photos_that_are_gone(run, data, tmp_path):
    moved = tmp_path / "moved"
    old = Path(shutil.copytree(run, tmp_path / "old"))
    shutil.rmtree(old / "kept_photos")  # as an earlier version made it
    data.rename(moved)
    try:
        said = Heard()
        kept = deployment.export(run, ExportOptions(out=tmp_path / "kept"), said)
        assert kept.parity.photos == 16
        assert f"{run}: its validation photos are gone; asked on the 16 that it keeps" in said.warnings
        with pytest.raises(MissingFileError, match=r"no longer where they were.*--photos DIR"):
            deployment.export(old, ExportOptions(out=tmp_path / "a"), QUIET)
        made = deployment.export(run, ExportOptions(out=tmp_path / "a", photos=[moved / "dark"]), QUIET)
        assert made.parity.photos == 60
        truncated_jpeg(tmp_path / "cut.jpg")
        with pytest.raises(DataError, match="none of the photos can be read"):
            deployment.export(run, ExportOptions(out=tmp_path / "b", photos=[tmp_path / "cut.jpg"]), QUIET)
    finally:
        moved.rename(data)


def test_some_photos_that_are_gone_are_told(run, data, tmp_path):
    answers = read_predictions(run / "predictions.csv")
    gone = answers[0].path
    gone.rename(tmp_path / gone.name)
    try:
        said = Heard()
        made = deployment.export(run, ExportOptions(out=tmp_path / "some"), said)
        expected = f"{run}: 1 of its {len(answers)} validation photos are no longer where they were; asked on the others"
        assert expected in said.warnings
        assert made.parity.photos == len(answers) - 1
    finally:
        (tmp_path / gone.name).rename(gone)


def test_bad_input_is_one_line(run, exported, tmp_path, monkeypatch):
    (tmp_path / "damaged.onnx").write_bytes(b"no graph")
    given = ir.Value(name="x", type=ir.TensorType(ir.DataType.FLOAT), shape=ir.Shape([1]))
    node = ir.Node("", "Identity", [given], outputs=[ir.Value(name="y", type=given.type, shape=given.shape)])
    foreign = ir.Graph([given], node.outputs, nodes=[node], opset_imports={"": 20}, name="foreign")
    ir.save(ir.Model(foreign, ir_version=10), tmp_path / "foreign.onnx")
    for arguments, error in (
        ((run, "--format", "tflite"), "format must be one of"),
        ((run, "--format", "keras", "--raw"), "--raw goes with --format onnx"),
        ((run, "--out", exported.folder), "is there already"),
        ((tmp_path / "none",), "no such run"),
        ((run, "--photos", tmp_path / "none", "--out", tmp_path / "x"), "no such photo"),
    ):
        status, _, complained = call("export", *arguments)
        assert (status, len(complained.splitlines())) == (2, 1), complained
        assert error in complained
    for file, error in (
        ("damaged.onnx", "damaged, or no ONNX file"), ("none.onnx", "no such file"), ("foreign.onnx", "not made by `convolens export`"),
    ):  # fmt: skip
        status, _, complained = call("check-export", tmp_path / file)
        assert (status, len(complained.splitlines())) == (2, 1), complained
        assert error in complained
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        ExtraMissingError, match=r"needs torch, onnx, onnxscript, onnxruntime.*convolens\[export\]"
    ):
        deployment.export(run, ExportOptions(out=tmp_path / "y"), QUIET)


def test_as_typed(run, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Written: out/model.onnx" in typed_run("export", run, "--out", "out")
    assert "says of its sample what it said" in typed_run("check-export", "out")
    assert "the same answers as the run's" in typed_run("check-export", "out/model.onnx", run)
    found = json.loads(typed_run("predict", "out/model.onnx", data / "dark", "--json"))
    assert len(found) == 60
    assert found[0]["label"] in ("dark", "light", "middling", "unknown")


@pytest.mark.parametrize("option", [["--no-calibration"], ["--select", "last"]])
def test_options_of_a_run_are_none_of_a_file(exported, data, option):
    status, _, complained = call("predict", exported.file, data / "dark", *option)
    assert status == 2
    assert "an exported file answers as it was exported" in complained


def test_a_model_that_is_no_runs(data, tmp_path):
    model = Sequential([Input((12, 9, 3)), Flatten(), Dense(2, "softmax")])
    preprocessing = Preprocessing((12, 9), resize="crop")
    options = ExportOptions(out=tmp_path / "out", photos=[data / "dark", data / "light"])
    asked = {"class_names": ("ja", "nein"), "preprocessing": preprocessing}
    made = deployment.export(model, options, QUIET, **asked)
    path = next((data / "dark").iterdir())
    (said,) = deployment.predict(made.file, [path])
    expected = model.predict(preprocessing(preprocessing.read(path)[np.newaxis]), verbose=0)[0]
    assert said.label == ("ja", "nein")[expected.argmax()]
    assert OnnxModel(made.file).description.run == ""
    for wrong, message in (
        ({"class_names": ("one",)}, r"output of shape \(None, 2\); received 1 class names"),
        (
            {"preprocessing": Preprocessing((9, 12))},
            r"takes \(12, 9, 3\); the preprocessing gives \(9, 12, 3\)",
        ),
        ({"class_names": None}, "needs `out`, `class_names` and `preprocessing`"),
    ):
        with pytest.raises(ArgumentError, match=message):
            deployment.export(model, replace(options, out=tmp_path / "other"), QUIET, **(asked | wrong))
    with pytest.raises(ArgumentError, match="give `photos`"):
        deployment.export(model, replace(options, out=tmp_path / "other", photos=None), QUIET, **asked)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
