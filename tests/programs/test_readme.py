"""README and the pages of docs name commands, make targets, links and programs that are there."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

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


def test_the_table_of_commands_is_whole():
    from convolens.cli.app import make_app

    named = re.findall(r"^\| `convolens ([\w-]+)", INDEX, re.MULTILINE)
    assert named == [
        command.callback.__name__.replace("_", "-") for command in make_app().registered_commands
    ]


def test_the_slow_tests_are_there():
    """A test of another name would be quick without anybody's deciding it."""
    listed = [line.split()[1] for line in (ROOT / "tests" / "slow.txt").read_text().splitlines()]
    assert listed
    assert len(listed) == len(set(listed))
    for name in listed:
        path, _, test = name.partition("::")  # a whole file, or one of its tests
        assert not test or f"def {test.split('::')[-1]}(" in (ROOT / path).read_text(), name
        assert (ROOT / path).is_file(), name


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
