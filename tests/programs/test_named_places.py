"""docs/architecture.md shows the house as its imports are; documents and docstrings name files and modules that are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "convolens"
DOCUMENTS = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]
SOURCES = [*PACKAGE.rglob("*.py"), *DOCUMENTS]
# `features.csv` and the like are files of a run
ROOMS = [
    path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in ("features", "__pycache__")
]
PLACES = (ROOT, PACKAGE, PACKAGE / "runs")


def test_the_drawing_is_what_the_imports_say() -> None:
    drawn = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "draw_rooms.py")], capture_output=True, text=True, check=True
    ).stdout
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert drawn.strip() in page, "run `python docs/draw_rooms.py --write`"


def test_no_room_is_crowded() -> None:
    crowded = {
        room.relative_to(PACKAGE).as_posix(): len(files)
        for room in PACKAGE.rglob("*")
        if room.is_dir()
        and len(files := list(room.glob("*.py"))) > 16  # fifteen, and what the room says of itself
    }
    assert crowded == {}


def is_there(name: str) -> bool:
    """Return whether a dotted name is a module, or is spoken of in the room before it."""
    place = PACKAGE
    for part in name.removeprefix("convolens.").split("."):
        if (place / part).is_dir():
            place /= part
        elif (place / f"{part}.py").is_file():
            return True
        else:
            return any(  # `__init__` may look into the files when it is asked
                re.search(rf"\b{part}\b", file.read_text(encoding="utf-8")) for file in place.glob("*.py")
            )
    return True


def named(pattern: str, files: list[Path]) -> list[tuple[str, str]]:
    """Return what the files name by a pattern in back-ticks: (file, name)."""
    return [
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in re.findall(pattern, path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("pattern", "files", "there", "fewest"),
    [
        (
            r"`((?:[\w.]+/)+\w+\.py)`",
            DOCUMENTS,
            lambda name: any((place / name).is_file() for place in PLACES),
            30,
        ),
        (rf"`((?:convolens\.)?(?:{'|'.join(ROOMS)})\.[\w.]+)`", SOURCES, is_there, 30),
    ],
    ids=["files", "modules"],
)
def test_what_is_named_is_there(pattern, files, there, fewest):
    found = [(path, name) for path, name in named(pattern, files) if "NAME" not in name]
    assert len(found) >= fewest
    assert [(path, name) for path, name in found if not there(name)] == []
