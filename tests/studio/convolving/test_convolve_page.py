"""The Convolve page, as a person uses it: point at a cell and read the number that it must be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens.analysis import arithmetic
from waiting import until


@pytest.fixture
def page(serve: Callable[..., Any], visit: Any, trained: Path) -> Any:
    shown = visit(serve(trained / "photos", trained), "/convolve")
    shown.wait_for_selector("[data-grid=map] td.chosen")
    return shown


def matrix(page: Any, name: str) -> np.ndarray:
    """The numbers that stand in a matrix, all their digits."""
    rows = page.locator(f"[data-grid={name}] tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => Number(cell.title || cell.querySelector('button').title)))"
    )
    return np.array(rows)


def chosen(page: Any) -> tuple[int, int]:
    cell = page.locator("[data-grid=map] td.chosen")
    return int(cell.get_attribute("data-row")), int(cell.get_attribute("data-column"))


def shown_sum(page: Any) -> float:
    return float(page.locator(".steps output").first.get_attribute("data-sum"))


def test_step_to_a_cell_and_read_its_number(page: Any) -> None:
    convolution = arithmetic.convolve(matrix(page, "input"), "sobel-x")
    assert np.allclose(matrix(page, "map"), convolution.result[..., 0])
    for _ in range(8):  # six columns: to row 1, column 2
        page.get_by_role("button", name="Step").click()
    assert chosen(page) == (1, 2)
    assert shown_sum(page) == convolution.cell(1, 2).sum
    assert page.locator("[data-grid=input] td.window").count() == 9
    products = page.locator(".steps .product").all_inner_texts()
    values = convolution.cell(1, 2).values[..., 0]
    assert products[0] == f"{values[0, 0]:.0f} × −1"
    page.get_by_role("button", name="Back").click()
    assert chosen(page) == (1, 1)


def test_pointer_and_keyboard_choose_cells(page: Any) -> None:
    convolution = arithmetic.convolve(matrix(page, "input"), "sobel-x")
    page.locator("[data-grid=map] td[data-row='4'][data-column='5'] button").hover()
    assert shown_sum(page) == convolution.cell(4, 5).sum
    page.locator("[data-grid=map] button[tabindex='0']").focus()
    for key in ("ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    assert chosen(page) == (3, 4)
    assert shown_sum(page) == convolution.cell(3, 4).sum
    page.locator("[data-grid=pooled] td[data-row='1'][data-column='2'] button").hover()
    pooled = arithmetic.pool(convolution.result, "max", 2)
    assert shown_sum(page) == pooled.cell(1, 2).value
    assert page.locator("[data-grid=map] td.window").count() == 4


def test_a_kernel_of_ones_own_stride_and_padding(page: Any) -> None:
    pixels = matrix(page, "input")
    page.locator("[data-field=kernel-size]").select_option("2")
    until(page, "document.querySelectorAll('[data-grid=map] tr').length === 7")
    for place, weight in enumerate((1, 2, -3, 0.5)):
        page.locator("[data-grid=kernel] input").nth(place).fill(str(weight))
    page.locator("[data-field=padding]").select_option("same")
    page.locator("[data-field=stride]").fill("3")
    until(page, "document.querySelectorAll('[data-grid=map] tr').length === 3")
    wanted = arithmetic.convolve(pixels, [[1, 2], [-3, 0.5]], 3, "same")
    until(
        page,
        f"document.querySelector('[data-grid=map] button').title === '{float(wanted.result[0, 0, 0]):g}'",
    )
    assert np.allclose(matrix(page, "map"), wanted.result[..., 0])
    assert page.locator("[data-field=preset]").input_value() == "own"


def test_play_fills_the_map_and_pause_shows_all(page: Any) -> None:
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector("[data-grid=map] td.later")
    until(page, "document.querySelectorAll('[data-grid=map] td.later').length < 34")
    page.get_by_role("button", name="Pause").click()
    assert page.locator("[data-grid=map] td.later").count() == 0
    assert page.get_by_role("button", name="Play").count() == 1


def test_little_motion_is_slow(serve: Callable[..., Any], visit: Any, trained: Path) -> None:
    page = visit(serve(trained / "photos", trained), "/convolve", reduced_motion="reduce")
    page.clock.install(time=0)
    page.reload()
    page.wait_for_selector("[data-grid=map] td.chosen")
    page.clock.pause_at(60_000)
    page.get_by_role("button", name="Play").click()
    hidden = page.locator("[data-grid=map] td.later")
    assert hidden.count() == 34
    page.clock.run_for(900)
    assert hidden.count() == 34
    page.clock.run_for(200)
    assert hidden.count() == 33


def test_a_kernel_of_ones_own_network(page: Any) -> None:
    page.get_by_text("A kernel of your own network").click()
    page.wait_for_selector("[data-field=layer] option", state="attached")
    page.get_by_role("button", name="Take this kernel").click()
    until(page, "document.querySelector('[data-field=preset]').value === 'own'")
    weights = np.array(
        [
            float(one)
            for one in page.locator("[data-grid=kernel] input").evaluate_all(
                "all => all.map(one => one.title)"
            )
        ]
    ).reshape(3, 3)
    assert len(np.unique(weights)) == 9
    wanted = arithmetic.convolve(matrix(page, "input"), weights).result[..., 0]
    until(
        page,
        f"Math.abs(Number(document.querySelector('[data-grid=map] button').title) - {wanted[0, 0]}) < 1e-6",
    )
    assert np.allclose(matrix(page, "map"), wanted)


def test_the_place_is_chosen_by_slider_and_pointer(page: Any) -> None:
    page.locator("[data-field=row]").fill("0")
    page.locator("[data-field=column]").fill("0")
    until(
        page,
        "document.querySelector('.crop .box').style.top === '0%' && document.querySelector('.crop .box').style.left === '0%'",
    )
    before = matrix(page, "input")
    box = page.locator(".crop").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    until(page, "document.querySelector('[data-field=row]').value !== '0'")
    until(page, f"document.querySelector('[data-grid=input] td').title !== '{before[0, 0]:g}'")
    assert not np.array_equal(matrix(page, "input"), before)
