"""flow and flow_from_directory yield what Keras' yield, in an order of their own."""

import warnings

import numpy as np
import pandas as pd
import pytest
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator
from PIL import Image

from convolens.errors import (
    ArgumentError,
    DataError,
    ImageError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
)
from convolens.preprocessing.image import ImageDataGenerator
from images import folders, photo, truncated_jpeg


@pytest.fixture
def data(tmp_path):
    root = folders(tmp_path / "data", {"a": 7, "b": 5})
    (root / "b" / "more").mkdir()
    photo(77).save(root / "b" / "more" / "x.jpg")
    return root


@pytest.mark.parametrize("class_mode", ["categorical", "binary", "sparse", "input", None])
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
def test_directory_without_shuffling_is_keras(data, class_mode, color_mode):
    options = {
        "target_size": (11, 13),
        "class_mode": class_mode,
        "color_mode": color_mode,
        "batch_size": 5,
        "shuffle": False,
    }
    theirs = KerasGenerator(rescale=1 / 255).flow_from_directory(str(data), **options)
    ours = ImageDataGenerator(rescale=1 / 255).flow_from_directory(data, **options)
    for name in (
        "n",
        "samples",
        "num_classes",
        "class_indices",
        "filenames",
        "image_shape",
        "batch_size",
        "target_size",
    ):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.classes.tolist() == theirs.classes.tolist()
    assert [str(path) for path in ours.filepaths] == theirs.filepaths
    assert len(ours) == len(theirs) == 3
    for i in range(len(ours)):
        expected, received = theirs[i], ours[i]
        if class_mode is None:
            expected, received = (expected,), (received,)
        for one, other in zip(received, expected, strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"])
@pytest.mark.parametrize("keep_aspect_ratio", [False, True])
def test_scaling_is_keras(data, interpolation, keep_aspect_ratio):
    options = {
        "target_size": (40, 15), "shuffle": False, "batch_size": 4, "interpolation": interpolation,
        "keep_aspect_ratio": keep_aspect_ratio,
    }  # fmt: skip
    theirs = KerasGenerator().flow_from_directory(str(data), **options)
    ours = ImageDataGenerator().flow_from_directory(data, **options)
    np.testing.assert_array_equal(ours[0][0], theirs[0][0])


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_subsets_are_keras(data, subset):
    theirs = KerasGenerator(validation_split=0.4).flow_from_directory(str(data), subset=subset)
    ours = ImageDataGenerator(validation_split=0.4).flow_from_directory(data, subset=subset)
    assert ours.filenames == theirs.filenames
    x, y = np.arange(10 * 4).reshape(10, 2, 2, 1), np.tile([0, 1], 5)
    theirs = KerasGenerator(validation_split=0.4).flow(x, y, subset=subset, shuffle=False)
    ours = ImageDataGenerator(validation_split=0.4).flow(x, y, subset=subset, shuffle=False)
    np.testing.assert_array_equal(ours[0][0], theirs[0][0])
    np.testing.assert_array_equal(ours[0][1], theirs[0][1])


@pytest.mark.parametrize("with_y", [False, True])
@pytest.mark.parametrize("with_weight", [False, True])
def test_flow_yields_what_keras_yields(with_y, with_weight):
    x = np.random.default_rng(0).uniform(0, 255, (7, 6, 5, 3))
    y = np.arange(7) if with_y else None
    weight = np.linspace(0, 1, 7) if with_weight else None
    arguments = {"batch_size": 3, "shuffle": False, "sample_weight": weight}
    theirs = KerasGenerator(horizontal_flip=False).flow(x, y, **arguments)
    ours = ImageDataGenerator().flow(x, y, **arguments)
    for _ in range(7):
        expected, received = next(theirs), next(ours)
        assert type(expected) is type(received)
        for one, other in zip(
            *((v if isinstance(v, tuple) else (v,)) for v in (received, expected)), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-6)


def test_two_inputs_along():
    x, other = np.zeros((4, 3, 3, 1)), np.arange(4)
    (images, beside), y = next(ImageDataGenerator().flow((x, other), np.arange(4), shuffle=True, seed=2))
    assert images.shape == (4, 3, 3, 1)
    assert beside.tolist() == y.tolist() != [0, 1, 2, 3]


def test_each_epoch_holds_each_sample_once_in_a_new_order(data):
    batches = ImageDataGenerator().flow(np.zeros((10, 2, 2, 1)), np.arange(10), batch_size=4, seed=3)
    epochs = [np.concatenate([next(batches)[1] for _ in range(3)]).tolist() for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10))
    assert epochs[0] != epochs[1]
    batches.set_epoch(0)
    assert np.concatenate([batches[i][1] for i in range(3)]).tolist() == epochs[0]
    batches.on_epoch_end()
    assert batches[0][1].tolist() == epochs[1][:4]
    next(batches)
    batches.reset()
    assert next(batches)[1].tolist() == epochs[1][:4]


