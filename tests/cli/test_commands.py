"""Every command: help in a blink, one line and exit 2 on bad input, 0 only on success."""

import json
import re
import resource
import subprocess
import sys

import pytest

from convolens.runs.training import checkpointing
from images import folders, overlapping, patterned, photo, truncated_jpeg
from typed import call

COMMANDS = (
    "train", "resume", "finetune", "evaluate", "calibrate", "diff", "predict", "explain", "augment", "check", "lr-find",
    "compare", "models", "cost", "convolve", "features", "probe", "neighbours", "map", "import-weights", "cache", "demo",
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two classes, and a run trained on them by the command."""
    place = tmp_path_factory.mktemp("cli")
    data = folders(place / "data", {"dark": 20, "light": 20})
    arguments = ["--size", 8, "--epochs", 2, "--batch-size", 8, "--out", place / "run", "--json"]
    return place, *call("train", data, *arguments)


@pytest.fixture(scope="module")
def help_pages():
    """What each command's --help prints and ends with, and which heavy packages all of them together imported."""
    program = """
import contextlib, io, json, sys
from convolens.cli import main
pages = {}
for command in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            main([command, "--help"] if command else ["--help"])
        except SystemExit as end:
            pages[command] = [end.code or 0, printed.getvalue()]
print(json.dumps([pages, sorted({"torch", "numpy", "numba", "PIL", "matplotlib", "sklearn", "h5py"} & set(sys.modules))]))
"""
    asked = json.dumps(["", *COMMANDS])
    done = subprocess.run(
        [sys.executable, "-c", program, asked], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_help_imports_nothing_heavy(help_pages):
    assert help_pages[1] == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_tells_the_usage(help_pages, command):
    status, page = help_pages[0][command]
    assert status == 0
    assert re.search(rf"Usage: \S+ {command or re.escape('[OPTIONS]')}", page)


def test_the_groups_hold_every_command_and_begin_with_a_first_day(help_pages):
    page = help_pages[0][""][1]
    listed = [name for name in re.findall(r"^\W*([a-z-]+) {2,}", page, re.MULTILINE) if name in COMMANDS]
    assert sorted(listed) == sorted(COMMANDS)
    assert listed[:5] == ["check", "train", "predict", "explain", "evaluate"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command):
    status, out, _ = call(command, "--help")
    assert status == 0
    assert f"convolens {command}" in " ".join(out.split())


def test_train_prints_json_alone(trained):
    place, status, out, err = trained
    assert status == 0
    result = json.loads(out)
    assert result["run"] == str(place / "run")
    assert result["interrupted"] is False
    assert result["result"]["accuracy"] >= result["result"]["baseline_accuracy"]
    assert "Best epoch" in err
    assert "\x1b" not in err, "no colours and no bar where the output is no terminal"


def test_evaluate(trained):
    place, *_ = trained
    status, out, _ = call("evaluate", place / "run", place / "data")
    assert status == 0
    assert "Accuracy" in out
    status, out, err = call("evaluate", place / "run", place / "data", "--json", "--csv", place / "e.csv")
    assert json.loads(out)["images"] == 40
    assert "Accuracy" in err
    assert len((place / "e.csv").read_text().splitlines()) == 41


def test_evaluate_into_a_folder(trained, tmp_path):
    place, *_ = trained
    status, out, _ = call(
        "evaluate", place / "run", place / "data", "--out", tmp_path / "e", "--tta", "1", "--top-k", "2", "-q",
        "--no-calibration", "--seed", "3",
    )  # fmt: skip
    assert status == 0
    assert "Top-2 accuracy 1.0000" in out
    assert "and 1 variations of each" in out
    assert (tmp_path / "e" / "evaluation.html").is_file()


def test_calibrate_and_diff(tmp_path):
    data = overlapping(tmp_path / "data", {"dark": 60, "light": 60})
    few = ["--size", "8", "--batch-size", "16", "--val-split", "0.4", "--quiet"]
    for name, epochs in (("one", 1), ("two", 2)):
        assert call("train", data, "--epochs", epochs, "--out", tmp_path / name, *few)[0] == 0
    status, out, err = call("calibrate", tmp_path / "two", "--error-rate", "0.2", "--json")
    assert status == 0
    assert json.loads(out)["unknown"]["error_rate"] == 0.2
    assert "Unknown: the likeliest class below" in err
    strange = patterned(tmp_path / "strange", 6)
    status, out, _ = call("predict", tmp_path / "two", strange, "--json")
    assert status == 0
    assert {answer["label"] for answer in json.loads(out)} <= {"unknown", "dark", "light"}
    assert all(answer["unknown"] in (True, False) for answer in json.loads(out))
    status, out, _ = call("predict", tmp_path / "two", strange)
    assert "at most 0.2 of the photos of known classes" in " ".join(out.split())
    status, out, _ = call("calibrate", tmp_path / "two", "--no-unknown", "-q")
    assert status == 0
    assert "Unknown" not in out
    status, out, err = call("diff", tmp_path / "one", tmp_path / "two", "--json", "--out", tmp_path / "d")
    assert status == 0
    found = json.loads(out)
    assert found["fixed"] + found["broken"] + found["right"] + found["wrong"] == found["photos"]
    assert "McNemar's exact test" in err
    assert (tmp_path / "d" / "diff.csv").is_file()


def test_resume(trained):
    place, _, before, _ = trained
    status, out, err = call("resume", place / "run", "--json")
    assert status == 0
    assert json.loads(out)["result"]["accuracy"] == json.loads(before)["result"]["accuracy"]
    assert "All 2 epochs are done" in err
    assert "Going on from" in err
    assert call("resume", place / "run", "--epochs", "1")[::2] == (
        2,
        "convolens: resume: --epochs 1 is fewer than the 2 of the run; give more, or leave it out.\n",
    )


@pytest.mark.parametrize("select", ["best", "last"])
def test_select(trained, select):
    place, *_ = trained
    status, out, _ = call("evaluate", place / "run", place / "data", "--select", select)
    assert status == 0
    assert f"with {select} weights of" in out
    photo_path = place / "data" / "dark" / "00.png"
    assert call("predict", place / "run", photo_path, "--select", select)[0] == 0
    status, _, err = call("predict", place / "run", photo_path, "--select", "lst")
    assert (status, "which must be one of 'best', 'last'" in err) == (2, True)


def test_predict(trained, tmp_path):
    place, *_ = trained
    photo_path = place / "data" / "dark" / "00.png"
    status, out, _ = call("predict", place / "run", photo_path)
    assert status == 0
    assert "dark" in out
    status, out, _ = call("predict", place / "run", photo_path, "--json")
    assert json.loads(out)[0]["path"] == str(photo_path)
    status, out, _ = call(
        "predict",
        place / "run",
        place / "data",
        "--csv",
        tmp_path / "a.csv",
        "--sort-into",
        tmp_path / "s",
        "--link",
    )
    assert status == 0
    assert "40 rows in" in out
    assert sum(path.is_symlink() for path in (tmp_path / "s").rglob("*.png")) == 40
    status, out, _ = call("predict", "--undo", tmp_path / "s" / "undo.csv")
    assert "40 sorted files removed" in out
    broken = truncated_jpeg(tmp_path / "cut.jpg")
    status, out, _ = call("predict", place / "run", photo_path, broken, "--csv", tmp_path / "b.csv")
    assert status == 2
    assert "1 of 2 files could not be read" in out
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 3


def test_augment(tmp_path):
    photo(1).save(tmp_path / "a.jpg")
    status, out, _ = call(
        "augment", tmp_path / "a.jpg", "--out", tmp_path / "o", "--count", "3", "--zoom-range", "0.8,1.1",
        "--width-shift-range", "3", "--brightness-range", "0.5,1.5", "--no-horizontal-flip", "--save-format", "jpeg",
    )  # fmt: skip
    assert status == 0
    assert "zoom: factors 0.8 to 1.1" in out
    assert "shift sideways: up to 3 pixels" in out
    assert len(list((tmp_path / "o").glob("a_*.jpg"))) == 3


def test_demo(tmp_path):
    status, out, _ = call("demo", "--epochs", "1", "--out", tmp_path / "demo")
    assert status == 0
    assert "1,797 handwritten digits" in out
    assert out.count("demo-digits/") >= 3
    assert (tmp_path / "demo" / "report.html").is_file()


def bad_commands(tmp_path):
    photo(1).save(tmp_path / "a.png")
    data = folders(tmp_path / "data", {"a": 6, "b": 6})
    yield ["train"], "Missing argument"
    yield ["trian", "x"], "No such command 'trian'. Did you mean 'train'?"
    yield ["train", data, "--epoch", "3"], "--epochs"
    yield ["train", data, "--epochs", "many"], "valid integer"
    yield (
        ["train", tmp_path / "date"],
        "no such folder; give the folder that holds the class folders. Did you mean 'data'?",
    )
    yield ["train", data, "--augment", "some"], "--augment must be recipe or none; received 'some'"
    yield ["train", data, "--zoom-range", "wide"], "--zoom-range: expected a number"
    yield ["train", data, "--zoom-range", "1,2,3"], "zoom_range must be one number or a pair"
    yield ["train", data, "--fill-mode", "mirror"], "fill_mode must be one of"
    yield ["train", data, "--model", "vgg61"], "unknown model 'vgg61'"
    yield ["train", data, "--group-by", "("], "is not a regular expression"
    yield ["train", tmp_path / "a.png"], "is a file; give a folder"
    yield ["train", data, "--checkpoint-steps", "0"], "checkpoint_steps must be an integer of at least 1"
    yield ["train", data, "--keep", "0"], "keep must be an integer of at least 1"
    yield ["train", data, "--patience", "0"], "patience must be an integer of at least 1"
    yield ["train", data, "--branch-from", tmp_path / "none"], "no such run folder"
    yield ["resume", tmp_path / "none"], "no such run folder; `convolens train` makes one"
    yield ["resume", tmp_path], "run.toml: no such file, so this is no run"
    yield ["evaluate", tmp_path, data], "holds no model.json"
    yield ["evaluate", data, data, "--top-k", "few"], "valid integer"
    yield ["calibrate", tmp_path / "none"], "no such run folder"
    yield (
        ["calibrate", data, "--error-rate", "1"],
        "error_rate must be above 0 and below 1, 0.05 say; received 1.0",
    )
    yield ["diff", data], "Missing argument"
    yield ["diff", tmp_path / "none", data], "no such run folder"
    yield ["predict"], "give a run folder and photos"
    yield ["predict", tmp_path / "run", "x.png"], "no such run folder"
    yield ["predict", "--undo", tmp_path / "undo.csv"], "no such undo list"
    yield ["augment", tmp_path / "b.png", "--out", tmp_path / "o"], "no such image file"
    yield ["augment", tmp_path / "a.png"], "Missing option '--out'"
    yield (
        ["augment", tmp_path / "a.png", "--out", tmp_path / "o", "--save-format", "gif"],
        "--save-format must be png or jpeg",
    )
    yield (
        ["augment", tmp_path / "a.png", "--out", tmp_path / "o", "--rotation-range", "-3"],
        "rotation_range must be a number in",
    )
    yield ["check", data, "--out", data / "checked"], "would lie inside the photos"
    yield ["check", data, "--model", "vgg61"], "is no run folder and no architecture. Did you mean"
    yield (
        ["check", tmp_path / "date"],
        "no such folder; give the folder that holds the class folders. Did you mean 'data'?",
    )
    yield ["neighbours", "vgg16", tmp_path / "b.png", data], "no such image file"
    yield ["neighbours", "vgg16", tmp_path / "a.png", data, "--out", tmp_path / "a.png"], "is there already"
    yield ["map", "vgg16", data], "Missing option '--out'"
    yield ["map", "vgg16", data, "--out", tmp_path / "m", "--method", "tse"], "Did you mean 'tsne'?"
    yield ["demo", "--out", tmp_path / "a.png" / "run"], "cannot write"


def test_bad_input_is_one_line_and_exit_2(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments, words in bad_commands(tmp_path):
        status, out, err = call(*arguments)
        assert status == 2, arguments
        assert words in err, (arguments, err)
        assert len(err.splitlines()) == 1, err
        assert err.startswith("convolens: ")
        assert "Traceback" not in out + err
    assert not (tmp_path / "runs").exists()


def test_no_command_shows_the_help():
    status, out, _ = call()
    assert status == 0
    assert all(command in out for command in COMMANDS)


def test_version():
    import convolens

    assert call("--version") == (0, f"convolens {convolens.__version__}\n", "")


def test_ctrl_c_is_130(monkeypatch, tmp_path):
    from convolens import runs

    def pressed(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "evaluate", pressed)
    assert call("evaluate", tmp_path, tmp_path) == (130, "", "convolens: interrupted.\n")


def test_full_disk_at_a_checkpoint(tmp_path, monkeypatch):
    """Files may grow to 300 kB only: the weights do not fit, the training goes on and says so."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limited(write):
        def limited_write(*arguments):
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
            try:
                return write(*arguments)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)

        return limited_write

    for module, name in ((checkpointing.tensors, "write"), (checkpointing.states, "write_state")):
        monkeypatch.setattr(module, name, limited(getattr(module, name)))
    data = folders(tmp_path / "data", {"a": 10, "b": 10})
    status, out, err = call("train", data, "--size", 8, "--epochs", 2, "--out", tmp_path / "run")
    assert status == 2
    assert out.count("checkpoint not written: cannot write") == 2  # one an epoch
    assert "Epoch 2/2" in out
    assert "not one checkpoint could be written" in err
    assert len(err.strip().splitlines()) == 1
    assert list((tmp_path / "run" / "checkpoints").iterdir()) == []


def test_cache(tmp_path, monkeypatch):
    from convolens.data import list_images, load_pixels

    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))
    load_pixels(list_images(folders(tmp_path / "data", {"a": 3, "b": 2})), (8, 8))
    status, out, _ = call("cache")
    assert status == 0
    assert "8 x 8" in out
    assert "of at most 20.0 GiB" in out
    status, out, _ = call("cache", "--clear")
    assert "freed in" in out
    assert "0 B of at most" in call("cache")[1]
