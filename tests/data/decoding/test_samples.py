"""Deep values become bytes by one rule for all photos, which is found from the set and kept with the run."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from convolens.data import read_pixels
from convolens.data.decoding.sample_range import measure_samples
from convolens.data.decoding.samples import BY_FILE, STANDARD, Samples
from convolens.errors import ArgumentError, ImageError
from torture.pictures import RAMP, deep, png_chunk, saved, tiff, with_chunk


def written(folder, arrays, ending="png"):
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{i}.{ending}" for i in range(len(arrays))]
    for path, array in zip(paths, arrays, strict=True):
        Image.fromarray(array).save(path)
    return paths


@given(st.lists(st.integers(0, 65535), min_size=4, max_size=4))
def test_sixteen_bits_are_the_upper_eight(values):
    """Whatever other pixels of the file are: two photos of one scene stay equally bright."""
    image = Image.fromarray(np.array([values], np.uint16))
    assert np.asarray(STANDARD.in_bytes(image, "L")).tolist() == [[value >> 8 for value in values]]


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_bits_of_the_set(tmp_path, bits, ending):
    rng = np.random.default_rng(bits)
    arrays = [rng.integers(0, 2**bits, (20, 20)).astype(np.uint16) for _ in range(5)]
    samples = measure_samples(written(tmp_path / "set", arrays, ending))
    assert samples == Samples(integers=(0, 2**bits - 1))
    path = tmp_path / "set" / f"0.{ending}"
    assert (read_pixels(path, "grayscale", samples=samples)[..., 0] == arrays[0] >> bits - 8).all()


def test_one_hot_pixel_decides_nothing(tmp_path):
    arrays = [np.full((40, 40), 3000, np.uint16) for _ in range(4)]
    arrays[0][0, 0] = 65535
    assert measure_samples(written(tmp_path / "set", arrays)).integers == (0, 4095)


def test_photos_of_8_bits_need_no_rule(tmp_path):
    assert measure_samples(written(tmp_path / "set", [RAMP, RAMP])) == STANDARD
    (tmp_path / "set" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16) + b"\x10\0")
    assert measure_samples([tmp_path / "set" / "broken.png", tmp_path / "no.tif"]) == STANDARD


@pytest.mark.parametrize(
    ("values", "floats"),
    [
        (RAMP / 255, (0, 1)),
        (RAMP.astype(float), (0, 255)),
        (RAMP / 255 * 5 - 2.7, (16 / 255 * 5 - 2.7, 240 / 255 * 5 - 2.7)),
        (RAMP * 100.0, (0, 24000)),
    ],
)
def test_fractions(tmp_path, values, floats):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(values.astype(np.float32), sample_format=3))
    samples = measure_samples([path])
    assert samples.floats == pytest.approx(floats, rel=1e-5)
    pixels = read_pixels(path, "grayscale", samples=samples)
    assert len(np.unique(pixels)) == 16
    assert (np.diff(pixels[0, :, 0].astype(int)) > 0).all(), "as the ramp rises"


@pytest.mark.parametrize(
    ("values", "sample_format", "integers"),
    [
        (deep(4000, np.int16) - 1000, 2, (deep(4000).min() - 1000.0, deep(4000).max() - 1000.0)),
        (deep(4000) + 31744, 1, (deep(4000).min() + 31744.0, deep(4000).max() + 31744.0)),
        (deep(2**31 + 5, np.uint32), 1, (0, 2**31 - 1)),
        (deep(2**32 - 1, np.uint32), 1, (0, 2**32 - 1)),
    ],
)
def test_signed_pedestals_and_32_bits(tmp_path, values, sample_format, integers):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(values, sample_format=sample_format))
    samples = measure_samples([path])
    assert samples.integers == integers
    pixels = read_pixels(path, "grayscale", samples=samples)
    assert (np.diff(pixels[0, :, 0].astype(int)) > 0).all(), "as the ramp rises, without a wrap"


def test_a_file_says_its_bits(tmp_path):
    """Dark photos of 12 bits: their own tags say so, though their values would fit into fewer."""
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(deep(900), tags=((281, 3, 4095),)))
    assert measure_samples([path]).integers == (0, 4095)
    (tmp_path / "b.png").write_bytes(with_chunk(saved(Image.fromarray(deep(900)), "PNG"), b"sBIT", b"\x0c"))
    assert measure_samples([tmp_path / "b.png"]).integers == (0, 4095)
    assert png_chunk(b"sBIT", b"\x0c") in (tmp_path / "b.png").read_bytes()


def test_what_is_no_number_is_named(tmp_path):
    values = RAMP.astype(np.float32)
    values[0, :3], values[1, :2] = np.nan, np.inf
    (tmp_path / "a.tif").write_bytes(tiff(values, sample_format=3))
    with pytest.raises(ImageError, match=r"a\.tif: 3 NaN and 2 infinite of 192 values; put a number there"):
        read_pixels(tmp_path / "a.tif")


@given(
    st.sampled_from([None, (0.0, 4095.0)]),
    st.sampled_from([None, (-2.5, 3.0)]),
    st.sampled_from([None, 0, 255]),
)
def test_the_table_is_read_back(integers, floats, ground):
    samples = Samples(integers, floats, ground)
    assert Samples.of(samples.as_table()) == samples


def test_no_table_is_the_rule_of_earlier_runs(tmp_path):
    assert Samples.of(None) == BY_FILE
    dim = np.full((4, 4), 200, np.uint16)
    assert (np.asarray(BY_FILE.in_bytes(Image.fromarray(dim), "L")) == 200).all()
    shape = Image.merge("RGBA", [Image.fromarray(RAMP)] * 4)
    assert (np.asarray(BY_FILE.in_bytes(shape, "RGB").convert("RGB"))[..., 0] == RAMP).all()


@pytest.mark.parametrize("bad", [[5, 5], [3, 2], [0, float("nan")], [float("-inf"), 3]])
def test_a_range_must_be_one(bad):
    with pytest.raises(ArgumentError, match="integers must be"):
        Samples.of({"integers": bad, "floats": None, "ground": 255})
