"""Misuse of ImageDataGenerator and its iterators: of the type that Keras raises, in one line that says what to do."""

import os
import warnings

import numpy as np
import pytest
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator
from PIL import Image

from convolens.augmentation import Augmentation
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    DataError,
    ImageError,
    MissingFileError,
    ShapeError,
    WriteError,
)
from convolens.preprocessing.image import ImageDataGenerator, load_img
from images import folders, photo, truncated_jpeg

X, Y = np.zeros((6, 8, 8, 3)), np.tile([0, 1], 3)


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 3, "b": 3})


def directory(**options):
    return lambda make, data: make().flow_from_directory(str(data), **options)[0]


def flow(*arrays, **options):
    return lambda make, data: make(validation_split=0.5).flow(*arrays, **options)[0]


def flow_of(**options):
    """Keras takes anything at first, and fails at the first batch."""
    return lambda make, data: make(**options).flow(X)[0]


# What is done -> the built-in that both raise, and our words.
MISUSE = {
    "no folder": (lambda make, data: make().flow_from_directory(str(data) + "no"), FileNotFoundError, "no such folder"),
    "a file as folder": (lambda make, data: make().flow_from_directory(str(data / "a" / "00.png")), Exception,
                         "is a file; give a folder"),
    "class_mode": (directory(class_mode="spars"), ValueError, "Did you mean 'sparse'"),
    "color_mode": (directory(color_mode="rbg"), ValueError, "Did you mean 'rgb'"),
    "subset of folders": (directory(subset="test"), ValueError, "subset must be one of"),
    "interpolation": (directory(interpolation="liner"), ValueError, "unknown interpolation 'liner'"),
    "size as number": (directory(target_size=64), TypeError, r"\(height, width\) in pixels; received 64. For a square"),
    "size with channels": (directory(target_size=(8, 8, 3)), ValueError, "Leave the channels out: color_mode says"),
    "size of nothing": (directory(target_size=(0, 8)), ValueError, r"\(0, 8\). Both must be whole numbers above 0"),
    "batch number": (lambda make, data: make().flow_from_directory(str(data))[5], ValueError, "batch 5 does not exist"),
    "rank 3": (flow(X[0]), ValueError, r"rank 4; received shape \(8, 8, 3\). The batch dimension is missing"),
    "rank 2": (flow(X[0, 0]), ValueError, r"rank 4; received shape \(8, 3\)"),
    "labels": (flow(X, Y[1:]), ValueError, "received 6 images and 5"),
    "weights": (flow(X, Y, sample_weight=Y[1:]), ValueError, "x and sample_weight must have the same length"),
    "second input": (flow((X, Y[1:]), Y), ValueError, "received 6 images and 5"),
    "subset of arrays": (flow(X, Y, subset="validaton"), ValueError, "Did you mean 'validation'"),
    "sorted": (flow(X, np.sort(Y), subset="training"), ValueError, "sorted by label"),
    "folder to save to": (flow(X, save_to_dir="no/such/folder"), FileNotFoundError, "no folder; make it first"),
    "data_format": (lambda make, data: make(data_format="first"), ValueError, "Did you mean 'channels_first'"),
    "zoom of three": (lambda make, data: make(zoom_range=(1, 2, 3)), ValueError, r"pair \(low, high\)"),
    "zoom of words": (lambda make, data: make(zoom_range=("far", "near")), ValueError, r"pair \(low, high\); received"),
    "zoom as a word": (lambda make, data: make(zoom_range="far"), ValueError, "zoom_range must be a number in"),
    "brightness as a word": (lambda make, data: make(brightness_range="ab"), ValueError, "of factors from 0 to 1e\\+06; received 'ab'"),
    "brightness of words": (flow_of(brightness_range=("a", "b")), ValueError, r"from 0 to .*; received \('a', 'b'\)"),
    "brightness as number": (lambda make, data: make(brightness_range=0.5), ValueError, "from 0 to .*; received 0.5"),
    "split below 0": (lambda make, data: make(validation_split=-0.1), ValueError, r"number in \[0, 1\); received -0.1"),
    "no function": (flow_of(preprocessing_function=3), TypeError, "must be a function that takes and returns an image"),
    "no type": (flow_of(dtype="floaty"), TypeError, "dtype must be a type of numbers, float32 for example"),
    "brightness of one": (lambda make, data: make(brightness_range=[2]), ValueError, r"pair \(low, high\)"),
    "validation_split": (lambda make, data: make(validation_split=1), ValueError, r"number in \[0, 1\)"),
    "fit of rank 3": (lambda make, data: make(featurewise_center=True).fit(X[0]), ValueError, "rank 4"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISUSE)
def test_misuse_is_of_keras_type(data, mistake):
    act, kind, words = MISUSE[mistake]
    with pytest.raises(kind):
        act(KerasGenerator, data)
    with pytest.raises(kind, match=words) as caught:
        act(ImageDataGenerator, data)
    assert type(caught.value).__module__ == "convolens.errors"
    assert "\n" not in str(caught.value)


# Ranges of the wrong sign or type, which Keras takes or lets NumPy fail over, at the first batch.
RANGES = {
    "rotation_range": (-1, "20", float("nan"), [10, 20], 400),
    "width_shift_range": (-0.1, "wide", [-1, 2], ["a"], float("inf"), True),
    "height_shift_range": (-3, "high", (1, None), [float("nan")]),
    "shear_range": (-1, "a", [1, 2]),
    "zoom_range": (-0.1, None, (2, 1), 1.5, (0, 1), (1, float("nan")), (1, None), (1, 2, 3), [1], True),
    "channel_shift_range": (-1, "a", (1, 2), float("inf")),
    "brightness_range": ((2, 1), (-1, 1), (0, None), (1, float("inf")), (1, 2, 3), True),
    "fill_mode": ("neerest", None, 0),
    "cval": ("black", None, float("nan")),
    "interpolation_order": (6, -1, 1.5, "1"),
    "rescale": ("1/255", float("nan"), float("inf")),
    "zca_epsilon": ("small", -1e-6, None),
    "validation_split": (1, -0.2, "half"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in RANGES for value in RANGES[name]], ids=repr
)
def test_ranges_of_the_wrong_sign_or_type_are_refused_by_their_name(name, value):
    with pytest.raises(
        ValueError, match=rf"(ImageDataGenerator|Augmentation): {name} must be .*received "
    ) as caught:
        ImageDataGenerator(**{name: value})
    assert isinstance(caught.value, ArgumentError)
    assert "\n" not in str(caught.value)
    assert isinstance(value, (list, tuple)) or repr(value) in str(caught.value)
    if name not in ("rescale", "zca_epsilon", "validation_split"):
        with pytest.raises(ArgumentError, match=name):
            setattr(ImageDataGenerator(), name, value)


def test_an_empty_list_of_shifts():
    for name in ("width_shift_range", "height_shift_range"):
        for make in (ImageDataGenerator, Augmentation):
            with pytest.raises(
                ArgumentError, match=f"{name} must be a number, or a list .* Give 0 for no shift"
            ):
                make(**{name: []})


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        ("64", ArgumentTypeError),
        (None, ArgumentTypeError),
        (True, ArgumentTypeError),
        ((8,), ShapeError),
        ((8.5, 8), ShapeError),
        ((float("nan"), 8), ShapeError),
        (("8", "8"), ShapeError),
        ((-8, 8), ShapeError),
        ((True, 8), ShapeError),
    ],
    ids=str,
)
def test_no_other_target_size_passes(data, size, kind):
    with pytest.raises(kind, match=r"target_size must be \(height, width\) in pixels; received"):
        ImageDataGenerator().flow_from_directory(data, target_size=size)
    for good in ([8, 9], (8.0, np.int64(9)), np.array([8, 9])):
        assert ImageDataGenerator().flow_from_directory(data, target_size=good).image_shape == (8, 9, 3)
        assert load_img(data / "a" / "00.png", target_size=good).size == (9, 8)


