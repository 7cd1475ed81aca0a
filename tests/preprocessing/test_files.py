"""load_img, img_to_array, array_to_img and save_img do what Keras' do."""

import io

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
from hypothesis import given
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator
from PIL import Image

from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
    WriteError,
)
from convolens.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img, save_img
from images import photo


@given(
    st.sampled_from([1, 3, 4]),
    st.booleans(),
    st.sampled_from(["channels_last", "channels_first"]),
    st.floats(-9, 300),
)
def test_array_to_img_and_back(channels, scale, data_format, high):
    x = np.random.default_rng(0).uniform(0, max(high, 1), (5, 7, channels)).astype(np.float32)
    x = np.clip(x, 0, 255)
    x = x if data_format == "channels_last" else x.transpose(2, 0, 1)
    theirs = keras.utils.array_to_img(x, data_format, scale)
    ours = array_to_img(x, data_format, scale)
    assert (ours.mode, ours.size) == (theirs.mode, theirs.size)
    assert np.abs(np.asarray(ours, int) - np.asarray(theirs, int)).max() <= 1
    np.testing.assert_array_equal(
        img_to_array(theirs, data_format), keras.utils.img_to_array(theirs, data_format)
    )


@pytest.mark.parametrize("options", [{}, {"target_size": (9, 30)}, {"target_size": (9, 30), "interpolation": "bicubic"},
                                     {"target_size": (30, 9), "keep_aspect_ratio": True, "interpolation": "bilinear"},
                                     {"color_mode": "grayscale"}, {"color_mode": "rgba"}], ids=str)  # fmt: skip
def test_load_img(tmp_path, options):
    photo(0, (40, 33)).save(tmp_path / "a.jpg")
    theirs = keras.utils.load_img(tmp_path / "a.jpg", **options)
    for path in (
        tmp_path / "a.jpg",
        str(tmp_path / "a.jpg"),
        str(tmp_path / "a.jpg").encode(),
        io.BytesIO((tmp_path / "a.jpg").read_bytes()),
    ):
        ours = load_img(path, **options)
        assert ours.mode == theirs.mode
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("options", [{}, {"target_size": (9, 30)}, {"target_size": (30, 9), "keep_aspect_ratio": True}], ids=str)  # fmt: skip
@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("top", [200, 4095, 65535])
def test_greys_of_16_bits_keep_their_values(tmp_path, options, ending, top):
    values = np.random.default_rng(top).integers(0, top + 1, (33, 40)).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / f"a.{ending}")
    theirs = keras.utils.load_img(tmp_path / f"a.{ending}", color_mode="grayscale", **options)
    ours = load_img(tmp_path / f"a.{ending}", color_mode="grayscale", **options)
    assert ours.mode == theirs.mode
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_greys_of_16_bits_are_not_white_in_colours(tmp_path):
    values = np.random.default_rng(0).integers(0, 65536, (33, 40)).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert (np.asarray(load_img(tmp_path / "a.png"))[..., 1] == values >> 8).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
def test_transparency_is_what_keras_makes_of_it(tmp_path, mode, color_mode):
    photo(0).convert("RGBA").convert(mode).save(tmp_path / "a.png")
    theirs = keras.utils.load_img(tmp_path / "a.png", color_mode=color_mode)
    np.testing.assert_array_equal(np.asarray(load_img(tmp_path / "a.png", color_mode)), np.asarray(theirs))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_generator_keeps_the_values_of_16_bit_greys(tmp_path, data_format):
    (tmp_path / "a").mkdir()
    for i in range(5):
        values = np.random.default_rng(i).integers(0, 4096, (9, 8)).astype(np.uint16)
        Image.fromarray(values).save(tmp_path / "a" / f"{i}.png")
    photo(0, (8, 9)).save(tmp_path / "a" / "5.png")
    asked = {"target_size": (9, 8), "color_mode": "grayscale", "class_mode": None, "shuffle": False}
    theirs = KerasGenerator(rescale=1 / 4095, data_format=data_format)
    ours = ImageDataGenerator(rescale=1 / 4095, data_format=data_format)
    expected, given = (made.flow_from_directory(str(tmp_path), **asked)[0] for made in (theirs, ours))
    np.testing.assert_allclose(given, expected, rtol=1e-5)
    assert expected.max() > 0.9


def test_save_img(tmp_path):
    x = np.asarray(photo(0), np.float32)
    save_img(tmp_path / "a.png", x, scale=False)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), x)
    save_img(tmp_path / "b.jpg", x)
    assert Image.open(tmp_path / "b.jpg").format == "JPEG"
    with pytest.warns(UserWarning, match="no transparency"):
        save_img(tmp_path / "c.jpg", np.zeros((3, 3, 4)))


def test_errors(tmp_path):
    with pytest.raises(MissingFileError, match="no such image file"):
        load_img(tmp_path / "no.png")
    with pytest.raises(ArgumentTypeError, match=r"file name or io\.BytesIO; received int"):
        load_img(3)
    with pytest.raises(UnknownNameError, match="Did you mean 'rgb'"):
        load_img("x.png", color_mode="rbg")
    with pytest.raises(ShapeError, match="expected 1, 3 or 4 channels"):
        array_to_img(np.zeros((3, 3, 2)))
    with pytest.raises(ShapeError, match="rank 3"):
        array_to_img(np.zeros((3, 3)))
    with pytest.raises(ShapeError, match="rank 2 or 3"):
        img_to_array(np.zeros(3))
    with pytest.raises(WriteError, match="cannot write"):
        save_img(tmp_path / "no" / "a.png", np.zeros((3, 3, 3)))


@pytest.mark.parametrize(("told", "expected"), [("tf", (2, 3, 1)), ("th", (1, 2, 3))])
def test_the_word_of_keras_1_for_the_order_of_axes(told, expected):
    x = np.arange(6.0).reshape(2, 3, 1)
    with pytest.warns(UserWarning, match="dim_ordering is data_format now"):
        array = img_to_array(array_to_img(x), dim_ordering=told)
    assert array.shape == expected
    with pytest.warns(UserWarning, match="ImageDataGenerator: Keras 1's dim_ordering"):
        generator = ImageDataGenerator(dim_ordering=told)
    assert generator.channel_axis == {"tf": 3, "th": 1}[told]
    with pytest.raises(ArgumentError, match="data_format must be one of 'channels_last', 'channels_first'"):
        ImageDataGenerator(dim_ordering="cafe")
