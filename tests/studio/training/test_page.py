"""The Train page as a person uses it: one click, curves that grow, pause, resume, several runs overlaid, all by keyboard."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import convolens
from images import overlapping


def fill_in(page: Any, **values: str) -> None:
    if not page.locator("#fields").is_visible():
        page.locator("#more summary").click()
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def points(page: Any) -> int:
    """Return how many epochs the curve of the validation loss shows."""
    curve = page.locator('#loss path[data-curve$="val_loss"]')
    return (curve.get_attribute("d") or "").count("L") + 1 if curve.count() else 0


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait until something holds; `wait_for_function` evaluates texts, which the pages' policy forbids."""
    for _ in range(1200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("not within a minute")


def test_train_pause_close_open_resume_and_see_the_end(
    serve: Callable[..., Any], visit: Any, accessible: Any, photos: Path, tmp_path: Path
) -> None:
    served = serve(photos, tmp_path)
    page = visit(served, "/train")
    fill_in(page, name="mine", epochs="30", size="24", batch_size="16", seed="3")
    page.locator(".typed summary").click()
    page.locator("#command", has_text="--seed 3").wait_for()
    assert page.locator("#command").inner_text() == (
        f"convolens train {photos} --size 24 --epochs 30 --batch-size 16 --seed 3 --out {tmp_path / 'runs/mine'}"
    )
    page.locator("[name=name]").press("Enter")
    page.locator("#state", has_text="looking at the photos").wait_for()
    page.locator("#curves").wait_for()
    until(page, lambda: points(page) > 2)
    before = points(page)
    assert "images/s" in page.locator("#rate").inner_text()
    assert page.locator("#left").inner_text().endswith("left")
    pause = page.get_by_role("button", name="Pause")
    pause.focus()
    until(page, lambda: points(page) > before)
    assert pause.evaluate("(button) => button === document.activeElement")  # whatever else is drawn anew
    accessible(page)
    pause.press("Enter")
    page.locator("#state", has_text="paused").wait_for()
    assert page.evaluate("document.activeElement.matches('#buttons button, #current-title')")
    again = visit(served, "/train")  # another page, opened later, shows the same
    again.locator("#current-title", has_text="mine").wait_for()
    again.get_by_role("button", name="Resume").press("Enter")
    again.locator("#findings li").first.wait_for()
    assert again.locator("#state").inner_text() == "done"
    assert again.locator("#count").is_hidden()
    assert points(again) == 30
    page.locator("#state", has_text="done").wait_for()  # and the first page has heard of it
    assert page.locator("#list tbody tr").count() == 1
    for text in ("Report", "Mistakes", "Try", "Take away", "Compare"):
        assert page.locator("#links").get_by_role("link", name=text).is_visible()
    accessible(page)


def test_a_training_that_cannot_be_says_why(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    overlapping(photos, {"alone": 5})
    served = serve(photos, tmp_path)
    page = visit(served, "/train")
    fill_in(page, epochs="0")
    page.locator("#wrong", has_text="train: epochs must be an integer of at least 1").wait_for()
    assert page.locator("#train").is_disabled()
    page.complaints.clear()
    fill_in(page, epochs="2")
    page.locator("#train:enabled").wait_for()
    page.locator("#train").click()
    page.locator("#state", has_text="failed").wait_for()
    assert (
        "only one class, 'alone'; a classifier needs at least two class folders."
        in page.locator("#problem").inner_text()
    )
    assert not (tmp_path / "runs").exists() or list((tmp_path / "runs").iterdir()) == []


def test_a_run_of_the_command_line_shows_and_grows(
    serve: Callable[..., Any], visit: Any, photos: Path, tmp_path: Path
) -> None:
    served = serve(photos, tmp_path)
    page = visit(served, "/train")
    page.locator("#none").wait_for()
    words = [
        "train",
        str(photos),
        "--size",
        "24",
        "--batch-size",
        "16",
        "--epochs",
        "3000",
        "--out",
        str(tmp_path / "runs/typed"),
    ]
    # as a terminal starts it: whoever runs the tests in the background has children ignore Ctrl-C
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from convolens.cli import main; main()"
    typed = subprocess.Popen(
        [sys.executable, "-c", begin, *words],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(convolens.__file__).parents[1])},
    )
    try:
        page.locator("#list button", has_text="typed").click()
        until(page, lambda: points(page) > 3)
        page.locator("#rate", has_text="images/s").wait_for()
        page.get_by_role("button", name="Stop").click()
        page.locator("#findings li").first.wait_for()
        assert typed.wait(60) == 130
    finally:
        typed.kill()
        typed.wait()


def test_several_runs_are_overlaid(
    serve: Callable[..., Any], visit: Any, trained: Path, tmp_path: Path
) -> None:
    for name in ("one", "two", "three"):
        shutil.copytree(trained / "runs/first", tmp_path / "runs" / name)
    page = visit(serve(trained / "photos", tmp_path), "/train")
    page.locator("#legend li").first.wait_for()
    assert page.locator("#legend li").count() == 1
    shown = page.locator("#current-title").inner_text()
    others = {"one", "two", "three"} - {shown}
    for name in others:
        page.get_by_role("checkbox", name=f"Curve of {name}", exact=True).press("Space")
    page.locator("#legend li").nth(2).wait_for()
    assert (
        page.locator("#loss path.curve").count() == 6
    )  # of each those to learn from, dashed, and of validation
    colours = page.locator("#loss path.curve").evaluate_all(
        "lines => lines.map((line) => line.getAttribute('stroke'))"
    )
    assert len(set(colours)) == 3
    page.get_by_role("checkbox", name=f"Curve of {others.pop()}", exact=True).press("Space")
    page.locator("#legend li").nth(2).wait_for(state="detached")
    assert page.locator("#legend li").count() == 2


def test_a_training_that_another_page_began_is_followed_and_learns_longer(
    serve: Callable[..., Any], visit: Any, photos: Path, tmp_path: Path
) -> None:
    served = serve(photos, tmp_path)
    options = {"size": 24, "batch_size": 16, "epochs": 2}
    begun = served.ask("/api/trainings", {"name": "other", "options": options})[1]
    page = visit(served, f"/train?job={begun['job']}")
    page.locator("#current-title", has_text="other").wait_for()
    page.locator("#findings li").first.wait_for()
    page.get_by_role("spinbutton", name="Epochs in all").fill("4")
    page.get_by_role("button", name="Learn longer").click()
    page.locator("#list td", has_text="4 of 4").wait_for()
    until(page, lambda: points(page) == 4)
    page.locator("#state", has_text="done").wait_for()
