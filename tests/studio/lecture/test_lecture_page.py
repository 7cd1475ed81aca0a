"""The Lecture, as a person reads it: ten pages, each number live."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens.analysis import arithmetic
from waiting import until

PAGES = ("kernel", "stride", "padding", "pooling", "one-by-one", "fully-connected", "vgg", "inception", "checkpoint", "augmentation")  # fmt: skip


@pytest.fixture
def read(serve: Callable[..., Any], visit: Any, trained: Path) -> Callable[..., Any]:
    served = serve(trained / "photos", trained)

    def reading(page: str, **options: Any) -> Any:
        shown = visit(served, f"/lecture#{page}", **options)
        shown.wait_for_selector(f"[data-lesson={page}]")
        return shown

    return reading


def set_slider(page: Any, field: str, value: float) -> None:
    page.locator(f"[data-field={field}]").fill(str(value))


def test_buttons_and_arrow_keys_go_through_all_pages(read: Any) -> None:
    page = read("kernel")
    for number, name in enumerate(PAGES[1:], start=2):
        if number % 2:
            page.keyboard.press("ArrowRight")
        else:
            page.get_by_role("button", name="Next").click()
        page.wait_for_selector(f"[data-lesson={name}]")
        assert page.locator("article h2").inner_text().startswith(f"{number}. ")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        assert page.url.endswith(f"#{name}")
    assert page.get_by_role("button", name="Next").is_disabled()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[data-lesson=checkpoint]")
    assert page.locator(".index [aria-current=step]").inner_text() == "Checkpoint"
    until(page, "document.querySelectorAll('.bars').length === 2")


def test_arrow_keys_in_a_slider_stay_there(read: Any) -> None:
    page = read("stride")
    page.locator("[data-field=step]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-field=step]").input_value() == "3"
    assert page.url.endswith("#stride")


def test_the_kernel_page_computes(read: Any) -> None:
    page = read("kernel")
    page.wait_for_selector("[data-grid=map] td.chosen")
    page.get_by_role("button", name="Step").click()
    rows = page.locator("[data-grid=input] tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => Number(cell.title)))"
    )
    wanted = arithmetic.convolve(np.array(rows), "sobel-x").cell(0, 1).sum
    assert float(page.locator(".steps output").first.get_attribute("data-sum")) == wanted


@pytest.mark.parametrize(
    ("page", "fields", "places"),
    [("stride", {"size": 7, "window": 3, "stride": 2}, 3), ("padding", {"size": 28, "window": 5}, 28)],
)
def test_sizes(read: Any, page: str, fields: dict[str, int], places: int) -> None:
    shown = read(page)
    for field, value in fields.items():
        set_slider(shown, field, value)
    until(
        shown,
        "places => document.querySelector('[data-said=size] output')?.dataset.places === places",
        str(places),
    )


def test_pooling(read: Any) -> None:
    page = read("pooling")
    page.wait_for_selector("[data-grid=pooled] button")
    rows = page.locator("[data-grid=map] tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => Number(cell.firstChild.title)))"
    )
    set_slider(page, "pool-size", 3)
    set_slider(page, "pool-stride", 1)
    until(page, "document.querySelectorAll('[data-grid=pooled] tr').length === 4")
    page.locator("[data-grid=pooled] td[data-row='1'][data-column='1'] button").hover()
    wanted = arithmetic.pool(np.array(rows), "max", 3, 1).cell(1, 1).value
    assert float(page.locator(".steps output").first.get_attribute("data-sum")) == wanted


def test_a_1x1_convolution(read: Any) -> None:
    page = read("one-by-one")
    until(page, "document.querySelector('output[data-macs]')?.dataset.macs === '25690112'")
    for colour, weight in (("red", 1), ("green", 0), ("blue", 0)):
        set_slider(page, colour, weight)
    until(
        page,
        "/^Row \\d+, column \\d+: (\\d+) × 1 \\+ \\d+ × 0 \\+ \\d+ × 0 = \\1$/.test(document.querySelector('p.sum').textContent)",
    )


def test_fully_connected(read: Any) -> None:
    page = read("fully-connected")
    until(page, "document.querySelector('output[data-flat]')?.dataset.flat === '5000'")
    assert page.locator("output[data-parameters]").get_attribute("data-parameters") == str(
        640_128 + 8_256 + 650
    )
    set_slider(page, "classes", 2)
    until(
        page,
        "total => document.querySelector('output[data-parameters]').dataset.parameters === total",
        str(640_128 + 8_256 + 130),
    )


def test_vgg(read: Any) -> None:
    page = read("vgg")
    until(page, "document.querySelector('output[data-parameters]')?.dataset.parameters === '138357544'")
    assert page.locator(".layer-table").get_by_text("102,764,544").count() == 1
    assert page.locator(".pyramid canvas").count() == 6


def test_inception(read: Any) -> None:
    page = read("inception")
    until(page, "document.querySelector('output[data-reduced]')?.dataset.reduced === '199098368'")
    assert page.locator("output[data-macs]").get_attribute("data-macs") == "346816512"
    assert page.get_by_text("25,690,112 + 173,408,256 = ").count() == 1
    until(page, "document.querySelector('output[data-parameters]')?.dataset.parameters === '6998552'")
    set_slider(page, "reduce", 512)
    page.get_by_text("Here the detour costs more than it saves.").wait_for()


def test_the_checkpoint_of_a_run(read: Any) -> None:
    page = read("checkpoint")
    page.wait_for_selector("svg.chart circle.best")
    assert page.locator("svg.chart circle.last").count() == 1
    assert page.locator("output[data-last]").inner_text() == "3"


def test_augmentation(read: Any) -> None:
    page = read("augmentation")
    until(page, "document.querySelectorAll('.variations [title]').length === 20")
    page.locator("[data-range=rotation_range]").fill("170")
    page.get_by_text("rotation: up to 170 degrees either way").wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_on_a_phone(read: Any, accessible: Any, name: str) -> None:
    page = read(name, color_scheme="dark", viewport={"width": 390, "height": 800})
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    accessible(page)


def test_without_photos_and_runs(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    page = visit(serve(None, tmp_path), "/lecture#checkpoint")
    assert page.locator("[data-field=run]").is_hidden()
    page.get_by_role("button", name="Train on digits now").click()
    page.wait_for_selector("svg.chart circle.best")
    assert page.get_by_text("200 handwritten digits, learnt just now in").is_visible()
    assert page.locator("output[data-last]").inner_text() == "25"
    page.get_by_text("Your photo").first.click()
    assert (
        page.get_by_role("radio", name="A flower (of scikit-learn)").get_attribute("aria-checked") == "true"
    )
