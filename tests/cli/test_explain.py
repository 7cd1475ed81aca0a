"""convolens explain: what it prints, and bad input in one line with exit status 2."""

import json
import shutil

import pytest

from convolens import runs
from convolens.cli import main
from convolens.runs.output.screen import Screen
from images import folders, truncated_jpeg


def call(capsys, *arguments):
    """Run the command in this process; return its exit status, output and errors."""
    with pytest.raises(SystemExit) as ended:
        main(["explain", *map(str, arguments)])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("explain")
    data = folders(place / "data", {"dark": 12, "light": 12})
    runs.train(
        runs.TrainOptions(data=data, size=8, epochs=1, batch_size=8, out=place / "run"), Screen(quiet=True)
    )
    return place


def test_json(capsys, trained, tmp_path):
    photo = trained / "data" / "dark" / "00.png"
    status, out, err = call(
        capsys,
        trained / "run",
        photo,
        "--json",
        "--method",
        "grad-cam, integrated-gradients",
        "--out",
        tmp_path / "why",
    )
    told = json.loads(out)
    assert status == 0
    assert err == f"{tmp_path}/why/explain.html holds everything\n"
    (found,) = told["photos"]
    assert set(found) == {"path", "answers", "explained", "layer", "completeness_gap", "files", "error"}
    assert found["completeness_gap"] <= 0.01
    assert found["explained"] == found["answers"][0]["label"]
    assert sum(answer["confidence"] for answer in found["answers"]) == pytest.approx(1)


def test_a_broken_photo_among_others(capsys, trained, tmp_path):
    broken = truncated_jpeg(tmp_path / "cut.jpg")
    status, out, _ = call(
        capsys,
        trained / "run",
        trained / "data" / "dark" / "00.png",
        broken,
        "--method",
        "grad-cam",
        "--out",
        tmp_path / "why",
    )
    assert status == 2
    assert "1 of 2 photos could not be read; the first: " in out
    assert (tmp_path / "why" / "explain.html").is_file()


def bad_commands(run, photo, tmp_path):
    yield [run], "Missing argument"
    yield [tmp_path / "none", photo], "no such run folder; `convolens train` makes one"
    yield [run, tmp_path / "none.png"], "no such photo or folder"
    yield [run, truncated_jpeg(tmp_path / "cut.jpg")], "truncated"
    yield (
        [run, photo, "--class", "lihgt"],
        "explain: unknown class 'lihgt'. Did you mean 'light'? Known: dark, light.",
    )
    yield (
        [run, photo, "--layer", "conv2d3"],
        "unknown layer 'conv2d3'. Did you mean 'conv2d_3'? Layers: conv2d, ",
    )
    yield [run, photo, "--layer", "flatten"], "layer 'flatten' (Flatten) gives numbers of shape"
    yield (
        [run, photo, "--filters", "dense"],
        "layer 'dense' (Dense) has no convolution kernels; layers that have: conv2d, ",
    )
    yield [run, photo, "--method", "gradcam"], "Did you mean 'grad-cam'?"
    yield [run, photo, "--filter", "1"], "--top-photos DATA and --filter N go together"
    yield (
        [run, photo, "--filter", "64", "--top-photos", photo],
        "layer 'conv2d_3' has 64 filters, 0 to 63; received filter 64",
    )
    yield [run, photo, "--out", run], f"explain: {run} is taken; name another folder by --out."
    yield [run, photo, "--select", "lst"], "which must be one of 'best', 'last'"


def test_bad_input_is_one_line_and_exit_2(capsys, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments, words in bad_commands(trained / "run", trained / "data" / "dark" / "00.png", tmp_path):
        status, out, err = call(capsys, *arguments)
        assert status == 2, arguments
        assert words in err, (arguments, err)
        assert len(err.splitlines()) == 1, err
        assert err.startswith("convolens: ")
        assert "Traceback" not in out + err
    assert not (trained / "run" / "explanations").exists(), "nothing was begun"


def test_a_run_without_a_convolution(capsys, trained, tmp_path):
    """Its description changed to dense layers: no map of a layer, which is said, and what looks at the photo alone."""
    import convolens as keras
    from convolens.runs.folder import model_file

    run = tmp_path / "run"
    shutil.copytree(trained / "run", run)
    old = runs.load(runs.RunFolder(run))
    model = keras.models.Sequential(
        [keras.layers.Flatten(input_shape=(8, 8, 3)), keras.layers.Dense(2, activation="softmax")]
    )
    model_file.write(
        run / "model.json", runs.TrainedModel(model, "dense", old.class_names, old.preprocessing)
    )
    model_file.save_weights(model.module, runs.RunFolder(run).best)
    photo = trained / "data" / "dark" / "00.png"
    status, out, err = call(capsys, run, photo, "--out", tmp_path / "out")
    assert status == 0, err
    said = "the network has no convolution, so no map to show; give one that has."
    assert [
        f"{name} is left out: {said}" in " ".join(out.split()) for name in ("grad-cam", "grad-cam++")
    ] == [True] * 2
    status, _, err = call(capsys, run, photo, "--method", "grad-cam")
    assert (status, err) == (2, f"convolens: explain: {said}\n")
