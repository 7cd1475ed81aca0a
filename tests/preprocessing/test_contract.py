"""Every argument, method and attribute of Keras' ImageDataGenerator and its iterators is ours too: Keras is enumerated."""

import inspect

import numpy as np
import pandas as pd
import pytest
from keras._tf_keras.keras.preprocessing import image as keras_image
from keras.src.legacy.preprocessing import image as keras_source

from convolens.preprocessing import image
from images import folders

# What Keras' iterators have of its PyDataset and for themselves, with no meaning for who uses them.
NOT_OURS = {
    "workers", "use_multiprocessing", "max_queue_size", "num_batches", "on_epoch_begin",  # PyDataset
    "index_generator", "white_list_formats", "allowed_class_modes", "split", "set_processing_attrs", "get_classes",
}  # fmt: skip
DEFAULTS_OF_OUR_OWN = {
    ("DataFrameIterator", "dtype")
}  # None: the generator's, which the other iterators take as well
CLASSES = ("ImageDataGenerator", "NumpyArrayIterator", "DirectoryIterator", "DataFrameIterator", "Iterator")


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def arguments(function):
    """Return name -> default, without what takes any name."""
    return {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }


METHODS = [
    (name, method)
    for name in CLASSES
    for method in ["__init__", *sorted(public(getattr(keras_source, name)))]
    if inspect.isfunction(getattr(getattr(keras_source, name), method)) and method not in NOT_OURS
]


def test_something_is_enumerated():
    assert {method for name, method in METHODS if name == "ImageDataGenerator"} == {
        "__init__", "apply_transform", "fit", "flow", "flow_from_dataframe", "flow_from_directory", "get_random_transform",
        "random_transform", "standardize",
    }  # fmt: skip
    assert ("Iterator", "reset") in METHODS
    assert ("DirectoryIterator", "on_epoch_end") in METHODS


@pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: value)
def test_every_method_takes_keras_arguments(name, method):
    """Same names in the same order with the same defaults, so that positions mean the same."""
    theirs = arguments(getattr(getattr(keras_source, name), method))
    ours = arguments(getattr(getattr(image, name), method))
    assert list(ours) == list(theirs)
    for argument, default in theirs.items():
        if (name, argument) not in DEFAULTS_OF_OUR_OWN:
            assert ours[argument] == default, argument


@pytest.mark.parametrize("function", ["load_img", "img_to_array", "array_to_img", "save_img"])
def test_functions_take_keras_arguments(function):
    theirs, ours = arguments(getattr(keras_image, function)), arguments(getattr(image, function))
    assert list(ours) == list(theirs)
    if function == "img_to_array":
        assert (ours.pop("dtype"), theirs.pop("dtype")) == ("float32", None)  # Keras' None is its float type
    assert ours == theirs


def same(ours, theirs):
    if isinstance(theirs, (np.ndarray, list)):
        return np.array_equal(np.asarray(ours), np.asarray(theirs))
    return ours == theirs


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"data_format": "channels_first", "zoom_range": [0.5, 1.5], "dtype": "float64", "fill_mode": "wrap"},
        {"rotation_range": 3, "width_shift_range": 0.1, "height_shift_range": [1, 2], "zoom_range": 0.25, "cval": 3.0,
         "brightness_range": (0.5, 2), "rescale": 0.5, "featurewise_center": True, "vertical_flip": True},
    ],
    ids=["defaults", "channels first", "ranges"],
)  # fmt: skip
def test_every_attribute_of_the_generator(options):
    theirs, ours = keras_source.ImageDataGenerator(**options), image.ImageDataGenerator(**options)
    names = {name for name in vars(theirs) if not name.startswith("_")}
    assert {"mean", "std", "channel_axis", "zca_epsilon", "interpolation_order"} <= names
    for name in names:
        assert same(getattr(ours, name), getattr(theirs, name)), name


def iterators(package, data):
    make = package.ImageDataGenerator(rescale=0.5)
    table = pd.DataFrame(
        {"filename": ["a/00.png", "b/01.png", "a/02.png"], "class": list("aba"), "w": [1.0, 2, 3]}
    )
    options = {
        "target_size": (5, 6),
        "seed": 3,
        "shuffle": False,
        "save_to_dir": str(data.parent),
        "save_prefix": "x",
    }
    array = {name: value for name, value in options.items() if name != "target_size"}
    return {
        "flow": make.flow(np.zeros((5, 4, 4, 3)), np.arange(5), 2, sample_weight=np.ones(5), **array),
        "flow_from_directory": make.flow_from_directory(str(data), batch_size=2, **options),
        "flow_from_dataframe": make.flow_from_dataframe(
            table, str(data), weight_col="w", batch_size=2, **options
        ),
    }


@pytest.mark.parametrize("kind", ["flow", "flow_from_directory", "flow_from_dataframe"])
def test_every_attribute_of_the_iterators(tmp_path, kind):
    data = folders(tmp_path / "data", {"a": 3, "b": 3})
    theirs, ours = iterators(keras_source, data)[kind], iterators(image, data)[kind]
    names = public(theirs) - NOT_OURS
    asked = {
        "n",
        "batch_size",
        "batch_index",
        "total_batches_seen",
        "seed",
        "shuffle",
        "reset",
        "on_epoch_end",
        "save_to_dir",
    }
    if kind != "flow":
        asked |= {
            "samples",
            "class_indices",
            "classes",
            "labels",
            "filenames",
            "filepaths",
            "image_shape",
            "class_mode",
        }
    assert asked <= names
    for name in names - {"lock", "image_data_generator", "index_array"}:
        one, other = getattr(ours, name), getattr(theirs, name)
        assert callable(one) if callable(other) else same(one, other), name
    assert len(ours) == len(theirs)
    next(ours), next(theirs)
    for name in ("index_array", "batch_index", "total_batches_seen"):
        assert same(getattr(ours, name), getattr(theirs, name)), name
    assert ours.next  # Keras 2 had it, and old programs call it
