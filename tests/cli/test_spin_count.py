"""A command lets torch's threads spin briefly where they wait, unless the user said how; libgomp hears of it."""

import os
import subprocess
import sys

import pytest

from convolens.cli.spin_count import OWN, SPIN_COUNT, set_spin_count

PROGRAM = """
import os, sys
from convolens.cli import main
before = os.environ.get("GOMP_SPINCOUNT")
try:
    main(sys.argv[1:])
except SystemExit as end:
    print("STATUS", end.code or 0, before, os.environ.get("GOMP_SPINCOUNT"))
"""


def command(*words: str, **variables: str) -> tuple[str, str]:
    """Run a command in a fresh process; return its status and the variable before and behind it, and what libgomp says."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=environment | variables, capture_output=True, text=True, timeout=300
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1], done.stderr


def test_libgomp_hears_of_it() -> None:
    """`predict` loads torch before it looks for the run, and libgomp says what it read then."""
    said, heard = command("predict", "nowhere", "photo.png", OMP_DISPLAY_ENV="verbose")
    assert said == f"STATUS 2 None {SPIN_COUNT}"
    if sys.platform == "linux":
        assert f"GOMP_SPINCOUNT = '{SPIN_COUNT}'" in heard


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, f"None {SPIN_COUNT}"),
        ({"GOMP_SPINCOUNT": "777"}, "777 777"),
        ({"OMP_WAIT_POLICY": "active"}, "None None"),
    ],
)
def test_a_users_own_stays(own: dict[str, str], expected: str) -> None:
    assert command("--version", **own)[0] == f"STATUS 0 {expected}"


def test_too_late_it_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here torch is loaded: the variable would only mislead the processes that this one starts."""
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    set_spin_count()
    assert "GOMP_SPINCOUNT" not in os.environ
    monkeypatch.delitem(sys.modules, "torch")
    set_spin_count()
    assert os.environ.pop("GOMP_SPINCOUNT") == SPIN_COUNT
