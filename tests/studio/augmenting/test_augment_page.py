"""The Augment page, as a person uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from waiting import until


@pytest.fixture
def page(serve: Callable[..., Any], visit: Any, trained: Path) -> Any:
    shown = visit(serve(trained / "photos", trained), "/augment")
    until(shown, "document.querySelectorAll('.variations [title]').length === 20")
    return shown


def drawn(page: Any) -> list[str]:
    return page.locator(".variations > div").evaluate_all("all => all.map(one => one.title)")  # type: ignore[no-any-return]


def wait_for_command(page: Any, words: str) -> str:
    until(page, "words => document.querySelector('[data-copy=command]').textContent.includes(words)", words)
    return page.locator("[data-copy=command]").inner_text()  # type: ignore[no-any-return]


def test_sliders_change_what_is_drawn(page: Any) -> None:
    before = drawn(page)
    assert all("shift" in words for words in before)
    page.locator("[data-range=rotation_range]").fill("90")
    command = wait_for_command(page, "--rotation-range 90 ")
    assert "--augment none" in command
    assert drawn(page) != before
    page.locator("[data-range=rotation_range]").focus()
    page.keyboard.press("ArrowRight")  # the keyboard alone does, too
    wait_for_command(page, "--rotation-range 91 ")
    assert "rotation_range=91" in page.locator("[data-copy=python]").inner_text()


def test_all_off_and_the_lectures(page: Any) -> None:
    page.get_by_role("button", name="All off").click()
    until(page, "document.querySelector('.variations > div').title === 'as it is'")
    assert set(drawn(page)) == {"as it is"}
    page.get_by_role("button", name="As in the lecture").click()
    assert wait_for_command(page, "--horizontal-flip").endswith(
        "--augment none --rotation-range 20 --width-shift-range 0.1 --shear-range 0.2 --zoom-range 0.4 --horizontal-flip"
    )


def test_the_seed_draws_anew(page: Any) -> None:
    before = drawn(page)
    page.locator("[data-field=seed]").fill("5")
    page.locator("[data-field=seed]").blur()
    until(page, "words => document.querySelector('.variations > div').title !== words", before[0])
    page.locator("[data-field=seed]").fill("0")
    page.locator("[data-field=seed]").blur()
    until(page, "words => document.querySelector('.variations > div').title === words", before[0])
    assert drawn(page) == before


def test_a_pair_keeps_its_order_and_mixing_asks_for_a_partner(page: Any) -> None:
    page.locator("[data-range=brightness_range-0]").fill("1.5")
    wait_for_command(page, "--brightness-range 1.5,1.5")
    page.get_by_text("More: edges").click()
    page.locator("[data-range=mixup]").fill("0.4")
    wait_for_command(page, "--mixup 0.4")
    assert page.get_by_role("heading", name="The photo that is mixed in").is_visible()
    assert any("mixed with" in words for words in drawn(page))


def test_the_newest_of_many_moves_wins(page: Any) -> None:
    page.evaluate(
        """() => { const slider = document.querySelector('[data-range=rotation_range]');
        for (let degrees = 1; degrees <= 40; degrees += 1) { slider.value = degrees; slider.dispatchEvent(new Event('input')); } }"""
    )
    wait_for_command(page, "--rotation-range 40 ")


def test_copied_as_command(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as command").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("[data-copy=command]").inner_text()


def test_a_photo_from_a_file(page: Any, trained: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(trained / "photos/stripe/0-001.png")
    page.wait_for_selector("[role=radio][data-photo^='~dropped-'][aria-checked=true]")
    until(page, "document.querySelector('[data-copy=python]').textContent.includes(\"'photo.jpg'\")")
