"""A program that trains begins at once: what it does not need is not imported on the way."""

import subprocess
import sys
from pathlib import Path

import pytest

from photographs import pieces

HEAVY = {"sklearn", "scipy.stats", "matplotlib.pyplot", "pandas", "torch._dynamo", "sympy"}
IMPORTED = f"import sys; print('imported', *({HEAVY!r} & set(sys.modules)))"
TRAINED = (
    "from convolens.cli import main\ntry: main(sys.argv[1:])\nexcept SystemExit as end: assert not end.code\n"
)


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    for number, piece in enumerate(pieces(140)[:16]):
        folder = tmp_path / "photos" / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        piece.resize((16, 16)).save(folder / f"{number}.png")
    return tmp_path / "photos"


@pytest.mark.parametrize("command", ["import", "train"])
def test_what_takes_seconds_is_not_imported(command: str, two_classes: Path) -> None:
    asked = ["train", str(two_classes), "--model", "shallow-vgg", "--size", "16", "--epochs", "1", "--out", str(two_classes.parent / "run")]  # fmt: skip
    program = "import convolens.runs\n" if command == "import" else f"import sys\n{TRAINED}"
    found = subprocess.run(
        [sys.executable, "-c", program + IMPORTED, *asked], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines()[-1] == "imported"
