"""The page says what the run says, in a browser, without a network."""

import base64
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens import deployment, runs
from convolens.deployment.parity import TOLERANCE
from convolens.errors import ArgumentError
from convolens.runs.output.screen import Screen
from images import patterned, truncated_jpeg
from typed import call

DROP = """([name, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const given = new DataTransfer();
    given.items.add(new File([bytes], name));
    const event = name.startsWith("pasted")
        ? new ClipboardEvent("paste", { clipboardData: given })
        : new DragEvent("drop", { dataTransfer: given, cancelable: true });
    dispatchEvent(event);
}"""


def drop(page, path: Path) -> None:
    page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])


def answers(page, count: int) -> list[dict]:
    """Return what the page shows of the photos that it was given, the first first."""
    page.locator(".card[data-state]").nth(count - 1).wait_for()
    found = []
    for card in reversed(page.locator(".card").all()):
        shown = {row.get_attribute("data-class"): row for row in card.locator("li").all()}
        found.append(
            {
                "file": card.locator(".file").text_content(),
                "heading": card.locator("h2").text_content() if card.locator("h2").count() else None,
                "probabilities": [
                    float(shown[str(i)].get_attribute("data-probability")) for i in range(len(shown))
                ],
                "text": card.text_content(),
            }
        )
    return found


@pytest.fixture(scope="module")
def photos(tmp_path_factory, strange_run) -> Path:
    """Photos of several kinds: of known classes and unknown, JPEG and PNG, turned, grey, transparent."""
    place = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for i, level in enumerate((60, 125, 190)):
        noise = np.clip(level + random.normal(0, 12, (30, 40, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(noise).save(place / f"a{i}.jpg", quality=90)
    photo = Image.open(place / "a0.jpg")
    turned = Image.Exif()
    turned[0x0112] = 6
    photo.save(place / "b turned.jpg", exif=turned)
    photo.convert("L").save(place / "c grey.png")
    clear = photo.convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))))
    clear.save(place / "d clear.png")
    Image.new("RGB", (1, 1), (200, 180, 190)).save(place / "e one.png")
    shutil.copy(patterned(place / "patterns", 1) / "000.png", place / "pasted pattern.png")
    shutil.rmtree(place / "patterns")
    return place


def test_answers_are_those_of_the_run(site, strange_run, photos, visit):
    page = visit(site)
    paths = sorted(photos.iterdir())
    for path in paths:
        drop(page, path)
    said = answers(page, len(paths))
    theirs = runs.predict(strange_run, [photos])
    assert {answer.unknown for answer in theirs} == {True, False}
    for shown, answer in zip(said, theirs, strict=True):
        assert (shown["file"], shown["heading"]) == (answer.path.name, answer.label)
        by_name = dict(answer.answers)
        names = page.locator("#names li").all_text_contents()
        np.testing.assert_allclose(shown["probabilities"], [by_name[name] for name in names], atol=TOLERANCE)
    page.click("#clear")
    assert page.locator(".card").count() == 0


def test_names_are_shown_as_they_are_written(site, visit, photos):
    page = visit(site, viewport={"width": 360, "height": 640})
    page.set_input_files("#files", [photos / "a0.jpg"])
    answers(page, 1)
    assert page.locator("#names li").all_text_contents() == sorted(
        ["<img src=x onerror=alert(1)>", "قطة سوداء", "🐈 猫"]
    )
    assert page.locator("img").count() == 0
    assert page.locator("bdi").count() == 8  # list, file, heading, bars: each runs as its script does
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing sticks out


def test_the_page_checks_itself(site, visit, tmp_path):
    page = visit(site)
    page.click("#check")
    page.wait_for_selector("#check:not([disabled])")
    assert page.text_content("#checked").startswith(
        "The page answers as the model did when it was exported: 5 photos"
    )
    other = shutil.copytree(site, tmp_path / "some where" / "page")
    expected = json.loads((other / "sample" / "expected.json").read_text())
    expected["photos"][1]["unknown"] ^= True
    (other / "sample" / "expected.json").write_text(json.dumps(expected))
    page = visit(other)
    page.click("#check")
    page.wait_for_selector("#check:not([disabled])")
    assert page.text_content("#checked").startswith(
        "2.png gets another answer than when the model was exported"
    )


