"""Runs in lists and on their page: many, damaged, of the command line, with names in any script."""

import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.files.lock import locked
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.records import summaries
from convolens.studio.shared import Studio
from convolens.studio.training.details import best_epoch
from convolens.studio.training.watching import RunWatch
from convolens.studio.workspace.identity import identity
from convolens.studio.workspace.workspace import Workspace


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "runs/first", tmp_path / "runs/first"))


def copies(run: Path, count: int) -> None:
    """Make so many more runs; they share their files."""
    for number in range(count):
        shutil.copytree(run, run.with_name(f"run-{number:03d}"), copy_function=os.link)


def test_three_hundred_runs_are_listed_at_once(
    serve: Callable[..., Any],
    visit: Any,
    trained: Path,
    tmp_path: Path,
    run: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copies(run, 299)
    served = serve(trained / "photos", tmp_path)
    assert len(served.ask("/api/runs")[1]["runs"]) == 300
    read: list[Any] = []
    whole = summaries._read
    monkeypatch.setattr(summaries, "_read", lambda run, **how: read.append(run) or whole(run, **how))
    file = tmp_path / "runs/run-007/history.csv"
    rows = file.read_bytes()
    file.unlink()  # the others share it
    file.write_bytes(rows)
    assert len(served.ask("/api/runs")[1]["runs"]) == 300
    assert [run.path.name for run in read] == ["run-007"]  # what has not changed is not read anew
    page = visit(served, "/train")
    page.locator("#list tbody tr").nth(299).wait_for()
    page.fill("#search", "run-29")
    assert page.locator("#list tbody tr").count() == 9  # run-290 ... run-298
    page.fill("#search", "no such run")
    assert page.locator("#none").inner_text() == "No run is like that."
    page.fill("#search", "")
    page.select_option("#order", "name")
    assert page.locator("#list tbody tr button").first.inner_text() == "first"


DAMAGED: list[tuple[str, bytes, str]] = [
    ("run.toml", b"[settings\n", "not readable as TOML"),
    ("run.toml", b"kind = 'probe'\nsettings = 3\n[data]\npath = 'a'\n", "damaged, or of another version"),
    ("run.toml", b"[data]\npath = 'x'\n", "[settings] epochs is missing"),
]


@pytest.mark.parametrize(("name", "content", "problem"), DAMAGED)
def test_a_damaged_run_is_listed_with_its_problem(
    serve: Callable[..., Any], tmp_path: Path, run: Path, name: str, content: bytes, problem: str
) -> None:
    (run / name).write_bytes(content)
    served = serve(None, tmp_path)
    (listed,) = served.ask("/api/runs")[1]["runs"]
    assert (problem in listed["problem"], listed["ready"]) == (True, False), listed
    assert served.ask(f"/api/runs/{identity('first')}")[0] == 200


@pytest.mark.parametrize(
    "content",
    [b"\0\xff\n" * 9, b"epoch,loss\n1,nan\n2,inf\n3,x\n", b"epoch\n" + b"9" * 200_000 + b"\n", b"[]"],
)
@pytest.mark.parametrize("name", ["history.csv", "results.json", "model.json"])
def test_damaged_files_of_a_run_are_no_error_of_the_list(
    serve: Callable[..., Any], tmp_path: Path, run: Path, name: str, content: bytes
) -> None:
    (run / name).write_bytes(content)
    served = serve(None, tmp_path)
    assert served.ask("/api/runs")[0] == 200
    status, shown = served.ask(f"/api/runs/{identity('first')}")
    assert status == 200
    assert all(value is None or math.isfinite(value) for row in shown["history"] for value in row.values())


@pytest.mark.parametrize(
    "name",
    [
        "猫 и собаки",
        "قطط",
        "<script>alert(1)",
        "<img src=x onerror=alert(1)>",
        'it\'s "odd" & more',
        "🐻" * 20,
        os.fsdecode(b"caf\xe9"),
    ],
)
def test_names_in_any_script(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, run: Path, name: str
) -> None:
    run.rename(run.with_name(name))
    served = serve(None, tmp_path)
    shown = name.encode("utf-8", "replace").decode()
    assert served.ask(f"/api/runs/{identity(name)}")[1]["name"] == shown
    page = visit(served, f"/train?run={identity(name)}")
    page.locator("#findings li").first.wait_for()
    assert page.locator("#current-title bdi").inner_text() == shown
    assert page.locator("#list button bdi").inner_text() == shown


def test_a_run_of_the_command_line_is_followed_in_its_files(tmp_path: Path, run: Path) -> None:
    studio = Studio(Workspace(None, tmp_path / "runs", tmp_path))
    watch = RunWatch(studio)
    (run / "results.json").unlink()
    history = run / "history.csv"
    text = history.read_text().splitlines(keepends=True)
    history.write_text("".join(text[:2]))
    assert watch() == []  # whoever listens has asked for this
    with locked(run):
        watch._listed_at = -1e9
        (listed, item) = watch()
        assert (listed.topic, item.topic, item.values["state"], item.values["rows"]) == (
            "runs",
            "run",
            "running",
            [],
        )
        assert ([one["state"] for one in listed.values["changed"]], listed.values["gone"]) == (
            ["running"],
            [],
        )
        with history.open("a") as file:
            file.write(text[2])
            file.flush()
            file.write(text[3][:5])  # a row that is not whole yet
        (item,) = watch()
        assert (item.values["rows_before"], [row["epoch"] for row in item.values["rows"]]) == (1, [2])
        assert watch() == []
    (item,) = watch()
    assert (item.values["state"], item.values["rows"]) == ("stopped", [])
    assert watch() == []
    shutil.rmtree(run)
    watch._listed_at = -1e9
    (item,) = watch()
    assert (item.topic, item.values) == ("runs", {"changed": [], "gone": [identity("first")]})


def test_the_list_follows_the_news_and_is_asked_for_once(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, run: Path
) -> None:
    copies(run, 2)
    page = visit(serve(None, tmp_path), "/train")
    states = page.locator("#list .state")
    page.locator("#findings li").first.wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with locked(run):
        states.get_by_text("training").wait_for()
    states.get_by_text("training").wait_for(state="detached")
    assert states.count() == 3
    shutil.rmtree(run.with_name("run-001"))
    states.nth(2).wait_for(state="detached")
    run.rename(run.with_name("renamed"))
    page.locator("#list button", has_text="renamed").wait_for()
    assert states.count() == 2
    assert [url for url in asked if url.endswith("/api/runs")] == []


def test_a_run_that_was_deleted_is_not_shown_any_more(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, run: Path
) -> None:
    page = visit(serve(None, tmp_path), f"/train?run={identity('first')}")
    page.locator("#curves").wait_for()
    shutil.rmtree(run)
    page.locator("#none", has_text="There is no run yet").wait_for()
    assert page.locator("#current, #curves").filter(visible=True).count() == 0
    assert "run=" not in page.url


def test_the_report_is_served_without_any_right(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, run: Path
) -> None:
    served = serve(None, tmp_path)
    page = visit(served, f"/api/runs/{identity('first')}/report")
    assert page.locator("h1").inner_text() == "first"
    headers = page.request.get(page.url).headers
    assert "sandbox" in headers["content-security-policy"]
    assert page.locator("img").first.evaluate("image => image.naturalWidth") > 0
    secret = tmp_path / "secret.html"
    secret.write_text("secret")
    (run / "report.html").unlink()
    (run / "report.html").symlink_to(secret)
    error = {"error": "first: has no report; a training writes it at its end."}
    assert served.ask(f"/api/runs/{identity('first')}/report") == (404, error)
    assert served.ask(f"/api/runs/{identity('first')}")[1]["report"] is False


def test_no_run_is_told(serve: Callable[..., Any], tmp_path: Path, run: Path) -> None:
    served = serve(None, tmp_path)
    (tmp_path / "runs/empty").mkdir()
    for name, status, error in (
        ("gone", 404, "is no longer there; it was moved or removed. Reload the page."),
        ("empty", 404, "holds no run; choose one in the list."),
        ("../runs", 400, "does not lie in"),
    ):
        found, said = served.ask(f"/api/runs/{identity(name)}")
        assert (found, error in said["error"]) == (status, True), said


def test_the_best_epoch_is_the_one_that_is_marked(
    serve: Callable[..., Any], visit: Any, tmp_path: Path, run: Path
) -> None:
    rows = [
        {"epoch": 1.0, "val_accuracy": 0.5},
        {"epoch": 2.0, "val_accuracy": 0.7},
        {"epoch": 3.0, "val_accuracy": None},
    ]
    assert best_epoch(rows, "val_accuracy") == 2
    served = serve(None, tmp_path)
    shown = served.ask(f"/api/runs/{identity('first')}")[1]
    page = visit(served, "/train")
    page.locator("#loss circle.best").wait_for()
    losses = [row["val_loss"] for row in shown["history"]]
    assert shown["best"] == losses.index(min(losses)) + 1
    ends = (
        page.locator("#loss circle.last").get_attribute("cx"),
        page.locator("#loss circle.best").get_attribute("cx"),
    )
    assert (ends[0] == ends[1]) == (shown["best"] == len(losses))
    assert RunFolder(run).best.is_file()
