"""The Compare page: what runs cost, and two of them photo by photo, against `cost` and `diff` themselves."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens import runs
from convolens.analysis import cost
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.studio.workspace.identity import identity

QUIET = Screen(quiet=True)


@pytest.fixture
def two(trained: Path, tmp_path: Path) -> Path:
    """The first run, and one that gets three photos otherwise: two of them right that were wrong, one wrong that was right."""
    for name in ("first", "second"):
        shutil.copytree(trained / "runs/first", tmp_path / "runs" / name)
    path = tmp_path / "runs/second/predictions.csv"
    head, *rows = path.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    wrong = [row for row in cells if row[1] != row[2]][:2]
    right = next(row for row in cells if row[1] == row[2])
    for row in wrong:
        row[2] = row[1]
    right[2] = next(label for label in ("circle", "cross", "stripe") if label != right[1])
    path.write_text("\n".join([head, *map(",".join, cells)]) + "\n")
    return tmp_path


def test_costs_are_those_of_the_network(serve: Callable[..., Any], two: Path, trained: Path) -> None:
    served = serve(trained / "photos", two)
    status, said = served.ask(f"/api/compare?run={identity('first')}&run={identity('second')}")
    assert status == 200
    expected = cost(model_file.network(RunFolder(two / "runs/first")), training=False)
    for run in said["runs"]:
        assert (run["parameters"], run["multiply_accumulates"]) == (
            expected.parameters,
            expected.multiply_accumulates,
        )
        assert run["input_shape"] == [24, 24, 3]
        assert run["weights_bytes"] == (two / "runs/first/checkpoints/best.safetensors").stat().st_size


def test_a_run_that_cannot_be_measured_says_why(serve: Callable[..., Any], two: Path) -> None:
    (two / "runs/second/model.json").write_text("{")
    status, said = serve(None, two).ask(f"/api/compare?run={identity('first')}&run={identity('second')}")
    assert status == 200
    assert "problem" not in said["runs"][0] or said["runs"][0]["problem"] is None
    assert "model.json" in said["runs"][1]["problem"]


def test_a_pair_is_what_diff_says(serve: Callable[..., Any], two: Path, trained: Path) -> None:
    served = serve(trained / "photos", two)
    ids = f"first={identity('first')}&second={identity('second')}"
    status, said = served.ask(f"/api/compare/pair?{ids}")
    assert status == 200
    expected = runs.diff(two / "runs/first", two / "runs/second", screen=QUIET)
    for name in (
        "photos",
        "first_accuracy",
        "second_accuracy",
        "fixed",
        "broken",
        "right",
        "wrong",
        "p_value",
    ):
        assert said[name] == expected.as_dict()[name], name
    assert (said["fixed"], said["broken"]) == (2, 1)
    assert said["verdict"] == "The difference may well be chance (McNemar's exact test: p = 1)."
    for pair in said["pairs"]["fixed"]:
        assert pair["second"] == pair["label"] != pair["first"]
        assert served.ask(f"/api/pictures/{pair['photo']}")[0] == 200
    status, said = served.ask(f"/api/compare/pair?{ids}&on=open")
    assert (status, said["photos"], said["fixed"], said["broken"]) == (200, 90, 0, 0)
    assert said["verdict"] == "Both get the same photos right."
    assert any("learn" in line for line in said["warnings"])


def test_photos_that_are_elsewhere_have_no_picture(serve: Callable[..., Any], two: Path) -> None:
    ids = f"first={identity('first')}&second={identity('second')}"
    said = serve(None, two).ask(f"/api/compare/pair?{ids}")[1]
    assert all(pair["photo"] is None and pair["path"].startswith("/") for pair in said["pairs"]["fixed"])


def test_pictures_are_of_the_photos_of_the_run_wherever_the_studio_was_started(
    serve: Callable[..., Any], two: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        table = two / "runs" / name / "predictions.csv"
        table.write_text(table.read_text().replace(str(trained / "photos"), "photos"))
    ids = f"first={identity('first')}&second={identity('second')}"
    (tmp_path / "elsewhere").mkdir()
    for place in (tmp_path / "elsewhere", shutil.copytree(trained / "photos", tmp_path / "photos").parent):
        monkeypatch.chdir(place)
        for photos, shown in ((trained / "photos", True), (tmp_path / "photos", False)):
            said = serve(photos, two).ask(f"/api/compare/pair?{ids}")[1]
            assert {pair["photo"] is not None for pair in said["pairs"]["fixed"]} == {shown}
    path = trained / "photos" / said["pairs"]["fixed"][0]["path"]
    assert path.is_file()


def test_a_photo_that_took_the_place_of_another_is_not_shown_as_it(
    serve: Callable[..., Any], two: Path, trained: Path, tmp_path: Path
) -> None:
    photos = shutil.copytree(trained / "photos", tmp_path / "photos")
    for file in ("runs/first/run.toml", "runs/first/predictions.csv", "runs/second/predictions.csv"):
        text = (two / file).read_text()
        (two / file).write_text(text.replace(str(trained / "photos"), str(photos)))
    served = serve(photos, two)
    ids = f"first={identity('first')}&second={identity('second')}"
    one, *others = served.ask(f"/api/compare/pair?{ids}")[1]["pairs"]["fixed"]
    shutil.copy(photos / others[0]["path"], photos / one["path"])
    now = served.ask(f"/api/compare/pair?{ids}")[1]["pairs"]["fixed"]
    assert [pair["photo"] for pair in now] == [None, *(pair["photo"] for pair in others)]


def test_wrong_pairs_are_told(serve: Callable[..., Any], two: Path, trained: Path) -> None:
    served = serve(None, two)
    one, other = identity("first"), identity("second")
    assert served.ask(f"/api/compare/pair?first={one}&second={one}") == (
        400,
        {"error": "choose two different runs to compare."},
    )
    assert served.ask(f"/api/compare/pair?first={one}")[1]["error"].startswith("second: Field required")
    assert served.ask(f"/api/compare/pair?first={one}&second={other}&on=open")[0] == 404
    assert "names no file" in served.ask("/api/compare?run=%25")[1]["error"]
    (two / "runs/second/predictions.csv").write_text("path,label,predicted,confidence\n")
    assert (
        "validated on different photos"
        in served.ask(f"/api/compare/pair?first={one}&second={other}")[1]["error"]
    )
    (two / "runs/second/predictions.csv").write_text("noise\nnoise\n")
    assert (
        "not a table with the columns"
        in served.ask(f"/api/compare/pair?first={one}&second={other}")[1]["error"]
    )


def test_the_page_shows_both_by_keyboard(
    serve: Callable[..., Any], visit: Any, accessible: Any, two: Path, trained: Path
) -> None:
    page = visit(serve(trained / "photos", two), "/compare")
    page.locator("#plane circle").nth(1).wait_for()
    assert page.locator("#table tbody tr").count() == 2
    page.get_by_role("checkbox", name="Show second").press("Space")
    page.locator("#plane circle").nth(1).wait_for(state="detached")
    page.select_option("#first", identity("first"))
    page.select_option("#second", identity("second"))
    page.locator("#compare").press("Enter")
    page.locator("#verdict", has_text="may well be chance").wait_for()
    page.get_by_role("button", name="2 got fixed").press("Enter")
    page.locator("#wall .tile").nth(1).wait_for()
    page.locator("#wall .tile img").first.wait_for()
    accessible(page)
    tile = page.locator("#wall .tile").first
    tile.focus()
    page.keyboard.press("Enter")
    page.locator("#photo[open] dl").wait_for()
    assert page.locator("#photo dd").first.inner_text() in ("circle", "cross", "stripe")
    accessible(page)
    page.keyboard.press("Escape")
    page.locator("#photo[open]").wait_for(state="detached")
    page.select_option("#second", identity("first"))
    page.locator("#compare").press("Enter")
    page.locator("#wrong", has_text="choose two different runs to compare.").wait_for()
    page.complaints.clear()
