"""JPEG files by way of simplejpeg: Pillow's pixels to the last bit, and all odd ones left to Pillow."""

import io

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from convolens.data import read_pixels
from convolens.data.decoding.jpeg import read_plain_jpeg
from convolens.errors import ImageError

MANY = 10**9


def picture(rows: int, columns: int, seed: int) -> Image.Image:
    """Return smooth colours with noise."""
    random = np.random.default_rng(seed)
    few = random.integers(0, 256, (3, 4, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(few).resize((columns, rows), Image.Resampling.BICUBIC), int)
    return Image.fromarray(np.clip(smooth + random.integers(-20, 21, smooth.shape), 0, 255).astype(np.uint8))


@given(
    rows=st.integers(1, 70), columns=st.integers(1, 70), quality=st.integers(1, 100), subsampling=st.sampled_from([0, 1, 2]),
    progressive=st.booleans(), seed=st.integers(0, 2**31),
)  # fmt: skip
def test_the_pixels_are_pillows(tmp_path_factory, rows, columns, quality, subsampling, progressive, seed):
    path = tmp_path_factory.getbasetemp() / "any.jpg"
    options = {"quality": quality, "subsampling": subsampling, "progressive": progressive}
    picture(rows, columns, seed).save(path, **options)
    received = read_plain_jpeg(path, MANY)
    with Image.open(path) as image:
        np.testing.assert_array_equal(received, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "lanczos"])
@pytest.mark.parametrize("resize", ["squash", "crop", "pad"])
def test_scaling_and_colours_are_as_without(tmp_path, color_mode, interpolation, resize):
    picture(60, 45, 3).save(tmp_path / "a.jpg")
    file = io.BytesIO((tmp_path / "a.jpg").read_bytes())  # not a path: Pillow decodes it
    options = {"color_mode": color_mode, "size": (20, 30), "interpolation": interpolation, "resize": resize}
    np.testing.assert_array_equal(read_pixels(tmp_path / "a.jpg", **options), read_pixels(file, **options))


def test_what_is_left_to_pillow(tmp_path):
    image = picture(40, 40, 0)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    image.convert("L").save(tmp_path / "grey.jpg")
    image.convert("CMYK").save(tmp_path / "cmyk.jpg")
    image.save(tmp_path / "png.jpg", "png")
    image.save(tmp_path / "a.jpeg")
    image.save(tmp_path / "a.png")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpeg").read_bytes()[:-60])
    (tmp_path / "empty.jpg").write_bytes(b"")
    for name in (
        "turned.jpg",
        "grey.jpg",
        "cmyk.jpg",
        "png.jpg",
        "a.png",
        "cut.jpg",
        "empty.jpg",
        "none.jpg",
    ):
        assert read_plain_jpeg(tmp_path / name, MANY) is None, name
    assert read_plain_jpeg(tmp_path / "a.jpeg", 40 * 40 - 1) is None
    assert read_plain_jpeg(tmp_path / "a.jpeg", MANY, shrinks_to=20) is None
    assert read_plain_jpeg(tmp_path / "a.jpeg", MANY, shrinks_to=21).shape == (40, 40, 3)
    assert read_pixels(tmp_path / "turned.jpg").shape == (40, 40, 3)
    assert read_pixels(tmp_path / "cmyk.jpg").shape == (40, 40, 3)
    with pytest.raises(ImageError, match=r"cut.jpg: damaged or truncated"):
        read_pixels(tmp_path / "cut.jpg")


def test_bytes_that_only_pillow_forgives_are_read_all_the_same(tmp_path):
    """Rubbish behind a segment is a warning of the library: then Pillow reads the file."""
    image = picture(40, 40, 0)
    image.save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    table = data.index(b"\xff\xdb")
    (tmp_path / "b.jpg").write_bytes(data[:table] + b"\x00\x00" + data[table:])
    assert read_plain_jpeg(tmp_path / "b.jpg", MANY) is None
    np.testing.assert_array_equal(read_pixels(tmp_path / "b.jpg"), read_pixels(tmp_path / "a.jpg"))
