"""No page shows an old answer after a newer one, whichever comes first."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.workspace.identity import identity
from images import folders, photo

Serve = Callable[..., Any]


def test_photos_of_a_class_are_not_counted_as_all(serve: Serve, visit: Any, tmp_path: Path) -> None:
    pets = folders(tmp_path / "pets", {"cat": 5, "dog": 4})
    page = visit(serve(pets, tmp_path), "/photos")
    page.locator("#class-list .tile", has_text="dog").filter(has_text="4").wait_for()
    held: list[Any] = []
    page.route("**/api/photos?start=0&count=200", lambda route: held.append(route))
    with page.expect_request("**/api/photos?start=0&count=200"):
        photo(77).save(pets / "dog/new.png")
    page.locator("#class-list .tile", has_text="cat").click()
    page.get_by_role("heading", name="cat").wait_for()
    with page.expect_response("**/api/photos?start=0&count=200"):
        held[0].continue_()
    page.locator("#class-list .tile", has_text="dog").filter(has_text="5").wait_for()
    page.locator("#wall .tile").first.dblclick()
    page.locator("dialog p", has_text="cat, 1 of 5").wait_for()


def test_what_is_set_aside_is_the_photo_that_is_seen(serve: Serve, visit: Any, tmp_path: Path) -> None:
    pets = folders(tmp_path / "pets", {"cat": 5, "dog": 4})
    page = visit(serve(pets, tmp_path), "/photos")
    page.locator("#wall .tile").first.dblclick()
    page.locator("dialog h2", has_text="00.png").wait_for()
    (pets / "cat/00.png").rename(tmp_path / "elsewhere.png")
    page.locator("#class-list .tile", has_text="cat").filter(has_text="4").wait_for()
    page.locator('#wall .tile[data-index="0"][title^="01.png"]').wait_for()
    page.locator("dialog").get_by_role("button", name="Set aside").click()
    page.locator(".toast.problem").wait_for()
    assert (pets / "cat/01.png").is_file()
    page.complaints.clear()  # that it is no longer there, the console says too


@pytest.fixture
def two_runs(trained: Path, tmp_path: Path) -> tuple[str, str]:
    """The ids of two copies of a run."""
    for name in ("one", "two"):
        shutil.copytree(trained / "runs/first", tmp_path / "runs" / name)
    return identity("one"), identity("two")


def test_a_run_is_not_described_by_the_one_before(
    serve: Serve, visit: Any, trained: Path, tmp_path: Path, two_runs: tuple[str, str]
) -> None:
    one, two = two_runs
    page = visit(serve(trained / "photos", tmp_path), f"/try?run={one}")
    page.locator("#lines li").first.wait_for(state="attached")
    held: list[Any] = []
    page.route(f"**/api/answers?run={two}", lambda route: held.append(route))
    with page.expect_request(f"**/api/answers?run={two}"):
        page.locator("#run").select_option(two)
    with page.expect_response(f"**/api/answers?run={one}"):
        page.locator("#run").select_option(one)
    with page.expect_response(f"**/api/answers?run={two}"):
        held[0].fulfill(json={"limit": 1, "lines": ["of the other run"], "methods": []})
    page.set_input_files("#files", sorted((trained / "photos/circle").iterdir())[0])
    page.locator("#tried .bars li").first.wait_for()
    assert "of the other run" not in page.locator("#lines").inner_html()


def test_a_photo_that_was_tried_says_nothing_of_an_earlier_run(
    serve: Serve, visit: Any, trained: Path, tmp_path: Path, two_runs: tuple[str, str]
) -> None:
    one, two = two_runs
    page = visit(serve(trained / "photos", tmp_path), f"/try?run={one}")
    page.locator("#page").wait_for()
    page.set_input_files("#files", sorted((trained / "photos/circle").iterdir())[0])
    page.locator("#tried .bars li").first.wait_for()
    held: list[Any] = []
    page.route(f"**/api/answers?run={two}&**", lambda route: held.append(route), times=1)
    with page.expect_request(f"**/api/answers?run={two}&**"):
        page.locator("#run").select_option(two)
    page.locator("#tried article", has_text="Looking …").wait_for()
    assert page.locator("#tried .bars").count() == 0
    held[0].continue_()
    page.locator("#tried .bars li").first.wait_for()
