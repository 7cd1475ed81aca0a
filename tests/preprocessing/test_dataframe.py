"""flow_from_dataframe yields what Keras' yields, and refuses what cannot be used."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator

from convolens.errors import ArgumentError, ArgumentTypeError, DataError, UnknownNameError
from convolens.preprocessing.image import DataFrameIterator, ImageDataGenerator
from images import folders

NAMES = [
    "a/00.png",
    "b/01.png",
    "a/02.png",
    "b/00.png",
    "a/01.png",
    "b/03.png",
    "a/03.png",
    "b/02.png",
    "a/04.png",
]


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 5, "b": 4})


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "filename": NAMES,
            "class": [name[0] for name in NAMES],
            "three": list("zxyxzxxyz"),
            "several": [["x"], ("x", "y"), "y", ["y", "z"], "x", [], ["z", "x"], "y", "z"],
            "size": np.linspace(0, 2, 9),
            "count": np.arange(9),
            "left": [[i, i + 1] for i in range(9)],
            "weight": np.linspace(1, 3, 9),
        },
        index=range(20, 29),
    )


def both(table, data, make=None, **options):
    """Return Keras' iterator and ours, made with the same arguments."""
    make = make or {"rescale": 1 / 255}
    options = {"target_size": (11, 13), "batch_size": 4, "shuffle": False} | options
    theirs = KerasGenerator(**make).flow_from_dataframe(table, str(data), **options)
    ours = ImageDataGenerator(**make).flow_from_dataframe(table, data, **options)
    return theirs, ours


