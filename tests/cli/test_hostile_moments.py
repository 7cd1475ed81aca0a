"""What happens beside a command while it works: Ctrl-C at any moment, a clock that jumps, a disk of some kilobytes, a second process.

A few moments are tried in `make test`; `make soak` tries them all.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from images import folders
from typed import run

TINY = ["--size", "8", "--epochs", "3", "--threads", "1", "--from-scratch", "--seed", "1"]

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="POSIX surroundings")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folders(tmp_path_factory.mktemp("moments") / "data", {"dark": 12, "light": 12})


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """The weights of a training that nothing happened to, and how many seconds it took."""
    place, begun = tmp_path_factory.mktemp("whole") / "run", time.monotonic()
    assert end(start("train", data, *TINY, "-q", "--out", place)) == (0, "")
    return weights_of(place), time.monotonic() - begun


def weights_of(place: Path) -> bytes:
    return (place / "checkpoints" / "last.safetensors").read_bytes()


def start(*words: object, program: tuple[str, ...] = ("-m", "convolens"), **variables: str):
    """Start a command in a process of its own, in which Ctrl-C works even where these tests were started in the background."""
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


# What Python says where Ctrl-C meets it before it comes to us, or while it looks for us.
KNOWN = ("Could not import runpy", "init_import_site", "_get_module_details", "Error in sitecustomize")


def end(process, known: tuple[str, ...] = ()) -> tuple[int, str]:
    """Return the exit status and what was complained of, without warnings."""
    printed, told = process.communicate(timeout=300)
    assert "Traceback" not in printed + told or any(words in told for words in known), told
    return process.returncode, "".join(
        line for line in told.splitlines(keepends=True) if not line.startswith("convolens: warning: ")
    )


@pytest.mark.soak
@pytest.mark.parametrize("fortieth", range(40))
def test_ctrl_c_at_any_moment_and_then_resumed(fortieth, data, whole, tmp_path):
    """Whatever the moment: one line or none, and a run that there is goes on to the same weights."""
    weights, seconds = whole
    process = start("train", data, *TINY, "--out", tmp_path / "run")
    time.sleep(seconds * fortieth / 40)
    process.send_signal(signal.SIGINT)
    status, told = end(process, KNOWN if fortieth < 8 else ())
    assert status in (0, 130, -signal.SIGINT) or any(known in told for known in KNOWN), told
    if status == 130:
        assert told.count("\n") <= 1, told
    if (tmp_path / "run" / "run.toml").is_file() and status != 0:
        assert end(start("resume", tmp_path / "run", "-q"))[0] == 0
    elif status != 0:
        assert end(start("train", data, *TINY, "-q", "--out", tmp_path / "run"))[0] == 0
    assert weights_of(tmp_path / "run") == weights


DROPPED = """
import signal, time, weakref
from convolens.cli import app
class Thing: pass
def run(arguments):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    time.sleep(60)
app.main = run
from convolens.cli.start import main
main([])
"""


def test_ctrl_c_where_python_drops_it_is_not_lost():
    assert end(start(program=("-c", DROPPED))) == (130, "convolens: interrupted.\n")


JUMPING = """
import itertools, sys, time
told, jumps = time.time, itertools.count()
time.time = lambda: told() - 86_400 * next(jumps)  # a day back at each look
from convolens.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    "command",
    [
        "train",
        pytest.param("predict", marks=pytest.mark.soak),
        pytest.param("resume", marks=pytest.mark.soak),
        pytest.param("cache", marks=pytest.mark.soak),
    ],
)
def test_a_clock_that_jumps_back(command, data, whole, tmp_path):
    place = tmp_path / "run"
    words = {
        "train": ["train", data, *TINY, "--out", place],
        "predict": ["predict", place, data],
        "resume": ["resume", place],
        "cache": ["cache"],
    }[command]
    if command != "train":
        run("train", data, *TINY, "-q", "--out", place)
    assert end(start(*words, program=("-c", JUMPING))) == (0, "")
    if command != "cache":
        assert weights_of(place) == whole[0]


@pytest.fixture
def tiny_place(tmp_path):
    """A file system of 64 kilobytes."""
    place = tmp_path / "tiny"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("only root makes file systems")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize(
    "for_what",
    ["out", pytest.param("TMPDIR", marks=pytest.mark.soak), pytest.param("cache", marks=pytest.mark.soak)],
)
def test_a_disk_of_some_kilobytes(for_what, data, whole, tiny_place, tmp_path):
    """Scratch and cache are done without; a run that finds no room says so in one line."""
    variables = {"TMPDIR": {"TMPDIR": str(tiny_place)}, "cache": {"CONVOLENS_CACHE": str(tiny_place)}}.get(
        for_what, {}
    )
    out = (tiny_place if for_what == "out" else tmp_path) / "run"
    status, told = end(start("train", data, *TINY, "-q", "--out", out, **variables))
    if for_what == "out":
        assert status == 2
        assert told.startswith("convolens: ")
        assert told.count("\n") == 1
    else:
        assert (status, told) == (0, "")
        assert weights_of(out) == whole[0]


@pytest.mark.soak
@pytest.mark.parametrize("again", range(3))
def test_two_processes_fill_one_cache(again, data, whole, tmp_path):
    cache = {"CONVOLENS_CACHE": str(tmp_path / "cache")}
    both = [start("train", data, *TINY, "-q", "--out", tmp_path / name, **cache) for name in ("one", "other")]
    assert [end(process) for process in both] == [(0, ""), (0, "")]
    assert weights_of(tmp_path / "one") == weights_of(tmp_path / "other") == whole[0]


@pytest.mark.soak
@pytest.mark.parametrize("again", range(3))
def test_two_processes_begin_one_run(again, data, whole, tmp_path):
    """One has it; the other takes another name or is refused, and disturbs nothing."""
    both = [start("train", data, *TINY, "-q", "--out", tmp_path / "run") for _ in range(2)]
    ended = [end(process) for process in both]
    assert (0, "") in ended
    assert all(status in (0, 2) and told.count("\n") == (status == 2) for status, told in ended), ended
    assert weights_of(tmp_path / "run") == whole[0]