def test_a_sample_does_not_depend_on_its_batch(data):
    options = {"rotation_range": 40, "zoom_range": 0.3, "horizontal_flip": True}
    x = np.random.default_rng(0).uniform(0, 255, (9, 8, 8, 3))
    whole = ImageDataGenerator(**options).flow(x, np.arange(9), batch_size=9, seed=5)[0]
    one_by_one = ImageDataGenerator(**options).flow(x, np.arange(9), batch_size=1, seed=5)
    for place in range(9):
        np.testing.assert_array_equal(one_by_one[place][0][0], whole[0][place])


def test_a_seed_is_taken_from_numpy():
    def first(seed):
        np.random.seed(seed)
        return ImageDataGenerator().flow(np.zeros((30, 2, 2, 1)), np.arange(30))[0][1].tolist()

    assert first(1) == first(1) != first(2)


@pytest.mark.parametrize("save_format", ["png", "jpeg"])
def test_saved_images(tmp_path, save_format):
    x = np.random.default_rng(0).uniform(0, 255, (5, 8, 9, 3))
    batches = ImageDataGenerator(rotation_range=30).flow(
        x, batch_size=2, save_to_dir=tmp_path, save_prefix="p", save_format=save_format
    )
    for _ in range(6):  # two epochs: nothing is written over
        next(batches)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 10
    assert {Image.open(file).size for file in files} == {(9, 8)}
    assert {file.name.split("_")[1] for file in files} == set("01234")


def test_bad_input(data, tmp_path):
    generator = ImageDataGenerator(validation_split=0.5)
    with pytest.raises(MissingFileError, match="no such folder"):
        generator.flow_from_directory(tmp_path / "no")
    with pytest.raises(ShapeError, match=r"rank 4; received shape \(8, 8, 3\).*x\[np.newaxis\]"):
        generator.flow(np.zeros((8, 8, 3)))
    with pytest.raises(ShapeError, match="received 3 images and 2"):
        generator.flow(np.zeros((3, 8, 8, 3)), np.zeros(2))
    with pytest.raises(ArgumentError, match="sorted by label"):
        generator.flow(np.zeros((4, 8, 8, 3)), np.array([0, 0, 1, 1]), subset="training")
    with pytest.raises(UnknownNameError, match="Did you mean 'binary'"):
        generator.flow_from_directory(data, class_mode="binery")
    with pytest.raises(UnknownNameError, match="Did you mean 'validation'"):
        generator.flow_from_directory(data, subset="validaton")
    with pytest.raises(DataError, match="no folder for class 'aa'"):
        generator.flow_from_directory(data, classes=["aa", "b"])
    with pytest.raises(MissingFileError, match=r"save_to_dir: .*no\.where is no folder; make it first"):
        generator.flow(np.zeros((4, 8, 8, 3)), save_to_dir=tmp_path / "no.where")
    with pytest.raises(ArgumentError, match="batch 9 does not exist; there are 1"):
        generator.flow(np.zeros((4, 8, 8, 3)))[9]
    with pytest.raises(ArgumentError, match="batch_size must be an integer"):
        generator.flow(np.zeros((4, 8, 8, 3)), batch_size=0)
    with pytest.raises(ArgumentError, match="validation_split must be a number"):
        ImageDataGenerator(validation_split=1.5)
    folders(data, {"c": 1})
    with pytest.raises(ArgumentError, match="class_mode 'binary' needs two class folders"):
        generator.flow_from_directory(data, class_mode="binary")
    (tmp_path / "empty" / "a").mkdir(parents=True)
    with pytest.raises(DataError, match=r"no image in the class folders of .* \(a\)"):
        generator.flow_from_directory(tmp_path / "empty")
    truncated_jpeg(data / "c" / "cut.jpg")
    batches = generator.flow_from_directory(data, classes=["c"], target_size=(8, 8))
    with pytest.raises(ImageError, match=r"cut\.jpg: damaged or truncated"):
        batches[0]


