"""The Inside page, as a person uses it: the layers of one's own run, opened one by one."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.analysis import cost
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from waiting import until


@pytest.fixture
def page(serve: Callable[..., Any], visit: Any, trained: Path) -> Any:
    shown = visit(serve(trained / "photos", trained), "/inside")
    shown.wait_for_selector(".maps .map")
    return shown


def test_the_layers_and_their_cost(page: Any, trained: Path) -> None:
    wanted = cost(model_file.load(RunFolder.open(trained / "runs/first")).model, training=False)
    assert page.locator("[data-total=parameters]").inner_text() == f"{wanted.parameters:,}"
    assert page.locator("[data-total=macs]").inner_text() == f"{wanted.multiply_accumulates:,}"
    lines = page.locator("button.layer").all_inner_texts()
    assert len(lines) == len(wanted.layers)
    for line, layer in zip(lines, wanted.layers, strict=True):
        assert f"{layer.parameters:,} parameters" in line
        assert f"{layer.multiply_accumulates:,} MACs" in line


def test_opening_a_layer_shows_its_maps_and_values(page: Any) -> None:
    layers = page.locator("button.layer")
    layers.nth(1).click()
    page.wait_for_selector("li:nth-child(2) .maps.filters .map")
    assert layers.nth(0).get_attribute("aria-expanded") == "false"
    first = page.locator("li:nth-child(2) .maps:not(.filters) .map").first
    first.hover()
    until(
        page, "/; row \\d+, column \\d+: /.test(document.querySelector('li:nth-child(2) .value').textContent)"
    )
    first.click()
    assert page.locator("li:nth-child(2) canvas.large").is_visible()
    kernel = page.locator("li:nth-child(2) .maps.filters .map").first
    kernel.hover()
    until(
        page,
        "/^Filter \\d+; row 1, column 1: /.test(document.querySelectorAll('li:nth-child(2) .value')[1].textContent)",
    )


def test_a_layer_without_a_map_says_so(page: Any) -> None:
    page.locator("button.layer").last.click()
    page.get_by_text("Gives 3 numbers, which have no places to show.").wait_for()


def test_by_keyboard_alone(page: Any) -> None:
    page.locator("button.layer").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("li:nth-child(3) .map")
    page.locator("li:nth-child(3) .map").first.focus()
    until(page, "document.querySelector('li:nth-child(3) .value').textContent.startsWith('Channel ')")
    page.locator("[role=radio][aria-checked=true]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("li:nth-child(3) .map")
    assert "photo=" in page.url


def test_a_named_architecture(page: Any) -> None:
    page.locator("#network").select_option("model:shallow-vgg")
    page.get_by_text("fresh weights, drawn at random: it has learnt nothing yet").wait_for()
    assert page.locator("[data-total=parameters]").inner_text() == "2,168,362"
    assert page.url.endswith("model=shallow-vgg")


def test_runs_come_and_go_while_it_is_open(
    serve: Callable[..., Any], visit: Any, trained: Path, tmp_path: Path
) -> None:
    first = Path(shutil.copytree(trained / "runs/first", tmp_path / "runs/first"))
    page = visit(serve(trained / "photos", tmp_path), "/inside")
    page.wait_for_selector(".maps .map")
    shutil.copytree(first, tmp_path / "runs/second")
    until(page, "document.querySelectorAll('#network optgroup[label=\"Your runs\"] option').length == 2")
    assert "first" in page.locator("#network option:checked").inner_text()
    shutil.rmtree(first)
    until(page, "document.querySelector('#network option:checked').textContent.startsWith('second')")
    page.wait_for_selector(".maps .map")
    assert "run=" in page.url


def test_without_photos_and_runs(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    page = visit(serve(None, tmp_path), "/inside")
    page.wait_for_selector(".maps .map")
    assert page.locator("#network").input_value() == "model:shallow-vgg"
    assert page.get_by_text("These are samples; open a folder of your own photos").is_visible()