def test_files_that_do_not_belong_together_are_told(site, visit, photos, tmp_path):
    other = shutil.copytree(site, tmp_path / "some where" / "page")
    page = visit(other)
    (other / "labels.txt").write_text("cat\ndog\n")  # a browser may hold the one before
    page.reload()
    page.wait_for_selector("#loading", state="hidden")
    page.set_input_files("#files", [photos / "a0.jpg"])
    assert "labels.txt is not that of model.onnx; export the page anew." in answers(page, 1)[0]["text"]
    (other / "model.onnx").write_bytes(b"no model")
    page.reload()
    page.wait_for_selector("#problem:not([hidden])")
    assert page.text_content("#problem").startswith("The model cannot be loaded: ")
    for name in ("model.onnx", "labels.txt"):
        shutil.copy(site / name, other / name)
        os.utime(other / name, (2**32, 2**32))  # servers tell versions apart by whole seconds
    page.set_input_files("#files", [photos / "a0.jpg"])  # tries again
    assert answers(page, 1)[0]["heading"]
    assert page.is_hidden("#problem")


def test_bad_photos_are_told_and_the_next_is_answered(site, visit, photos, tmp_path):
    (tmp_path / "a text.jpg").write_text("no picture")
    truncated_jpeg(tmp_path / "b cut.jpg")
    Image.fromarray(np.full((20, 30), 40_000, np.uint16)).save(tmp_path / "c deep.png")
    Image.new("RGB", (20_000, 2)).save(tmp_path / "d long.png")
    whole = (site / "sample" / "1.png").read_bytes()
    (tmp_path / "e cut.png").write_bytes(whole[: len(whole) // 2])
    page = visit(site)
    for path in (*sorted(tmp_path.iterdir()), photos / "a0.jpg"):
        drop(page, path)
    text, cut, deep, long, half, good = answers(page, 6)
    assert "This browser cannot read it" in text["text"]
    assert "It is a JPEG file that is cut off." in cut["text"]
    assert "more than 8 bits a channel; convert it to 8 bits first." in deep["text"]
    assert (
        "Its 20000 × 2 pixels are more than every browser can draw: it was made 16384 × 1 first."
        in long["text"]
    )
    assert "It is a PNG file that is cut off." in half["text"]
    assert good["heading"]


def test_several_labels(labels_site, labels_run, visit):
    page = visit(labels_site)
    given = sorted((labels_run.parent / "shapes").iterdir())[:6]
    for path in given:
        drop(page, path)
    theirs = runs.predict(labels_run, given)
    assert len({len(answer.labels) for answer in theirs}) > 1
    for shown, answer in zip(answers(page, 6), theirs, strict=True):
        assert shown["heading"] == (", ".join(answer.labels) or "none of the labels")
        assert all(f"✓ {name}" in shown["text"] for name in answer.labels)
        assert shown["text"].count("✓") == len(answer.labels)


def test_the_camera(site, visit):
    page = visit(site, permissions=["camera"])
    page.click("#camera")
    page.wait_for_selector("#live-answer h2")
    page.click("#keep")
    assert answers(page, 1)[0]["file"] == "camera"
    page.click("#stop")
    assert page.is_hidden("#live")
    assert page.evaluate("document.activeElement.id") == "camera"


def test_opened_as_a_file(site, browser, photos):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    assert "The page was opened as a file" in page.text_content("#from-disk")
    assert page.is_hidden("#ask")
    page.set_input_files("#folder", photos)
    assert page.text_content("#problem").startswith("There is no model.onnx in this folder")
    page.set_input_files("#folder", site)
    page.wait_for_selector("#ask")
    page.set_input_files("#files", [photos / "a0.jpg"])
    assert answers(page, 1)[0]["heading"]
    page.close()


def test_what_is_written(site, strange_run, tmp_path):
    assert sorted(path.name for path in site.iterdir()) == [
        "check.json", "index.html", "labels.txt", "model.onnx", "onnxruntime", "page.css", "page.js", "photos.js", "sample", "worker.js",
    ]  # fmt: skip
    assert sorted(path.name for path in (site / "onnxruntime").iterdir()) == [
        "LICENSE", "ort-wasm-simd-threaded.wasm", "ort.wasm.bundle.min.mjs",
    ]  # fmt: skip
    deployment.check_export(site, strange_run, screen=Screen(quiet=True))
    with pytest.raises(ArgumentError, match="is there already"):
        deployment.export(strange_run, deployment.ExportOptions("web", site), Screen(quiet=True))
    with pytest.raises(ArgumentError, match="--raw goes with --format onnx; a page asks the whole graph"):
        deployment.export(
            strange_run, deployment.ExportOptions("web", tmp_path / "x", raw=True), Screen(quiet=True)
        )


def test_without_npm_nothing_is_written(strange_run, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    status, _, complained = call("export", strange_run, "--format", "web", "--out", tmp_path / "x")
    assert (status, len(complained.splitlines())) == (2, 1), complained
    assert "npm is not installed here; install Node.js, or run `npm pack onnxruntime-web@" in complained
    assert not (tmp_path / "x").exists()
