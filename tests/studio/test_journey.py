"""Someone who has never seen it: from a studio without photos to a trained, looked at, tried and exported classifier, no command typed."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.workspace.identity import identity


@pytest.mark.usefixtures("_own_cache")
def test_from_nothing_to_a_file_that_answers(serve: Callable[..., Any], visit: Any, tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    page = visit(served, accept_downloads=True)
    page.get_by_role("button", name="Try the demo").click()
    page.get_by_text("1,797").first.wait_for()
    page.locator(".tile").nth(20).wait_for()

    page.locator("nav").get_by_role("link", name="Train", exact=True).click()
    page.get_by_label("Epochs", exact=True).fill("2")
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator("#state", has_text="done").wait_for(timeout=240_000)
    run = tmp_path / "runs" / "demo-digits-run"
    assert (run / "report.html").is_file()  # a run like any other
    assert page.locator("#accuracy path.curve").count() >= 2

    page.locator("nav").get_by_role("link", name="Mistakes", exact=True).click()
    page.locator(".tile").first.wait_for()
    page.locator(".tile").first.click()
    page.locator("#look .heat:visible").nth(1).wait_for()
    page.locator("#look .nearest li").first.wait_for()
    page.keyboard.press("Escape")

    page.locator("nav").get_by_role("link", name="Try", exact=True).click()
    photo = sorted((tmp_path / "runs" / "demo-digits" / "7").iterdir())[0]
    page.locator("#page").wait_for()
    page.set_input_files("#files", photo)
    card = page.locator("#tried article").first
    card.locator(".bars li").first.wait_for()
    _, said = served.ask(f"/api/runs/{identity(run.name)}")
    assert said["classes"] == list("0123456789")

    page.locator("nav").get_by_role("link", name="Take away", exact=True).click()
    page.get_by_role("button", name="Make the file").click()
    link = page.locator("#files a", has_text="Download").first
    link.wait_for(timeout=240_000)
    with page.expect_download() as waiting:
        link.click()
    names = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())).namelist()
    assert any(name.endswith("model.onnx") for name in names)
