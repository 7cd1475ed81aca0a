"""The Mistakes page as a person uses it: the wall, one photo and why, decisions by one key with undo, and the run trained again."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.runs.folder.predictions_file import Answer, read_predictions

NEAREST = 6


def _answers(place: Path, run: str = "first") -> list[Answer]:
    return read_predictions(place / "runs" / run / "predictions.csv")


def _wrong(place: Path, run: str = "first") -> list[Answer]:
    return sorted((one for one in _answers(place, run) if not one.right), key=lambda one: -one.confidence)


@pytest.fixture
def page(serve: Callable[..., Any], visit: Any, place: Path) -> Any:
    shown = visit(serve(place / "photos", place), "/mistakes")
    shown.locator(".tile").first.wait_for()
    return shown


@pytest.fixture
def edits(page: Any, place: Path) -> list[tuple[str, Any]]:
    """What the page has asked the Photos page to do; it is done."""
    asked: list[tuple[str, Any]] = []

    def note(request: Any) -> None:
        path = request.url.partition("/api/")[2]
        if path in ("photos/move", "photos/quarantine", "edits/undo"):
            asked.append((path, request.post_data_json))

    page.on("request", note)
    return asked


def _tiles(page: Any, number: int) -> None:
    """Wait until so many tiles are there, and no more."""
    page.locator(f'.tile[data-index="{number - 1}"]').wait_for()
    assert page.locator(".tile").count() == number


def _opened(page: Any) -> Any:
    """Open the first tile, and wait until all is there."""
    page.locator(".tile").first.click()
    return _whole(page)


def _whole(page: Any) -> Any:
    look = page.locator("#look")
    look.locator(".nearest li").nth(NEAREST - 1).wait_for()
    look.locator(".heat:visible").nth(1).wait_for()
    return look


def test_the_wall_shows_every_mistake_the_worst_first(page: Any, place: Path) -> None:
    wrong = _wrong(place)
    _tiles(page, len(wrong))
    caption = page.locator(".tile .caption").first.inner_text()
    assert caption == f"{wrong[0].label} → {wrong[0].predicted} {100 * wrong[0].confidence:.0f} %"
    said = page.locator("#said").inner_text()
    assert said.startswith(f"{len(wrong)} of {len(_answers(place))} validation photos are answered wrongly")


def test_a_pair_of_classes_is_chosen_in_the_table(page: Any, place: Path) -> None:
    one = _wrong(place)[0]
    number = sum((other.label, other.predicted) == (one.label, one.predicted) for other in _wrong(place))
    plural = "s" * (number != 1)
    cell = page.get_by_role("button", name=f"{number} photo{plural} of {one.label} taken for {one.predicted}")
    cell.click()
    page.locator(
        "#about", has_text=f"{number} photo{plural} of {one.label} taken for {one.predicted}"
    ).wait_for()
    _tiles(page, number)
    assert cell.get_attribute("aria-pressed") == "true"
    cell.click()
    page.locator("#about", has_text=re.compile(rf"^{len(_wrong(place))} photos?\. Open")).wait_for()


@pytest.mark.parametrize("kind", ["unsure", "all"])
def test_other_photos_are_shown(page: Any, place: Path, kind: str) -> None:
    page.get_by_label("Show").select_option(kind)
    number = len(_answers(place)) - (len(_wrong(place)) if kind == "unsure" else 0)
    page.locator("#about", has_text=re.compile(rf"^{number} photos")).wait_for()
    _tiles(page, number)


def test_none_is_said(page: Any, place: Path) -> None:
    page.get_by_label("Show").select_option("unknown")
    page.locator("#about", has_text="None of the validation photos is called unknown.").wait_for()
    assert page.locator(".tile").count() == 0


def test_one_photo_shows_both_heat_maps_shares_and_the_nearest(page: Any, place: Path) -> None:
    one = _wrong(place)[0]
    look = _opened(page)
    assert look.locator("h2").inner_text() == one.path.relative_to(place / "photos").as_posix()
    captions = look.locator("figcaption").all_inner_texts()
    assert captions[0].startswith(f"Evidence for {one.predicted}, what the run says (")
    assert captions[1].startswith(f"Evidence for {one.label}, its label (")
    assert look.locator(".bars li").count() == 3
    assert look.locator(".nearest li").count() == NEAREST
    page.keyboard.press("ArrowRight")
    second = _wrong(place)[1]
    page.locator("#look h2", has_text=second.path.name).wait_for()
    assert "2 of " in look.inner_text()
    page.keyboard.press("ArrowLeft")
    page.locator("#look h2", has_text=one.path.name).wait_for()
    page.keyboard.press("Escape")
    look.wait_for(state="hidden")
    assert page.locator('.tile[data-index="0"]').evaluate("(tile) => tile === document.activeElement")


def test_a_wrong_photo_is_moved_undone_moved_and_the_run_trained_again(
    page: Any, place: Path, edits: list[tuple[str, Any]]
) -> None:
    one = _wrong(place)[0]
    there = place / "photos" / one.predicted
    before = set(there.iterdir())
    _opened(page)
    page.keyboard.press("m")
    page.get_by_text(f"moved to {one.predicted}").wait_for()
    assert edits.pop() == ("photos/move", {"photos": [_photo(place, one.path)], "to": one.predicted})
    (moved,) = set(there.iterdir()) - before
    page.locator("#look h2", has_text=_wrong(place)[1].path.name).wait_for()  # the next one
    page.keyboard.press("u")
    page.locator("#about", has_text=re.compile(rf"^{len(_wrong(place))} photos?\.")).wait_for()
    assert edits.pop() == ("edits/undo", {"edit": 1})
    assert one.path.is_file()
    assert not moved.exists()
    page.keyboard.press("Escape")
    _opened(page)
    page.keyboard.press("m")
    page.locator("#said", has_text="1 photo moved or set aside since").wait_for()
    assert moved.is_file()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Train again").click()
    page.locator("#changed h2", has_text="first-again").wait_for()
    after = {item.path: item for item in _answers(place, "first-again")}
    assert after[moved].label == one.predicted  # it learnt from the label of now
    assert one.path not in after
    told = page.locator("#changed").inner_text()
    wrong = sum(not item.right for item in after.values())
    assert f"{len(_wrong(place))} of {len(_answers(place))} photos wrong." in told
    assert f"{wrong} of {len(after)} photos wrong" in told
    assert page.locator("#run option:checked").inner_text().startswith("first-again")
    page.locator("#said", has_text=re.compile(rf"^{wrong} of {len(after)} validation photos")).wait_for()
    page.get_by_role("link", name="Try it").click()
    page.locator("#run option:checked", has_text="first-again").wait_for(state="attached")


def _photo(place: Path, path: Path) -> str:
    from convolens.studio.workspace.identity import identity

    return identity(path.relative_to(place / "photos"))


def test_a_photo_is_set_aside_by_one_key_and_comes_back(
    page: Any, place: Path, edits: list[tuple[str, Any]]
) -> None:
    one = _wrong(place)[0]
    _opened(page)
    page.keyboard.press("x")
    page.get_by_text(f"{one.path.name} set aside").wait_for()
    assert edits == [("photos/quarantine", {"photos": [_photo(place, one.path)], "copies": False})]
    page.locator("#look h2", has_text=_wrong(place)[1].path.name).wait_for()
    page.locator("#toasts").get_by_role("button", name="Undo").click()  # while the dialog is open
    page.locator("#about", has_text=re.compile(rf"^{len(_wrong(place))} photos?\.")).wait_for()
    assert one.path.is_file()


def test_one_of_several_labels_is_set_aside_in_all_its_classes(page: Any, place: Path) -> None:
    one = _wrong(place)[0]
    other = next(name for name in ("circle", "cross", "stripe") if name != one.label)
    twin = place / "photos" / other / "twin.png"
    twin.write_bytes(one.path.read_bytes())
    settings = place / "runs/first/run.toml"
    settings.write_text(settings.read_text().replace("[settings]\n", "[settings]\nmulti_label = true\n"))
    page.reload()
    page.locator(".tile").first.wait_for()
    page.locator(".tile").first.click()
    page.locator("#look .decisions").wait_for()
    page.keyboard.press("x")
    page.get_by_text(f"{one.path.name} set aside").wait_for()
    assert not one.path.exists()
    assert not twin.exists()
    page.complaints.clear()


def test_it_is_moved_to_another_class_where_that_is_chosen(
    page: Any, place: Path, edits: list[tuple[str, Any]]
) -> None:
    one = _wrong(place)[0]
    other = next(name for name in ("circle", "cross", "stripe") if name not in (one.label, one.predicted))
    look = _opened(page)
    look.get_by_label("Class to move it to").select_option(other)
    look.get_by_role("button", name="Move to").click()
    page.get_by_text(f"moved to {other}").wait_for()
    assert edits[0][1]["to"] == other


def test_a_class_that_has_another_name_now_is_offered_by_that(page: Any, place: Path) -> None:
    one = _wrong(place)[0]
    (place / "photos" / one.predicted).rename(place / "photos/renamed")
    page.locator("#said", has_text="moved or set aside since").wait_for()
    page.locator(f'.tile[aria-label^="{one.path.relative_to(place / "photos")}:"]').click()
    choice = _whole(page).get_by_label("Class to move it to")
    others = {"circle", "cross", "stripe", "renamed"} - {one.label, one.predicted}
    assert choice.locator("option").all_inner_texts() == ["a class …", *sorted(others)]
    page.keyboard.press("m")  # to none of them: the run's own word is no class any more
    page.wait_for_function("document.activeElement.matches('#look select')")
    assert one.path.is_file()
    choice.select_option("renamed")
    page.locator("#look").get_by_role("button", name="Move to").click()
    page.get_by_text("moved to renamed").wait_for()
    assert not (place / "photos" / one.predicted).exists()


def test_a_suspect_that_is_kept_is_not_shown_again(page: Any, place: Path) -> None:
    page.get_by_label("Show").select_option("suspects")
    about = page.locator("#about", has_text="suspects among 90 photos, by shallow-vgg of first")
    about.wait_for()
    number = page.locator(".tile").count()
    first = page.locator(".tile").first.get_attribute("aria-label")
    _opened(page)
    page.keyboard.press("k")
    page.locator("#about", has_text="1 label you kept is left out").wait_for()
    page.keyboard.press("Escape")
    _tiles(page, number - 1)
    assert first not in [tile.get_attribute("aria-label") for tile in page.locator(".tile").all()]
    assert len(json.loads((place / ".convolens/photos/kept-labels.json").read_text())["kept"]) == 1
    page.reload()
    page.get_by_label("Show").select_option("suspects")
    page.locator("#about", has_text="1 label you kept is left out").wait_for()
    page.locator(".tile").first.click()
    _whole(page)
    page.keyboard.press("k")
    page.locator("#about", has_text="2 labels you kept are left out").wait_for()
    page.keyboard.press("u")
    page.locator("#about", has_text="1 label you kept is left out").wait_for()


def test_a_run_that_has_learnt_since_is_shown_anew(page: Any, place: Path) -> None:
    _tiles(page, len(_wrong(place)))
    table = place / "runs/first/predictions.csv"
    head, *rows = [line.split(",") for line in table.read_text().splitlines()]
    right = [[path, label, label, *more] for path, label, _, *more in rows]
    table.write_text("\n".join(",".join(row) for row in [head, *right]) + "\n")
    os.utime(place / "runs/first/results.json")
    page.locator("#said", has_text=f"0 of {len(rows)} validation photos are answered wrongly").wait_for()
    assert page.locator(".tile").count() == 0


def test_a_refusal_is_told_and_nothing_is_lost(page: Any, place: Path) -> None:
    page.route(
        "**/api/photos/move", lambda route: route.fulfill(status=507, json={"error": "the disk is full."})
    )
    one = _wrong(place)[0]
    _opened(page)
    page.keyboard.press("m")
    page.get_by_role("alert").get_by_text("the disk is full.").wait_for()
    assert page.locator("#look h2").inner_text().endswith(one.path.name)
    assert one.path.is_file()
    page.complaints[:] = [line for line in page.complaints if "507" not in line]


def test_without_a_run_the_next_step_is_said(
    serve: Callable[..., Any], visit: Any, place: Path, tmp_path: Path
) -> None:
    page = visit(serve(place / "photos", tmp_path / "empty"), "/mistakes")
    page.get_by_role("link", name="Go to Train").wait_for()
    assert page.locator("#page").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wall_and_photo_are_accessible(
    serve: Callable[..., Any], visit: Any, accessible: Any, place: Path, scheme: str
) -> None:
    width = 1280 if scheme == "light" else 390
    page = visit(
        serve(place / "photos", place),
        "/mistakes",
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    page.locator(".tile").first.wait_for()
    accessible(page)
    _opened(page)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Train again").click()
    page.locator("#changed h2").wait_for()
    accessible(page)


def test_it_works_by_the_keyboard_alone(page: Any, place: Path) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('tile')"):
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    look = page.locator("#look")
    look.locator("h2", has_text=_wrong(place)[1].path.name).wait_for()
    page.keyboard.press("Escape")
    look.wait_for(state="hidden")
    assert page.locator('.tile[data-index="1"]').evaluate("(tile) => tile === document.activeElement")
