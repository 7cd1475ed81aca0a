"""What README and docs tell a newcomer to type is typed here."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from images import folders

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
INDEX = (ROOT / "docs" / "index.md").read_text()
FROM_KERAS = (ROOT / "docs" / "from-keras.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def run(arguments: list[str], folder: Path) -> str:
    """Run a command in a folder and return what it printed."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_your_own_photos(tmp_path):
    typed = re.findall(r"^    \.venv/bin/convolens (.+)$", README, re.MULTILINE)
    assert [command.split()[0] for command in typed] == ["train", "predict", "evaluate"]
    folders(tmp_path / "photos", {"cat": 20, "dog": 20})
    folders(tmp_path / "photos-to-test", {"cat": 3, "dog": 3})
    folders(tmp_path / "holiday", {".": 4})
    for command in typed:
        few = ["--epochs", "1"] if command.startswith("train") else []
        run([sys.executable, "-m", "convolens", *shlex.split(command), *few], tmp_path)
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 5
    named = re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "docs" / "run-folder.md").read_text(), re.MULTILINE)
    there = {path.name for path in (tmp_path / "runs" / "photos").iterdir()}
    assert there <= set(named) | {"checkpoints"}
    sometimes = {"mistakes.png", "skipped_images.csv", "calibration.json", "calibration.safetensors"}
    sometimes |= {"first_answer.safetensors", "out_of_fold.csv", "held_out.safetensors"}
    assert set(named) <= there | sometimes


def test_the_table_of_commands_is_whole():
    from convolens.cli.app import make_app

    named = re.findall(r"^\| `convolens ([\w-]+)", INDEX, re.MULTILINE)
    assert named == [
        command.callback.__name__.replace("_", "-") for command in make_app().registered_commands
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page):
    for target in re.findall(r"(?:^    |`)make (\w+)", page.read_text(), re.MULTILINE):
        run(["make", "-n", target], ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_the_index_names_every_page_once():
    listed = re.findall(r"\]\(([\w-]+\.md)\)", INDEX)
    assert sorted(listed) == sorted(
        path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md"
    )


def test_the_readme_leads_to_the_index_and_is_short():
    assert "(docs/index.md)" in README
    assert len(README.splitlines()) <= 75


def test_the_python_program_of_from_keras(tmp_path):
    program = re.search(r"```python\n(.*?)```", FROM_KERAS, re.DOTALL).group(1)
    printed = run([sys.executable, "-c", program], tmp_path)
    assert "Total params: 82,826" in printed


def test_python_of_from_keras():
    """The page's own code, with data for it to train on."""
    own = FROM_KERAS[FROM_KERAS.index("## Any torch module") :]
    program = "\n".join(line[4:] for line in re.findall(r"^    .*$", own, re.MULTILINE))
    names = {"x": np.zeros((8, 32, 32, 3), np.float32), "y": np.zeros(8, np.int64)}
    exec(compile(program, "from-keras.md", "exec"), names)
    assert names["model"].predict(names["x"], verbose=0).shape == (8, 10)