def leaves(value):
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def same(received, expected):
    assert type(received) is type(expected)
    if isinstance(expected, (tuple, list)):
        assert len(received) == len(expected)
    for one, other in zip(leaves(received), leaves(expected), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_allclose(one, other, atol=1e-6)


def same_iterators(ours, theirs):
    names = ["n", "samples", "filenames", "filepaths", "image_shape", "batch_size", "target_size", "class_mode",
             "color_mode", "directory", "shuffle", "dtype"]  # fmt: skip
    if ours.class_mode in ("categorical", "binary", "sparse"):
        names += ["class_indices", "classes", "labels"]
        assert ours.num_classes == len(theirs.class_indices)
    elif ours.class_mode in ("raw", "multi_output"):
        same(ours.labels, theirs.labels)
    for name in names:
        assert getattr(ours, name) == getattr(theirs, name), name
    assert len(ours) == len(theirs)
    for number in range(len(ours)):
        same(ours[number], theirs[number])
    for _ in range(len(ours) + 2):  # over the end of the epoch
        same(next(ours), next(theirs))
    for iterator in (ours, theirs):
        iterator.on_epoch_end()
        iterator.reset()
    same(ours[0], theirs[0])
    assert ours.next()[0].shape[1:] == ours[0][0].shape[1:]


MODES = {
    "categorical": {"y_col": "three"},
    "categorical of several": {"class_mode": "categorical", "y_col": "several"},
    "categorical, some classes": {
        "class_mode": "categorical",
        "y_col": "three",
        "classes": ["z", "x", "q", "z"],
    },
    "several, some classes": {"class_mode": "categorical", "y_col": "several", "classes": ["z", "x"]},
    "binary": {},
    "binary, some classes": {"class_mode": "binary", "y_col": "three", "classes": ("y", "x")},
    "sparse": {"y_col": "three"},
    "sparse, some classes": {"class_mode": "sparse", "y_col": "three", "classes": ["x"]},
    "input": {},
    "raw": {"y_col": "size"},
    "raw of whole numbers": {"class_mode": "raw", "y_col": "count"},
    "raw of columns": {"class_mode": "raw", "y_col": ["size", "count"]},
    "multi_output": {"y_col": ["size", "count", "left"]},
    "none": {"class_mode": None, "y_col": "no such column"},
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("subset", [None, "training", "validation"])
@pytest.mark.parametrize("mode", MODES)
def test_every_class_mode_is_keras(table, data, mode, subset, weighted):
    options = {"class_mode": mode} | MODES[mode] | {"subset": subset}
    if weighted:
        options["weight_col"] = "weight"
    theirs, ours = both(table, data, {"validation_split": 0.4, "rescale": 0.1}, **options)
    same_iterators(ours, theirs)


@pytest.mark.parametrize("class_mode", ["categorical", "sparse", "input"])
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pixels_and_types_are_keras(table, data, class_mode, color_mode, data_format, dtype):
    theirs, ours = both(
        table, data, {"data_format": data_format, "dtype": dtype}, class_mode=class_mode, color_mode=color_mode,
        interpolation="bilinear",
    )  # fmt: skip
    same_iterators(ours, theirs)


def test_rows_without_a_file_are_left_out(table, data):
    table.loc[22, "filename"] = "a/no.png"
    (data / "a" / "notes.txt").write_text("no image")
    table.loc[26, "filename"] = "a/notes.txt"
    with pytest.warns(UserWarning, match=r"2 of 9 file names in x_col 'filename' are missing .*a/no\.png"):
        theirs, ours = both(table, data, {"validation_split": 0.5}, subset="training", weight_col="weight")
    with pytest.warns(UserWarning, match="2 of 9 file names") as caught:
        ImageDataGenerator().flow_from_dataframe(table, data)
    assert caught[0].filename == __file__
    same_iterators(ours, theirs)
    theirs, ours = both(table, data, validate_filenames=False, classes=["b"])
    same_iterators(ours, theirs)


def test_whole_paths_and_other_column_names(table, data, monkeypatch):
    table["filename"] = [str(data / name) for name in NAMES]
    table = table.rename(columns={"filename": "photo", "class": "kind"})
    options = {"x_col": "photo", "y_col": "kind", "shuffle": False, "target_size": (8, 8)}
    theirs = KerasGenerator().flow_from_dataframe(table, **options)
    ours = ImageDataGenerator().flow_from_dataframe(table, **options)
    same_iterators(ours, theirs)
    monkeypatch.chdir(data)
    table["photo"] = NAMES
    same_iterators(
        ImageDataGenerator().flow_from_dataframe(table, **options),
        KerasGenerator().flow_from_dataframe(table, **options),
    )


def test_what_is_printed_is_keras(table, data, capsys):
    for options in ({}, {"class_mode": "raw", "y_col": "size", "validate_filenames": False}):
        both(table, data, **options)
        theirs, ours = capsys.readouterr().out.splitlines()
        assert ours == theirs


def test_the_iterator_alone_leaves_the_images_as_they_are(table, data):
    alone = DataFrameIterator(table, data, target_size=(20, 24), shuffle=False, class_mode=None)
    varied = ImageDataGenerator().flow_from_dataframe(
        table, data, target_size=(20, 24), shuffle=False, class_mode=None
    )
    np.testing.assert_array_equal(alone[0], varied[0])


def test_shuffled_rows_keep_their_labels_and_weights(table, data):
    flow = ImageDataGenerator(horizontal_flip=True).flow_from_dataframe(
        table,
        data,
        y_col="count",
        weight_col="weight",
        class_mode="raw",
        batch_size=4,
        seed=3,
        target_size=(8, 8),
    )
    epochs = [[next(flow)[1:] for _ in range(3)] for _ in range(2)]
    order = [np.concatenate([y for y, _ in epoch]).tolist() for epoch in epochs]
    assert sorted(order[0]) == sorted(order[1]) == list(range(9))
    assert order[0] != order[1]
    for epoch in epochs:
        for y, weight in epoch:
            np.testing.assert_allclose(weight, np.linspace(1, 3, 9)[y])


MISUSE = {
    "class mode": ({"class_mode": "spares"}, UnknownNameError, "class_mode must be one of .* Did you mean 'sparse'"),
    "color mode": ({"color_mode": "rbg"}, UnknownNameError, "color_mode must be one of .* Did you mean 'rgb'"),
    "subset": ({"subset": "validate"}, UnknownNameError, "subset must be one of 'training', 'validation'"),
    "one output": ({"class_mode": "multi_output"}, ArgumentTypeError, "y_col must be a list of columns .* 'class'"),
    "names of numbers": ({"x_col": "count"}, ArgumentTypeError, r"'count' \(x_col\) must hold strings; row 0 holds 0"),
    "sparse numbers": ({"class_mode": "sparse", "y_col": "count"}, ArgumentTypeError,
                       r"\(y_col\) must hold strings for class_mode 'sparse'.*astype\(str\)"),
    "binary numbers": ({"class_mode": "binary", "y_col": "size"}, ArgumentTypeError, "for class_mode 'binary'"),
    "categorical numbers": ({"y_col": "count"}, ArgumentTypeError, "must hold strings, or lists or tuples of them"),
    "three for binary": ({"class_mode": "binary", "y_col": "three"}, ArgumentError,
                         "'binary' needs two classes; there are 3. Use 'sparse' or 'categorical'"),
    "one class given for binary": ({"class_mode": "binary", "classes": ["a"]}, ArgumentError, "there are 1"),
    "weights of words": ({"weight_col": "three"}, ArgumentTypeError, r"'three' \(weight_col\) must hold numbers"),
    "target size": ({"target_size": 64}, ArgumentTypeError, r"\(height, width\) .*For a square give \(64, 64\)"),
    "batch number": (None, ArgumentError, "batch 9 does not exist; there are 3"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISUSE)
def test_misuse_is_of_keras_type(table, data, mistake):
    options, kind, words = MISUSE[mistake]

    def attempt(generator):
        flow = generator.flow_from_dataframe(table, str(data), batch_size=4, **(options or {}))
        return flow[9] if options is None else flow

    base = next(base for base in (TypeError, ValueError) if issubclass(kind, base))
    with pytest.raises(base):
        attempt(KerasGenerator(validation_split=0.5))
    with pytest.raises(kind, match=words) as caught:
        attempt(ImageDataGenerator(validation_split=0.5))
    assert "\n" not in str(caught.value)


def test_refusals_of_our_own(table, data):
    generator = ImageDataGenerator(validation_split=0.1)
    for frame, options, kind, words in (
        (table, {"y_col": "clas"}, UnknownNameError, "no column 'clas'. Did you mean 'class'.* It has: filename, class"),
        (table, {"weight_col": "wait"}, UnknownNameError, "no column 'wait'"),
        (table, {"y_col": ["size", "kount"], "class_mode": "raw"}, UnknownNameError, "Did you mean 'count'"),
        (table, {"y_col": ["class"]}, UnknownNameError, r"no column \['class'\]"),
        ({"filename": NAMES}, {}, ArgumentTypeError, "must be a pandas DataFrame; received dict"),
        (table, {"classes": "ab"}, ArgumentTypeError, "classes must be a list of labels; received 'ab'"),
        (table.assign(weight=[1.0] * 8 + [np.nan]), {"weight_col": "weight"}, DataError, "holds nan in row 8"),
        (table[:0], {"class_mode": None}, DataError, "the dataframe has no rows"),
        (table[:3], {"subset": "validation"}, DataError, "no row is in the validation part; see validation_split"),
        (table, {"interpolation": "lancos"}, UnknownNameError, "Did you mean 'lanczos'"),
        (table, {"keep_aspect": True}, ArgumentTypeError, "unknown argument 'keep_aspect'"),
    ):  # fmt: skip
        with pytest.raises(kind, match=words):
            generator.flow_from_dataframe(frame, data, **options)
    with (
        pytest.warns(UserWarning, match="9 of 9 file names"),
        pytest.raises(
            DataError, match=r"none of the 9 rows has an image .*'nowhere/a/00\.png'. Give the folder"
        ),
    ):
        generator.flow_from_dataframe(table, "nowhere")


@pytest.mark.parametrize("name", ["has_ext", "sort", "drop_duplicates"])
def test_arguments_of_older_kerases_are_deprecated(table, data, name):
    for generator in (KerasGenerator(), ImageDataGenerator()):
        with pytest.warns(DeprecationWarning, match=name):
            generator.flow_from_dataframe(table, str(data), **{name: True})


def test_other_warnings_are_keras(table, data):
    for generator in (KerasGenerator(), ImageDataGenerator()):
        with pytest.warns(DeprecationWarning, match="other"):
            flow = generator.flow_from_dataframe(table, str(data), y_col="size", class_mode="other")
        assert flow.class_mode == "raw"
        with pytest.warns(UserWarning, match="ignored"):
            generator.flow_from_dataframe(table, str(data), class_mode=None, classes=["a"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ImageDataGenerator().flow_from_dataframe(table, data)


def test_pandas_is_not_imported_by_us():
    code = "import sys, convolens; from convolens.preprocessing.image import DataFrameIterator; print('pandas' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
