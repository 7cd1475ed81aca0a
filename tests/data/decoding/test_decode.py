"""Every kind of image becomes the same uint8 pixels; every kind of broken file is named in one line."""

import contextlib
import io

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from convolens.data import read_image, read_pixels
from convolens.data.decoding.decode import is_turned
from convolens.errors import ImageError, MissingFileError, UnknownNameError
from images import bomb_png, photo, truncated_jpeg


@pytest.mark.parametrize("ending", ["png", "bmp", "ppm", "tiff", "webp", "gif", "jpg", "jpeg"])
def test_every_format(tmp_path, ending):
    original = photo(0, (40, 30))
    path = tmp_path / f"a.{ending}"
    original.save(path, **({"lossless": True} if ending == "webp" else {}))
    pixels = read_pixels(path)
    assert pixels.shape == (30, 40, 3)
    assert pixels.dtype == np.uint8
    if ending not in ("gif", "jpg", "jpeg"):  # those lose something
        np.testing.assert_array_equal(pixels, np.asarray(original))


def test_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("RGB", (6, 5), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read_pixels(tmp_path / "a.gif")[0, 0].argmax() == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "I", "F", "YCbCr"])
@pytest.mark.parametrize(("color_mode", "channels"), [("rgb", 3), ("grayscale", 1), ("rgba", 4)])
def test_every_mode_becomes_the_one_asked_for(mode, color_mode, channels):
    file = io.BytesIO()
    value = 255 if mode == "1" else 204  # which the web palette holds
    grey = np.full((4, 6), value, np.uint8)
    if mode in ("I;16", "I", "F"):
        image = Image.fromarray((grey.astype(np.uint16) * 257) if mode != "F" else grey.astype(np.float32))
        image = image if mode != "I" else Image.fromarray(grey.astype(np.int32) * 257)
    else:
        image = Image.fromarray(np.stack([grey] * 3, axis=-1)).convert(mode)
    image.save(file, "tiff")
    pixels = read_pixels(file, color_mode)
    assert pixels.shape == (4, 6, channels)
    np.testing.assert_allclose(pixels[..., : min(channels, 3)], value, atol=3)


def test_palette_with_transparency_is_flattened(tmp_path):
    image = photo(3).convert("P")
    image.save(tmp_path / "a.png", transparency=bytes(range(256)))
    assert read_pixels(tmp_path / "a.png").shape == (20, 24, 3)


@settings(max_examples=30)
@given(st.integers(1, 8))
def test_orientation_is_applied(orientation):
    original = photo(5, (40, 30))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    original.save(file, "png", exif=exif)
    turned = read_image(file)
    assert turned.size == ((30, 40) if orientation >= 5 else (40, 30))
    assert set(map(tuple, np.asarray(turned).reshape(-1, 3))) == set(
        map(tuple, np.asarray(original).reshape(-1, 3))
    )


def test_turned_photos_are_known(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo(5).save(tmp_path / "a.jpg", exif=exif)
    photo(5).save(tmp_path / "b.jpg")
    (tmp_path / "c.jpg").write_text("no image")
    assert [is_turned(tmp_path / f"{name}.jpg") for name in "abc"] == [True, False, False]


def test_shrinking_early_changes_little(tmp_path):
    gradient = np.linspace(0, 255, 640 * 480).reshape(480, 640).astype(np.uint8)
    Image.fromarray(np.stack([gradient, gradient.T.reshape(480, 640), gradient], -1)).save(
        tmp_path / "a.jpg", quality=95
    )
    fast = read_pixels(tmp_path / "a.jpg", size=(60, 60), shrink_early=True).astype(int)
    slow = read_pixels(tmp_path / "a.jpg", size=(60, 60)).astype(int)
    assert np.abs(fast - slow).mean() < 4


def test_broken_files_are_named(tmp_path):
    truncated = truncated_jpeg(tmp_path / "cut.jpg")
    text = tmp_path / "text.jpg"
    text.write_text("not an image at all")
    empty = tmp_path / "empty.png"
    empty.touch()
    bomb = bomb_png(tmp_path / "bomb.png")
    for path, words in (
        (truncated, "damaged or truncated image"),
        (text, "not an image that can be read"),
        (empty, "not an image that can be read"),
        (bomb, "decompression bomb"),
    ):
        with pytest.raises(ImageError, match=words) as raised:
            read_pixels(path)
        assert str(path) in str(raised.value)
        assert "\n" not in str(raised.value)
    with pytest.raises(MissingFileError, match=r"gone\.png: no such image file"):
        read_pixels(tmp_path / "gone.png")
    with pytest.raises(UnknownNameError, match="Did you mean 'bilinear'"):
        read_pixels(tmp_path / "cut.jpg", interpolation="bilinar")


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"RIFF", b"II*\0", b"P6 "]
    ),
)
def test_no_bytes_raise_anything_else(data, magic):
    with contextlib.suppress(ImageError):
        assert read_pixels(io.BytesIO(magic + data)).dtype == np.uint8


def test_resize_keeps_what_it_promises(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, :20], wide[:, 20:40], wide[:, 40:] = 50, 150, 250
    Image.fromarray(wide).save(tmp_path / "a.png")

    def levels(resize):
        pixels = read_pixels(tmp_path / "a.png", size=(20, 20), interpolation="nearest", resize=resize)
        assert pixels.shape == (20, 20, 3)
        return set(np.unique(pixels).tolist())

    assert levels("squash") == {50, 150, 250}
    assert levels("crop") == {150}, "the middle"
    assert levels("pad") == {0, 50, 150, 250}, "everything, and black"
    with pytest.raises(UnknownNameError, match="Did you mean 'squash'"):
        levels("squish")


def test_heic(tmp_path, monkeypatch):
    """Real HEIC files, where pillow-heif is there (it is, for the tests)."""
    import pillow_heif

    from convolens.data import list_images
    from convolens.data.decoding import heic

    exif = Image.Exif()
    exif[0x0112] = 6
    pillow_heif.from_pillow(Image.new("RGB", (40, 20), (200, 20, 20))).save(tmp_path / "a.heic", quality=95)
    assert read_pixels(tmp_path / "a.heic").shape == (20, 40, 3)
    np.testing.assert_allclose(read_pixels(tmp_path / "a.heic")[10, 10], (200, 20, 20), atol=6)
    (tmp_path / "d" / "c").mkdir(parents=True)
    (tmp_path / "a.heic").rename(tmp_path / "d" / "c" / "a.HEIC")
    assert len(list_images(tmp_path / "d")) == 1
    monkeypatch.setattr(heic.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImageError, match=r"a\.HEIC: a HEIC photo; pip install 'convolens\[heic\]'"):
        read_pixels(tmp_path / "d" / "c" / "a.HEIC")
    photo(1).save(tmp_path / "d" / "c" / "b.png")
    found = list_images(tmp_path / "d")
    assert (len(found), found.ignored) == (1, {".heic": 1})
