"""Only the promised formats are opened, whatever a file is called; no program is started for one."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import convolens
from convolens.data import list_images, read_pixels
from convolens.data.decoding import decode
from convolens.data.decoding.decode import image_size
from convolens.errors import ImageError
from images import photo


@pytest.mark.parametrize("name", ["a.jpg", "a.eps", "a.png"])
def test_postscript_starts_no_program(tmp_path, monkeypatch, name):
    program = tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho called >> {tmp_path}/called\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    path = tmp_path / name
    path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n")
    with pytest.raises(ImageError, match="a PostScript file, which is not decoded"):
        read_pixels(path)
    assert image_size(path) is None
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize("ending", [".png", ".gif", ".bmp"])
def test_the_content_decides_not_the_ending(tmp_path, ending):
    photo(1).save(tmp_path / f"a{ending}", "TIFF")
    assert (read_pixels(tmp_path / f"a{ending}") == np.asarray(photo(1))).all()


def test_files_without_an_ending_are_read_by_their_content(tmp_path):
    (tmp_path / "c").mkdir()
    photo(1).save(tmp_path / "c" / "photo", "PNG")
    (tmp_path / "c" / "README").write_text("no picture")
    (tmp_path / "c" / "drawing").write_text("%!PS-Adobe-3.0 EPSF-3.0\n")
    found = list_images(tmp_path)
    assert [path.name for path in found.relative_paths] == ["photo"]
    assert found.ignored == {"(no ending)": 2}


def test_a_heic_photo_named_jpg(tmp_path, monkeypatch):
    import pillow_heif

    pillow_heif.from_pillow(Image.new("RGB", (40, 20), (200, 20, 20))).save(tmp_path / "a.heic", quality=95)
    (tmp_path / "a.heic").rename(tmp_path / "a.jpg")
    assert read_pixels(tmp_path / "a.jpg").shape == (20, 40, 3)


def test_a_jpeg_above_the_limit_is_made_smaller_while_it_is_decoded(tmp_path, monkeypatch):
    photo(1, (640, 480)).save(tmp_path / "a.jpg")
    monkeypatch.setattr(decode, "MAX_PIXELS", 100_000)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read_pixels(tmp_path / "a.jpg", size=(8, 8)).shape == (8, 8, 3)
        assert image_size(tmp_path / "a.jpg") == (640, 480)
        with pytest.raises(ImageError, match="claims 640 x 480 pixels, more than 100,000"):
            read_pixels(tmp_path / "a.jpg")
        monkeypatch.setattr(decode, "MAX_JPEG_PIXELS", 200_000)
        with pytest.raises(ImageError, match="claims 640 x 480 pixels, more than 200,000"):
            read_pixels(tmp_path / "a.jpg", size=(8, 8))


def test_pictures_are_opened_in_one_place():
    """Whoever opens a picture by Pillow alone lets its content choose among all of Pillow's decoders."""
    source = Path(convolens.__file__).parent
    found = [
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if any(
            "Image.open(" in line and not line.lstrip().startswith((">>>", "..."))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    ]
    assert found == ["data/decoding/formats.py"]
