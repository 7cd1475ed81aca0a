"""answer.mjs says in Node.js what the run says, and checks itself."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from convolens import deployment, runs
from convolens.runs.output.screen import Screen
from images import patterned, truncated_jpeg

PACKAGES = ("onnxruntime-node@1.30.0", "sharp@0.35.5")
NODE = (20, 9)  # that sharp needs


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js or npm is not installed")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, said.strip().removeprefix("v").split(".")[:2])) < NODE:
        pytest.skip(f"Node.js {said.strip()} is too old for sharp")
    place = tmp_path_factory.mktemp("javascript")
    install = [npm, "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(install, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot get {', '.join(PACKAGES)}: {done.stderr.strip()[:200]}")
    yield deployment.export(run, deployment.ExportOptions(out=place / "out"), Screen(quiet=True)).folder
    shutil.rmtree(place / "node_modules")  # 300 MB


def caller(folder, *arguments):
    return subprocess.run(
        ["node", folder / "answer.mjs", *arguments], capture_output=True, text=True, check=False
    )


def test_it_says_what_the_run_says(folder, run, tmp_path):
    random = np.random.default_rng(0)
    photos = patterned(tmp_path / "photos", 3)
    for i, level in enumerate((60, 125, 190)):
        noise = np.clip(level + random.normal(0, 12, (30, 40, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(noise).save(photos / f"a{i}.jpg", quality=90)
    photo, turned = Image.open(photos / "a0.jpg"), Image.Exif()
    turned[0x0112] = 6
    photo.save(photos / "turned.jpg", exif=turned)
    photo.convert("L").save(photos / "grey.png")
    clear = photo.convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))))
    clear.save(photos / "clear.png")
    paths = sorted(photos.iterdir())
    expected = [
        f"{answer.path}: " + ("unknown" if answer.unknown else f"{answer.label} {answer.answers[0][1]:.1%}")
        for answer in runs.predict(run, paths)
    ]
    said = caller(folder, *paths)
    assert said.stderr == ""
    assert said.stdout.splitlines() == expected
    assert "unknown" in said.stdout


def test_it_checks_itself(folder, tmp_path):
    assert caller(folder).stdout == "The model answers as it did when it was exported.\n"
    path = folder / "sample" / "expected.json"
    whole = path.read_text()
    try:
        path.write_text(whole.replace('"answer": ', '"answer": 1', 1))
        failed = caller(folder)
    finally:
        path.write_text(whole)
    assert failed.returncode == 1
    assert failed.stderr.startswith("1.png: another answer than when the model was exported: ")


def test_bad_photos_are_one_line(folder, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    truncated_jpeg(tmp_path / "cut.jpg")
    Image.fromarray(np.full((20, 30), 40_000, np.uint16)).save(tmp_path / "deep.png")
    Image.new("CMYK", (20, 30)).save(tmp_path / "printed.jpg")
    for name, reason in (
        ("text.jpg", "unsupported image format"), ("cut.jpg", "premature end of JPEG image"), ("none.jpg", "is missing"),
        ("deep.png", "more than 8 bits a channel; convert it to 8 bits first."), ("printed.jpg", "(CMYK); convert it to RGB first."),
    ):  # fmt: skip
        good = folder / "sample" / "1.png"
        said = caller(folder, tmp_path / name, good)
        assert said.returncode == 1
        assert said.stdout.startswith(f"{good}: ")
        assert said.stderr.startswith(f"{tmp_path / name}: ")
        assert reason in said.stderr