def test_exchanged_sides_of_target_size_are_noticed(data):
    # the photos are 20 high and 24 wide
    with pytest.warns(
        UserWarning, match=r"here 48 high and 40 wide, but .*00\.png is 20 high and 24 wide; is \(40, 48\)"
    ) as caught:
        ImageDataGenerator().flow_from_directory(data, target_size=(48, 40))
    assert caught[0].filename == __file__
    image = photo(0, (20, 24))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(data / "a" / "00.png", exif=exif)  # lies on its side: 20 high and 24 wide
    with pytest.warns(UserWarning, match=r"00\.png is 20 high and 24 wide"):
        ImageDataGenerator().flow_from_directory(data, target_size=(48, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for size in ((40, 48), (40, 40), (48, 45), (20, 24)):
            ImageDataGenerator().flow_from_directory(data, target_size=size)


def test_images_of_no_pixels_and_no_images():
    for shape in ((4, 0, 8, 3), (4, 8, 0, 3)):
        with pytest.raises(ShapeError, match=r"flow: x holds images of no pixels; received shape \(4, "):
            ImageDataGenerator().flow(np.zeros(shape))
        with pytest.raises(ShapeError, match=r"fit: x must hold images with pixels; received shape \(4, "):
            ImageDataGenerator(featurewise_center=True).fit(np.zeros(shape))
        with pytest.raises(ShapeError, match="images must be of shape"):
            ImageDataGenerator().random_transform(np.zeros(shape[1:]))
    with pytest.raises(ShapeError, match="must hold images with pixels"):
        ImageDataGenerator(featurewise_center=True).fit(np.zeros((0, 8, 8, 3)))
    empty = ImageDataGenerator().flow(np.zeros((0, 8, 8, 3)))
    assert len(empty) == 0
    assert list(empty) == []


@pytest.mark.parametrize(
    ("high", "words"),
    [
        (255.0, None),
        (300.0, "x holds 0 to 300. An image that goes beyond is stretched"),
        (1.0, "Multiply x by 255"),
    ],
)
def test_brightness_of_values_that_are_no_bytes_warns_once(high, words):
    x = np.linspace(0, high, 6 * 4 * 4 * 3, dtype=np.float32).reshape(6, 4, 4, 3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        batches = ImageDataGenerator(brightness_range=(0.5, 1.5)).flow(x, batch_size=2)
        for _ in range(7):
            next(batches)
        ImageDataGenerator(rotation_range=3).flow(x)[0]  # needs no bytes
    assert [str(item.message) for item in caught if words] == [str(item.message) for item in caught]
    assert len(caught) == (words is not None)
    if words:
        assert words in str(caught[0].message)
        assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="x holds nan to nan"):
        ImageDataGenerator(brightness_range=(0.5, 1.5)).flow(np.full((2, 4, 4, 3), np.nan))


NAMES = ["two\nlines.png", "🐱 cat 👩‍👩‍👧.png", "tab\there.png", "ünïcödé.png", "quote's.png", "-dash.png"]


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name_is_read_and_named_in_one_line(tmp_path, name):
    folders(tmp_path / "data", {"a": 1, "b": 1})
    photo(3).save(tmp_path / "data" / "b" / name)

    def anew():
        return ImageDataGenerator().flow_from_directory(
            tmp_path / "data", (20, 24), shuffle=False, batch_size=1
        )

    flow = anew()
    place = flow.filenames.index(os.path.join("b", name))
    np.testing.assert_array_equal(flow[place][0][0], np.asarray(photo(3)))
    truncated_jpeg(tmp_path / "data" / "b" / name)
    np.testing.assert_array_equal(flow[place][0][0], np.asarray(photo(3)))  # decoded once
    flow = anew()
    shown = name if name.isprintable() else repr(name)[1:-1]
    for kind, words in ((ImageError, "damaged or truncated"), (MissingFileError, "it was on the list")):
        with pytest.raises(kind, match=words) as caught:
            flow[place]
        assert "\n" not in str(caught.value)
        assert shown in str(caught.value)
        (tmp_path / "data" / "b" / name).unlink(missing_ok=True)  # it vanishes between listing and reading


def test_a_link_back_to_its_own_folder_is_followed_once(tmp_path):
    data = folders(tmp_path / "data", {"a": 2, "b": 1})
    folders(tmp_path / "elsewhere", {"more": 2})
    (data / "a" / "again").symlink_to(data / "a", target_is_directory=True)
    (data / "a" / "up").symlink_to(data, target_is_directory=True)
    (data / "b" / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    found = ImageDataGenerator().flow_from_directory(data, follow_links=True).filenames
    assert found == ["a/00.png", "a/01.png", "b/00.png", "b/linked/more/00.png", "b/linked/more/01.png"]
    assert len(ImageDataGenerator().flow_from_directory(data).filenames) == 3


def test_empty_folders_and_parts(tmp_path, data):
    with pytest.raises(DataError, match=r"no image in the validation part of the class folders"):
        ImageDataGenerator().flow_from_directory(data, subset="validation")
    with pytest.raises(WriteError, match="is no folder"):
        ImageDataGenerator().flow(X, save_to_dir=data / "a" / "00.png")
    with pytest.raises(ValueError, match="save_format: 'jpog' is not a form"):
        ImageDataGenerator().flow(X, save_to_dir=tmp_path, save_format="jpog")[0]


def test_arguments_may_be_set_afterwards():
    x = np.random.default_rng(0).uniform(0, 255, (3, 6, 7, 3)).astype(np.float32)
    made = ImageDataGenerator(
        width_shift_range=2.0, height_shift_range=0.3, horizontal_flip=True, rescale=0.5
    )
    changed = ImageDataGenerator()
    changed.width_shift_range, changed.height_shift_range = 2.0, 0.3
    changed.horizontal_flip, changed.rescale = True, 0.5
    assert (changed.width_shift_range, changed.height_shift_range) == (2.0, 0.3)
    np.testing.assert_array_equal(changed.flow(x, seed=1)[0], made.flow(x, seed=1)[0])
    assert not np.array_equal(made.flow(x, seed=1)[0], ImageDataGenerator().flow(x, seed=1)[0])
    with pytest.raises(ValueError, match="fill_mode must be one of"):
        changed.fill_mode = "mirror"
    changed.preprocessing_function = lambda image: image * 0
    assert changed.flow(x)[0].max() == 0


class Inverting(ImageDataGenerator):
    """A subclass that takes part in the variations, as Keras' users write them."""

    def standardize(self, x):
        return 255 - super().standardize(x)


class Turning(ImageDataGenerator):
    """One that draws and applies in its own way."""

    def get_random_transform(self, img_shape, seed=None):
        return {"theta": 90 * (seed % 4)}

    def apply_transform(self, x, transform_parameters):
        return np.rot90(x, transform_parameters["theta"] // 90)


def test_methods_of_a_subclass_are_used():
    x = np.random.default_rng(0).integers(0, 256, (8, 6, 6, 3), dtype=np.uint8)
    plain = ImageDataGenerator().flow(x, shuffle=False)
    assert plain.thread_safe
    inverted = Inverting().flow(x, shuffle=False)
    np.testing.assert_array_equal(inverted[0], 255 - plain[0])
    assert not inverted.thread_safe
    turned = Turning().flow(x, shuffle=False, seed=1, batch_size=8)
    turns = {
        next(k for k in range(4) if np.array_equal(np.rot90(image, k), other))
        for image, other in zip(x, turned[0], strict=True)
    }
    assert len(turns) > 1
    one_by_one = Turning().flow(x, shuffle=False, seed=1, batch_size=1)
    np.testing.assert_array_equal(np.concatenate([one_by_one[i] for i in range(8)]), turned[0])
    patched = ImageDataGenerator()
    patched.standardize = lambda image: image + 1
    np.testing.assert_array_equal(patched.flow(x, shuffle=False)[0], plain[0] + 1)
    assert not ImageDataGenerator(preprocessing_function=np.sqrt).flow(x).thread_safe


def test_grayscale_and_alpha_survive_the_way_through_files(tmp_path):
    Image.new("RGBA", (5, 5), (10, 20, 30, 40)).save(folders(tmp_path, {"a": 0}) / "a" / "x.png")
    flow = ImageDataGenerator().flow_from_directory(tmp_path, (5, 5), color_mode="rgba", class_mode=None)
    assert flow[0][0, 0, 0].tolist() == [10, 20, 30, 40]
