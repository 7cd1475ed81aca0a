"""Names that break naive programs: commas, quotes, line ends, markup, emoji codes, bytes that are no UTF-8."""

import csv
import io
import json
import os
import shlex
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from convolens import runs
from convolens.errors import DataError
from convolens.runs.output.screen import Screen, Terminal
from convolens.runs.output.tables import write_csv
from convolens.runs.report.prediction import write_answers
from images import folders

CLASSES = ('a,b "c"', "new\nline", "=1+1", "$x$ [red]y", ":cat: две собаки 🐶")
FILES = (
    "a,b",
    'q"q',
    "n\nl",
    "r\rc",
    "[bold]x",
    "=cmd()",
    ":cat:",
    "é" * 60,
    "-dash",
    " lead",
    "tab\tt",
    "last",
)


def rows(path):
    """Read a table as a spreadsheet would."""
    with Path(path).open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def train(data, out):
    """Train for one epoch; return the run and what was shown."""
    text = io.StringIO()
    screen = Screen(console=Terminal(file=text, width=300, highlight=False, emoji=False))
    return runs.train(runs.TrainOptions(data, size=8, epochs=1, threads=1, out=out), screen), text.getvalue()


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A run trained on odd names, in a folder with an odd name."""
    place = tmp_path_factory.mktemp("odd")
    data = folders(place / "data", dict.fromkeys(CLASSES, len(FILES)))
    for folder in data.iterdir():
        for file, name in zip(sorted(folder.iterdir()), FILES, strict=True):
            file.rename(folder / f"{name}.png")
    return data, *train(data, place / "run, 'odd' one")


def test_tables_name_files_that_are_there(odd, tmp_path):
    data, result, _ = odd
    table = rows(result.folder.predictions)
    assert all(Path(row["path"]).is_file() for row in table)
    assert {row["label"] for row in table} == set(CLASSES)
    assert all(row["label"] == Path(row["path"]).parent.name for row in table)
    answers = runs.predict(result.folder.path, [data])
    write_answers(tmp_path / "answers.csv", answers)
    assert [Path(row["path"]) for row in rows(tmp_path / "answers.csv")] == [
        answer.path for answer in answers
    ]
    assert len(answers) == len(CLASSES) * len(FILES)


def test_names_are_shown_as_they_are(odd):
    _, result, text = odd
    assert ":cat: две собаки 🐶" in text
    assert "$x$ [red]y" in text
    command = text.rsplit("Next: ", 1)[1].removesuffix(" PHOTO...\n")
    assert shlex.split(command) == ["convolens", "predict", str(result.folder.path)], (
        "can be pasted into a shell"
    )
    assert json.loads(result.folder.model.read_text())["class_names"] == sorted(CLASSES)


def test_sorting_them_and_taking_it_back(odd, tmp_path):
    data, result, _ = odd
    done = runs.sort_into(runs.predict(result.folder.path, [data]), tmp_path / "sorted")
    assert len(done.created) == len(CLASSES) * len(FILES)
    assert runs.undo(done.undo_list) == (len(done.created), [])
    assert list((tmp_path / "sorted").iterdir()) == []


def test_file_names_that_are_not_utf_8(tmp_path):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    try:
        for i, file in enumerate(sorted(data.rglob("*.png"))):
            os.rename(file, os.fsencode(file.parent) + b"/caf\xe9%d.png" % i)
        Path(os.fsdecode(os.fsencode(data / "a") + b"/br\xe9.jpg")).write_text("broken")
    except OSError:
        pytest.skip("this file system takes no such names")
    result, text = train(data, tmp_path / "run")
    assert "br?.jpg: not an image" in text
    assert tomllib.loads(result.folder.settings.read_text(encoding="utf-8"))["data"]["skipped_images"] == 1
    assert result.folder.report.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert all(Path(row["path"]).is_file() for row in rows(result.folder.predictions))
    assert all(Path(row["path"]).is_file() for row in rows(result.folder.skipped))
    answers = runs.predict(result.folder.path, [data])
    assert [answer.error is None for answer in answers].count(False) == 1
    done = runs.sort_into(answers, tmp_path / "sorted")
    assert runs.undo(done.undo_list) == (16, [])


@pytest.mark.parametrize("name", [b"back\\slash", b"caf\xe9"], ids=["backslash", "latin-1"])
def test_class_names_that_cannot_travel_are_refused(tmp_path, name):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    try:
        os.rename(data / "b", os.fsencode(data) + b"/" + name)
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(DataError, match=r"cannot be the name of a class.*rename the folder"):
        train(data, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_carriage_return_stays_in_its_row(tmp_path):
    write_csv(tmp_path / "a.csv", ["path", "label"], [["Icon\r.png", "a"], ["plain.png", "b"]])
    assert rows(tmp_path / "a.csv") == [
        {"path": "Icon\r.png", "label": "a"},
        {"path": "plain.png", "label": "b"},
    ]
    assert (tmp_path / "a.csv").read_bytes().endswith(b"\nplain.png,b\n"), "others are as before"


def test_a_screen_shows_any_name():
    text = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    Screen(console=Console(file=text)).table(["caf\udce9"], [["[x]\udce9"]])
    text.seek(0)
    assert "[x]?" in text.read()


def test_explain(odd, tmp_path):
    """Names are drawn as they are: no markup, no formula, no byte that stops the pen."""
    data, result, _ = odd
    odd_bytes = Path(os.fsdecode(os.fsencode(tmp_path / "caf") + b"\xe9 $x$.png"))
    odd_bytes.write_bytes((data / "=1+1" / "last.png").read_bytes())
    photos = [str(data / CLASSES[3]), str(odd_bytes)]
    options = runs.ExplainOptions(
        result.folder.path, photos, CLASSES[3], ("grad-cam",), out=tmp_path / "why, 'odd'"
    )
    done = runs.explain(options)
    assert len(done.photos) == len(FILES) + 1
    assert all(photo.error is None and photo.files[0].is_file() for photo in done.photos)
    json.dumps(done.as_dict())
    page = (done.folder / "explain.html").read_text()
    assert "[bold]x.png" in page
    assert page.count("data:image/png") == len(FILES) + 2


def test_photos_of_another_system_are_the_same_photos(tmp_path):
    """Accents in one code point here (NFC), in two there (NFD): every way from a run to photos matches them."""
    here = folders(tmp_path / "here", {"café": 12, "école": 12, "zoo": 12})
    mac = tmp_path / "mac"
    for path in sorted(here.rglob("*.png")):
        copy = mac / unicodedata.normalize("NFD", path.parent.name) / f"{path.stem}.png"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    options = runs.TrainOptions(here, size=8, epochs=1, threads=1, from_scratch=True, out=tmp_path / "run")
    quiet = Screen(quiet=True)
    run = runs.train(options, quiet).folder
    other = runs.train(replace(options, data=mac, out=tmp_path / "other"), quiet).folder
    assert run.best.read_bytes() == other.best.read_bytes(), "the same order of photos and of classes"
    scores = runs.evaluate(run.path, mac, screen=quiet)
    assert (scores.photos, scores.accuracy) == (36, runs.evaluate(run.path, here, screen=quiet).accuracy)
    assert runs.diff(run.path, other.path, mac, screen=quiet).accuracy("first") == scores.accuracy
    assert runs.resume(run.path, runs.ResumeOptions(data=mac, epochs=2), quiet).outcome.epochs == 2
    text = io.StringIO()
    screen = Screen(console=Terminal(file=text, width=300, highlight=False, emoji=False))
    runs.train(
        replace(options, data=mac, branch_from=run.path, from_scratch=False, out=tmp_path / "branch"), screen
    )
    assert "are kept" not in text.getvalue(), "no class is new, none is gone"
    photo = next((mac / "zoo").iterdir())
    made = runs.explain(
        runs.ExplainOptions(run.path, [photo], class_name=unicodedata.normalize("NFD", "café")), quiet
    )
    assert unicodedata.normalize("NFC", made.photos[0].explained) == "café"
    both = runs.train(replace(options, validation=mac, out=tmp_path / "both"), quiet)
    assert both.outcome.scores.photos == 36
    assert both.outcome.findings[0].title == "Validation photos that were learnt from"
