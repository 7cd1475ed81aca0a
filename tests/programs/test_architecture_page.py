"""docs/architecture.md shows the house as its imports are, and names files that are there."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_the_drawing_is_what_the_imports_say() -> None:
    drawn = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "draw_rooms.py")], capture_output=True, text=True, check=True
    ).stdout
    assert drawn.strip() in PAGE, "run `python docs/draw_rooms.py --write`"


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", PAGE)
    assert len(named) > 15
    places = [ROOT, ROOT / "src" / "convolens"]
    assert [
        name for name in named if "NAME" not in name and not any((place / name).is_file() for place in places)
    ] == []
