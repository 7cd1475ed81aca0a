"""answer.cpp compiles without a warning, says what the run says, and checks itself."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from convolens import deployment, runs
from convolens.runs.output.screen import Screen
from images import patterned, truncated_jpeg

INCLUDED = (
    "/usr/include/onnxruntime",
    "/usr/include/stb",
)  # where Debian has them; others: CPLUS_INCLUDE_PATH


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("g++ is not installed")
    here = [f"-I{path}" for path in INCLUDED]
    asked = "#include <onnxruntime_cxx_api.h>\n#include <stb_image.h>\n"
    tried = subprocess.run(
        [compiler, "-std=c++17", "-M", "-xc++", "-", *here], input=asked, capture_output=True, text=True, check=False
    )  # fmt: skip
    if tried.returncode:
        pytest.skip(f"no headers of onnxruntime and stb: {tried.stderr.splitlines()[0]}")
    libraries = sorted((Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so.*"))
    if not libraries:
        pytest.skip("onnxruntime's wheel has no libonnxruntime.so here")
    place = tmp_path_factory.mktemp("cpp")
    (place / "lib").mkdir()
    for name in ("libonnxruntime.so", "libonnxruntime.so.1"):
        (place / "lib" / name).symlink_to(libraries[-1])
    made = deployment.export(run, deployment.ExportOptions(out=place / "out"), Screen(quiet=True)).folder
    options = ["-std=c++17", "-Wall", "-Wextra", *here, f"-L{place / 'lib'}", "-lonnxruntime"]
    done = subprocess.run(
        [compiler, made / "answer.cpp", "-o", made / "answer", *options, f"-Wl,-rpath,{place / 'lib'}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return made


def caller(folder, *arguments):
    return subprocess.run([folder / "answer", *arguments], capture_output=True, text=True, check=False)


def test_it_says_what_the_run_says(folder, run, tmp_path):
    photos = patterned(tmp_path / "photos", 3)
    random = np.random.default_rng(0)
    shade = np.linspace(0, 120, 40) + np.linspace(0, 60, 30)[:, np.newaxis]
    photo = Image.fromarray((shade[..., np.newaxis] + random.integers(0, 30, 3)).astype(np.uint8))
    photo.convert("L").save(photos / "grey.png")
    for lies in range(1, 9):
        turned = Image.Exif()
        turned[0x0112] = lies
        photo.save(photos / f"turned{lies}.png", exif=turned)
        photo.save(photos / f"turned{lies}.jpg", quality=95, exif=turned)
    clear = photo.convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))))
    clear.save(photos / "clear.png")
    clear.convert("LA").save(photos / "clear-grey.png")
    clear.quantize(20).save(photos / "palette.png")
    paths = sorted(photos.iterdir())
    expected = [
        f"{answer.path}: " + ("unknown" if answer.unknown else f"{answer.label} {answer.answers[0][1]:.1%}")
        for answer in runs.predict(run, paths)
    ]
    said = caller(folder, *paths)
    assert said.stderr == ""
    assert said.stdout.splitlines() == expected
    assert "unknown" in said.stdout


def test_it_checks_itself(folder):
    assert caller(folder).stdout == "The model answers as it did when it was exported.\n"
    path = folder / "sample" / "expected.txt"
    whole = path.read_text()
    try:
        for old, new, error in (
            ("1.png 0 1 ", "1.png 0 1 1", "1.png: another answer than when the model was exported: "),
            ("1.png 0", "1.png 1", "1.png: another answer than when the model was exported: "),
            ("0.0001 ", "-1 ", "1.png: another answer than when the model was exported: "),
            ("1.png", "none.png", "none.png: cannot be opened."),
        ):
            assert old in whole
            path.write_text(whole.replace(old, new, 1))
            failed = caller(folder)
            assert failed.returncode == 1
            assert error in failed.stderr
    finally:
        path.write_text(whole)


def test_bad_photos_are_one_line(folder, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    truncated_jpeg(tmp_path / "cut.jpg")
    Image.fromarray(np.full((20, 30), 40_000, np.uint16)).save(tmp_path / "deep.png")
    Image.new("CMYK", (20, 30)).save(tmp_path / "printed.jpg")
    shades = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(shades).save(tmp_path / "end.jpg")
    (tmp_path / "end.jpg").write_bytes((tmp_path / "end.jpg").read_bytes()[:-9])
    whole = (folder / "sample" / "1.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    for name, reasons in (
        ("text.jpg", "cannot be read as JPEG or PNG (unknown image type)."), ("cut.jpg", "cannot be read as"), ("none.jpg", "cannot be opened."),
        ("deep.png", "has more than 8 bits a channel; convert it to 8 bits first."), ("cut.png", "cannot be read as"), ("end.jpg", ("is cut off.", "cannot be read as")),
        ("printed.jpg", "is in the colours of printers (CMYK); convert it to RGB first."),
    ):  # fmt: skip
        good = folder / "sample" / "1.png"
        said = caller(folder, tmp_path / name, good)
        assert said.returncode == 1
        assert said.stdout.startswith(f"{good}: ")
        assert said.stderr.startswith(f"{tmp_path / name}: ")
        assert said.stderr.partition(": ")[2].startswith(reasons)
        assert len(said.stderr.splitlines()) == 1