def test_warnings():
    with pytest.warns(UserWarning, match="featurewise_std_normalization sets featurewise_center=True"):
        generator = ImageDataGenerator(featurewise_std_normalization=True)
    with pytest.warns(UserWarning, match="call generator.fit"):
        generator.standardize(np.zeros((2, 2, 3)))
    with pytest.warns(UserWarning, match="expected 1, 3 or 4 channels"):
        ImageDataGenerator().flow(np.zeros((4, 8, 8, 7)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ImageDataGenerator(rotation_range=3).flow(np.zeros((4, 8, 8, 3)))[0]


def test_a_varied_validation_part_is_warned_of(data):
    """The commonest slip: one generator for both parts."""
    table = pd.DataFrame({"filename": ["a/00.png", "b/00.png", "a/01.png"], "class": list("aba")})

    def every_way(make, subset):
        yield "flow", lambda: make.flow(np.zeros((4, 8, 8, 3)), subset=subset)
        yield "flow_from_directory", lambda: make.flow_from_directory(data, subset=subset)
        yield "flow_from_dataframe", lambda: make.flow_from_dataframe(table, data, subset=subset)

    for where, act in every_way(ImageDataGenerator(rotation_range=9, validation_split=0.4), "validation"):
        with pytest.warns(
            UserWarning, match=rf"^{where}: subset='validation' is varied too \(rotation: up to 9 deg"
        ) as caught:
            act()
        assert [item.filename for item in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for options, subset in (
            ({"rotation_range": 9}, "training"),
            ({"rescale": 0.5}, "validation"),
            ({"rotation_range": 9}, None),
        ):
            for _, act in every_way(ImageDataGenerator(**options, validation_split=0.4), subset):
                act()


def test_arguments_are_attributes():
    options = {
        "rotation_range": 3, "width_shift_range": 0.1, "height_shift_range": 0.3, "zoom_range": 0.2,
        "rescale": 0.5, "fill_mode": "wrap", "samplewise_center": True, "validation_split": 0.1,
    }  # fmt: skip
    theirs, ours = KerasGenerator(**options), ImageDataGenerator(**options)
    for name in ("rotation_range", "width_shift_range", "height_shift_range", "zoom_range", "rescale", "fill_mode",
                 "samplewise_center", "mean", "data_format", "dtype"):  # fmt: skip
        assert getattr(ours, name) == getattr(theirs, name), name
    ours.mean = np.ones(3)
    assert ours.standardization.mean is ours.mean
    with pytest.raises(AttributeError, match="no attribute 'rotations'"):
        _ = ours.rotations


@pytest.mark.parametrize("name", ["rotation_range", "shear_range", "width_shift_range", "height_shift_range"])  # fmt: skip
def test_none_switches_a_range_off_as_in_keras(name):
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype(np.float32)
    for make in (KerasGenerator, ImageDataGenerator):
        batch = next(make(**{name: None}).flow(images, batch_size=3, shuffle=False))
        np.testing.assert_array_equal(batch, images)
