"""The range test on a folder: what it writes, what it says, and that the command it prints can be typed."""

import csv
import json
import shlex

import pytest
import typer

from convolens import runs
from convolens.cli import main
from convolens.errors import ArgumentError, ConvolensError
from convolens.options.training import TrainOptions
from convolens.runs.output.screen import Screen
from convolens.runs.settings.as_command import typed
from images import folders
from typed import call

FEW = ["--size", "8", "--batch-size", "8", "--steps", "60"]


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "my photos", {"dark": 20, "light": 20})
    status, out, err = call("lr-find", "my photos", *FEW, "--zoom-range", "0.9,1.1", "--json")
    assert status == 0
    found = json.loads(out)
    place = tmp_path / found["folder"]
    assert found["folder"] == "runs/my photos-lr"
    assert sorted(path.name for path in place.iterdir()) == ["lr_find.csv", "lr_find.png"]
    with (place / "lr_find.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["steps"]
    assert float(rows[0]["learning_rate"]) == 1e-7
    assert any(float(row["learning_rate"]) == pytest.approx(found["steepest"], rel=1e-6) for row in rows)
    assert found["suggestion"] == pytest.approx(found["steepest"], rel=0.1)  # of a one-cycle
    assert "The loss falls fastest at" in err
    assert "a tenth of that is" in err
    next_command = shlex.split(found["command"])
    assert next_command[:3] == ["convolens", "train", "my photos"]
    status, out, _ = call(*next_command[1:], "--epochs", "2", "--out", "run", "--json")
    assert status == 0
    settings = (tmp_path / "run" / "run.toml").read_text()
    assert f"learning_rate = {found['suggestion']}" in settings
    assert "zoom_range = [\n    0.9,\n    1.1,\n]" in settings
    status, out, _ = call("lr-find", "my photos", *FEW, "--zoom-range", "0.9,1.1", "--json", "-q")
    assert json.loads(out)["folder"] == "runs/my photos-lr-2"
    first, second = (tmp_path / f"runs/my photos-lr{n}" / "lr_find.csv" for n in ("", "-2"))
    assert first.read_bytes() == second.read_bytes(), "the same seed, the same curve"


def test_a_constant_rate_is_more_careful(small_data, tmp_path):
    options = TrainOptions(small_data, recipe="lecture", size=8, out=tmp_path / "lr")
    found = runs.find_learning_rate(options, runs.RangeOptions(steps=60), Screen(quiet=True))
    smaller = min(found.test.steepest, found.test.tenth_of_minimum)
    assert found.suggestion == float(f"{smaller:.2g}")
    assert "--recipe lecture" in found.command


def test_nothing_learnt_is_no_suggestion(small_data, tmp_path):
    status, out, _ = call(
        "lr-find", small_data, *FEW, "--min-rate", "1e-12", "--max-rate", "1e-10", "--out", tmp_path / "lr"
    )  # fmt: skip
    assert status == 0
    assert "No suggestion: the loss did not fall by more than chance" in out
    assert "Next:" not in out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--min-rate", "1", "--max-rate", "0.1"], "lr-find: min_rate must be below max_rate"),
        (["--min-rate", "0"], "lr-find: min_rate must be above 0"),
        (["--steps", "5"], "lr-find: steps must be an integer of at least 10; received 5"),
        (["--model", "shallow-vvg"], "unknown model 'shallow-vvg'. Did you mean 'shallow-vgg'?"),
        (["--augment", "some"], "--augment must be recipe or none; received 'some'"),
        (["--min-rat", "1"], "--min-rate"),
        (["--batch-size", "4000"], "batch_size 4000 is larger than the"),
    ],
)
def test_bad_input_is_one_line(small_data, tmp_path, flags, words):
    status, out, err = call("lr-find", small_data, "--size", "8", "--out", tmp_path / "lr", *flags)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert words in err
    assert not (tmp_path / "lr").exists()


def test_not_among_the_photos(small_data):
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        runs.find_learning_rate(TrainOptions(small_data, size=8, out=small_data / "lr"))
    with pytest.raises(ConvolensError, match="no such folder"):
        runs.find_learning_rate(TrainOptions(small_data / "none"))


def test_what_is_typed_asks_for_the_same(tmp_path, monkeypatch):
    """Through the command line and back."""
    seen = []

    def read_only(options, screen, began):
        seen.append(options)
        raise typer.Exit

    monkeypatch.setattr(runs, "train", read_only)
    options = TrainOptions(
        data=tmp_path / "a b", validation=tmp_path / "v", group_by=r"(\d+)", model="conv-model", size=24,
        color_mode="grayscale", interpolation="nearest", resize="pad", recipe="lecture", epochs=3, batch_size=5,
        optimizer="adam", learning_rate=0.00123456789, augment=False, ema=0.9, clip_norm=0.5, accumulate=2,
        precision="bfloat16", balance=True, seed=4, monitor="val_accuracy", patience=3, strict=True, device="cpu",
        threads=2, out=tmp_path / "o", checkpoint_steps=3, checkpoint_minutes=0.5, keep=3, resume=True,
        branch_from=tmp_path / "p", select="last", validation_split=0.3,
        augmentation={
            "rotation_range": 10.0, "width_shift_range": 3, "height_shift_range": [0.1, 0.2], "zoom_range": (0.8, 1.1),
            "horizontal_flip": False, "vertical_flip": True, "fill_mode": "wrap", "randaugment": (2.0, 9.0), "mixup": 0.2,
        },
    )  # fmt: skip
    with pytest.raises(SystemExit):
        main(["train", *typed(options)])
    assert vars(seen[0]) | {"command": None} == vars(options)
