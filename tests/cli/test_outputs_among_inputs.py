"""No command writes its output among what it reads: each option that names an output is tried there."""

import inspect
import shutil

import pytest

from convolens.cli.app import GROUPS
from images import folders, photo
from typed import call, run

TINY = ("--size", "8", "--epochs", "1", "--threads", "1")
OUTPUTS = ("out", "csv", "sort_into")

# Each output of each command, among what the command reads.
AMONG = {
    ("check", "out"): ["DATA --out DATA/x", "DATA --out DATA/cat/x --no-model"],
    ("train", "out"): [
        "DATA --out DATA/x",
        "DATA --kfold 3 --out DATA/x",
        "DATA --val OTHER --out OTHER/x",
        "PARTS --out PARTS/test/x",
        "PARTS --out PARTS/val/x",
    ],
    ("finetune", "out"): ["RUN DATA --out DATA/x", "RUN PARTS --out PARTS/test/x"],
    ("compare", "out"): ["DATA --models vgg16 --epochs 1 --out DATA/x"],
    ("lr_find", "out"): ["DATA --out DATA/x"],
    ("predict", "csv"): [
        "RUN DATA --csv DATA/x.png",
        "RUN photo --csv photo",
        "RUN photo --csv link",
        "RUN DATA --csv RUN/history.csv",
    ],
    ("predict", "sort_into"): [
        "RUN DATA --sort-into DATA/x",
        "RUN DATA --sort-into DATA",
        "RUN DATA/**/*.png --sort-into DATA/x",
    ],
    ("evaluate", "csv"): [
        "RUN DATA --csv RUN/predictions.csv",
        "RUN DATA --labels labels.csv --csv labels.csv",
        "RUN DATA --csv DATA/x.jpg",
    ],
    ("evaluate", "out"): ["RUN DATA --out DATA/x", "RUN PARTS --out PARTS/test/x"],
    ("export", "out"): ["RUN --photos DATA --out DATA/x", "RUN --out DATA/x"],
    ("diff", "out"): ["RUN RUN DATA --out DATA/x"],
    ("explain", "out"): [
        "RUN DATA --out DATA/x",
        "RUN photo DATA/**/*.png --out DATA/x",
        "RUN photo --top-photos DATA --filter 0 --out DATA/x",
    ],
    ("features", "out"): [
        "RUN DATA --out RUN/checkpoints/best.safetensors",
        "RUN DATA --out RUN/history.npz",
    ],
    ("neighbours", "out"): ["RUN photo DATA --out DATA/x.png"],
    ("neighbours", "csv"): ["RUN photo DATA --csv photo", "RUN photo DATA --csv RUN/history.csv"],
    ("map", "out"): ["RUN DATA --out DATA/x"],
    ("probe", "out"): ["RUN DATA --out DATA/x", "RUN PARTS --out PARTS/test/x"],
    ("cost", "csv"): ["RUN --csv RUN/history.csv"],
    ("import_weights", "out"): ["RUN/checkpoints/best.safetensors --out RUN/checkpoints/best.safetensors"],
}
# They read one photo or none, and write new folders: nobody knows what else lies where these are to go.
ALONE = {("augment", "out"), ("convolve", "out"), ("demo", "out")}


def test_every_output_is_tried():
    outputs = {
        (command.__name__, name)
        for commands in GROUPS.values()
        for command in commands
        for name in inspect.signature(command).parameters
        if name in OUTPUTS
    }
    assert outputs == AMONG.keys() | ALONE
    assert not AMONG.keys() & ALONE


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("among")
    folders(place / "DATA", {"cat": 4, "dog": 4})
    shutil.copytree(place / "DATA", place / "OTHER")
    for part in ("train", "val", "test"):
        shutil.copytree(place / "DATA", place / "PARTS" / part)
    photo(1).save(place / "photo", format="png")
    (place / "link").symlink_to("photo")
    (place / "labels.csv").write_text("path,labels\n")
    run("train", place / "DATA", *TINY, "-q", "--out", place / "RUN")
    return place


@pytest.mark.parametrize(
    ("command", "line"), [(command, line) for (command, _), lines in AMONG.items() for line in lines]
)
def test_an_output_among_the_inputs_is_refused(command, line, place, monkeypatch):
    monkeypatch.chdir(place)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    status, _, err = call(command.replace("_", "-"), *line.split())
    assert status == 2
    assert any(
        words in err
        for words in (
            "would lie inside the photos",
            "would be written over",
            "is the name of an image",
            "exists already",
        )
    ), err
    assert len(err.splitlines()) == 1
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_what_is_sorted_already_is_not_doubled(place, tmp_path, monkeypatch):
    """`predict RUN sorted/cat --sort-into sorted`"""
    monkeypatch.chdir(tmp_path)
    run("predict", place / "RUN", place / "DATA", "--sort-into", "sorted")
    before = sorted(tmp_path.rglob("*"))
    for name in ("cat", "dog"):
        if (tmp_path / "sorted" / name).is_dir():
            status, _, err = call("predict", place / "RUN", f"sorted/{name}", "--sort-into", "sorted")
            assert status == 2
            assert "would be doubled; name another folder" in err
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_beside_what_is_read_is_written(place, tmp_path, monkeypatch):
    """Tables among photos are no photos, and a table of one's own beside a run's may be written again."""
    shutil.copytree(place, tmp_path / "mine", symlinks=True)
    monkeypatch.chdir(tmp_path / "mine")
    run("predict", "RUN", "DATA", "--csv", "DATA/answers.csv", "--sort-into", "sorted")
    run("predict", "RUN", "DATA", "--csv", "DATA/answers.csv")
    run("evaluate", "RUN", "PARTS", "--csv", "answers.csv", "--out", "PARTS/evaluated")
