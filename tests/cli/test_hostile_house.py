"""Commands in surroundings that take everything away: each ends by one line and a status that says so, and nothing is lost.

A few are tried in `make test`; `make soak` tries every command in each of the surroundings.
"""

import os
import subprocess
import sys

import pytest

from images import folders
from typed import run

TINY = "--size 8 --epochs 1 --threads 1 --from-scratch"
COMMANDS = {
    "help": "--help",
    "models": "models",
    "cost": "cost RUN --csv table.csv",
    "check": "check DATA --no-model --out checked",
    "train": f"train DATA {TINY} --out trained",
    "predict": "predict RUN DATA --csv table.csv",
    "predict-json": "predict RUN DATA --json",
    "sort": "predict RUN DATA --sort-into sorted",
    "evaluate": "evaluate RUN DATA --out evaluated",
    "explain": "explain RUN DATA/café --method grad-cam --out explained",
    "features": "features RUN DATA --out features.npz",
    "resume": "resume RUN",
    "no-run": "predict nowhere DATA",
}
NOWHERE = "/dev/null/none"  # no folder can be made there, not even by root

# Variables of the environment, and what a shell does with the command.
SURROUNDINGS: dict[str, tuple[dict[str, str], str]] = {
    "ascii": ({"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, 'exec "$@"'),
    "latin-1": ({"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}, 'exec "$@"'),
    "no-input": ({}, 'exec "$@" <&-'),
    "no-output": ({}, 'exec "$@" >&-'),
    "no-errors": ({}, 'exec "$@" 2>&-'),
    "no-streams": ({}, 'exec "$@" <&- >&- 2>&-'),
    "full-output": ({}, 'exec "$@" > /dev/full'),
    "reader-gone": ({}, '"$@" | true; exit ${PIPESTATUS[0]}'),
    "no-home": (
        {
            "HOME": NOWHERE,
            "MPLCONFIGDIR": NOWHERE,
            "NUMBA_CACHE_DIR": NOWHERE,
            "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
            "CONVOLENS_CACHE": NOWHERE,
        },
        'exec "$@"',
    ),
    "no-scratch": ({"TMPDIR": NOWHERE}, 'exec "$@"'),
    "folder-gone": ({}, 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'),
    "few-files": ({}, 'ulimit -n 24 && exec "$@"'),
    "full-disk": ({}, 'ulimit -f 4 && exec "$@"'),
}
FEW = [
    ("predict", "no-streams"),
    ("predict", "folder-gone"),
    ("train", "ascii"),
    ("explain", "no-home"),
    ("sort", "few-files"),
]

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="POSIX surroundings")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    data = folders(place / "DATA", {"café": 8, "Ωmega": 8})
    (data / "Ωmega" / "00.png").rename(data / "Ωmega" / "no utf-8 \udce9.png")
    run("train", place / "DATA", *TINY.split(), "-q", "--out", place / "RUN")
    return place


def contents(place, command):
    """Return every file of the photos and the run but those that `resume` writes anew, each of which takes its time."""
    anew = ("report.html", "results.json") if command == "resume" else ()
    return {
        path: path.read_bytes()
        for part in ("DATA", "RUN")
        for path in (place / part).rglob("*")
        if path.is_file() and path.name not in anew
    }


def hostile(command, surroundings, place, folder):
    """Run a command in these surroundings; return what a shell knows of it."""
    variables, shell = SURROUNDINGS[surroundings]
    words = [
        str(place / word) if word.startswith(("DATA", "RUN")) else word for word in COMMANDS[command].split()
    ]
    return subprocess.run(
        ["bash", "-c", shell, "bash", sys.executable, "-m", "convolens", *words],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("command", "surroundings"),
    [
        pytest.param(command, surroundings, marks=[] if (command, surroundings) in FEW else pytest.mark.soak)
        for surroundings in SURROUNDINGS
        for command in COMMANDS
    ],
)
def test_it_ends_in_good_order(command, surroundings, place, tmp_path):
    before = contents(place, command)
    ended = hostile(command, surroundings, place, tmp_path)
    told = ended.stderr.decode(errors="replace")
    assert ended.returncode in (0, 1, 2), told
    assert "Traceback" not in told + ended.stdout.decode(errors="replace")
    said = [line for line in told.splitlines() if not line.startswith("convolens: warning: ")]
    assert len(said) == (ended.returncode != 0 and surroundings not in ("no-errors", "no-streams")), told
    assert all(line.startswith("convolens: ") for line in said), told
    assert contents(place, command) == before


PRESSED = """
import os, signal, sys
from convolens.cli import main
def press(event, about):
    if event == "import" and f"{about[0]}.".startswith(f"{sys.argv[1]}."):
        os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have had it ignored
sys.addaudithook(press)
main(sys.argv[2:])
"""


@pytest.mark.parametrize(
    "module",
    [
        pytest.param(name, marks=[] if name in ("convolens.cli.app", "torch") else pytest.mark.soak)
        for name in (
            "convolens.cli.app",
            "typer",
            "convolens.runs",
            "numpy",
            "torch",
            "torch._C",
            "torch.nn",
            "numba",
            "PIL.Image",
            "matplotlib",
            "scipy",
            "convolens.runs.answers.predict",
        )
    ],
)
def test_ctrl_c_is_one_line_while_python_imports(module, place, tmp_path):
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            PRESSED,
            module,
            "explain",
            place / "RUN",
            place / "DATA",
            "--out",
            "explained",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (ended.returncode, ended.stderr) == (130, "convolens: interrupted.\n")
