"""Commands in odd surroundings: readers that go away, full disks, no cache; and orders that make no sense."""

import csv
import os
import subprocess
import sys

import pytest

from images import folders, photo
from typed import call, run

TINY = ("--size", "8", "--epochs", "1", "--threads", "1")


def start(*arguments, **options):
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "convolens", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A data set and a run trained on it."""
    place = tmp_path_factory.mktemp("odd-cli")
    folders(place / "data", {"dark": 8, "light": 8})
    run("train", place / "data", *TINY, "-q", "--out", place / "run")
    return place


def test_a_reader_that_goes_away_ends_no_training(place, tmp_path):
    """`convolens train photos | head -1`"""
    command = start("train", place / "data", *TINY, "--out", tmp_path / "run", stdout=subprocess.PIPE)
    command.stdout.close()
    assert command.wait(120) == 0
    assert command.stderr.read() == ""
    assert (tmp_path / "run" / "checkpoints" / "best.safetensors").is_file()
    assert (tmp_path / "run" / "report.html").is_file()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["lines", "json"])
def test_an_answer_that_cannot_be_written_is_no_success(place, options):
    with open("/dev/full", "w") as full:
        command = start("predict", place / "run", place / "data", *options, stdout=full)
        assert command.wait(120) == 2
    assert command.stderr.read() == "convolens: No space left on device.\n"


@pytest.mark.filterwarnings("always")
def test_warnings_are_lines_of_their_own(place, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "file"))
    status, out, err = call("evaluate", place / "run", place / "data", "--json")
    assert status == 0
    assert out.startswith("{")
    lines = [line for line in err.splitlines() if "cannot take" in line]
    assert lines
    assert all(line.startswith("convolens: warning: The cache ") for line in lines)
    assert "UserWarning" not in err


def test_odd_metadata_is_not_spoken_of(place, tmp_path):
    photo(1).save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x05junk")
    status, out, err = call("predict", place / "run", tmp_path / "a.jpg")
    assert status == 0
    assert "a.jpg" in out
    assert err == ""


def test_links_and_files_that_lead_nowhere_cost_no_training(tmp_path):
    """Loops end; what is on the list and gone when it is read is named, in one line, whatever its name."""
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    (data / "a" / "up").symlink_to(data, target_is_directory=True)
    (data / "b" / "round").symlink_to("round")
    gone = "🐱 two\nlines.png"
    (data / "b" / gone).symlink_to(tmp_path / "gone.png")
    status, out, err = call("train", data, *TINY, "--out", tmp_path / "run")
    assert (status, err) == (0, "")
    assert "1 unreadable images are skipped" in out
    with (tmp_path / "run" / "skipped_images.csv").open(newline="", encoding="utf-8") as file:
        ((path, reason),) = list(csv.reader(file))[1:]
    assert path.endswith(gone)
    assert reason.startswith("no such image file")
    status, out, err = call("train", data, *TINY, "--out", tmp_path / "strict", "--strict")
    assert (status, out) == (2, "")
    assert "1 unreadable image and --strict" in err
    assert len(err.splitlines()) == 1


def senseless(place, tmp_path):
    """Each order with the words of its refusal."""
    run, data, long = place / "run", place / "data", "x" * 300
    photo(1).save(tmp_path / "a.png")
    (tmp_path / "sorted").write_text("x")
    yield (
        ["predict", run, data, "--min-confidence", "0.5"],
        "--link and --min-confidence go with --sort-into DIR",
    )
    yield ["predict", run, data, "--link"], "go with --sort-into DIR"
    yield (
        ["predict", run, data, "--sort-into", tmp_path / "s", "--min-confidence", "2"],
        "min_confidence must be",
    )
    yield ["predict", run, data, "--sort-into", tmp_path / "sorted"], "cannot write"
    yield ["predict", run, data, "--csv", tmp_path / "a.png"], "is the name of an image"
    yield ["predict", run, data, "--csv", tmp_path], "Is a directory"
    yield ["evaluate", run, data, "--csv", tmp_path / "no" / "a.csv"], "No such file or directory"
    yield ["evaluate", run, long], "cannot be looked into (File name too long)"
    yield ["evaluate", long, data], "File name too long"
    yield ["predict", run, long], "File name too long"
    yield ["predict", long, data], "File name too long"
    yield ["train", long], "File name too long"
    yield ["train", data, "--val", long], "File name too long"
    yield ["train", data, "--val", data], "is the folder to learn from"
    yield ["train", data, "--out", data / "run"], "would lie inside the photos"
    yield ["train", data, "--out", "."], "names no new folder"
    yield ["train", data, "--seed", "4294967296"], "seed must be below 2**32"
    yield ["train", data, "--size", "13000"], "size 13000 is more than an image may have"
    yield ["augment", tmp_path / "a.png", "--out", "/"], "names no new folder"
    yield ["augment", tmp_path, "--out", tmp_path / "o"], "cannot be read (Is a directory)"
    yield ["demo", "--epochs", "0"], "epochs must be an integer of at least 1"


def test_orders_that_make_no_sense(place, tmp_path, monkeypatch):
    monkeypatch.chdir(place)
    for arguments, words in senseless(place, tmp_path):
        status, out, err = call(*arguments)
        assert (status, out) == (2, ""), arguments
        assert words in err, (arguments, err)
        assert len(err.splitlines()) == 1, err
    assert sorted(path.name for path in place.iterdir()) == ["data", "run"]
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
