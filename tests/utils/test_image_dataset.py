"""image_dataset_from_directory: files, labels, split and pixels are those of keras' own functions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras.src.utils import dataset_utils
from keras.src.utils.image_dataset_utils import ALLOWLIST_FORMATS, _load_image_grain
from PIL import Image

import convolens
from convolens.errors import ArgumentError, DataError, MissingFileError, UnknownNameError
from convolens.utils import image_dataset_from_directory

COUNTS = {"ant": 5, "bee": 4, "cat": 3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Photos of three classes, of many sizes and forms; a note beside them."""
    random = np.random.default_rng(0)
    root = tmp_path_factory.mktemp("photos")
    for name, count in COUNTS.items():
        (root / name / "more").mkdir(parents=True)
        for number in range(count):
            ending = ("png", "jpg", "bmp", "JPEG", "gif")[number % 5]
            place = root / name / ("more" if number == 1 else "")
            shape = (int(random.integers(3, 30)), int(random.integers(3, 30)), 3)
            Image.fromarray(random.integers(0, 256, shape, np.uint8)).save(place / f"{number}.{ending}")
        (root / name / "note.txt").write_text("no photo")
    return root


def theirs(
    folder: Path, shuffle: bool, seed: int, split: float | None, subset: str | None, labels: Any = "inferred"
) -> Any:
    paths, labels, names = dataset_utils.index_directory(
        str(folder), labels, ALLOWLIST_FORMATS, shuffle=shuffle, seed=seed, verbose=False
    )
    paths, labels = dataset_utils.get_training_or_validation_split(paths, labels, split, subset)
    return paths, labels, names


def in_order(data: Any) -> tuple[np.ndarray, np.ndarray]:
    """All photos and labels in the order of `file_paths`, whatever order they come in."""
    stage = data.stage
    while stage.parents:
        stage = stage.parents[0]
    return stage.batch(range(stage.cardinality))


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("subset", [None, "training", "validation"])
def test_files_and_labels_are_those_of_keras(folder, shuffle, subset, capsys) -> None:
    split = 0.3 if subset else None
    data = image_dataset_from_directory(
        folder,
        shuffle=shuffle,
        seed=3,
        validation_split=split,
        subset=subset,
        image_size=(4, 4),
        batch_size=5,
    )
    printed = capsys.readouterr().out
    paths, labels, names = theirs(folder, shuffle, 3, split, subset)
    assert data.file_paths == paths
    assert data.class_names == names == list(COUNTS)
    np.testing.assert_array_equal(in_order(data)[1], labels)
    assert printed == "Found 12 files belonging to 3 classes.\n" + capsys.readouterr().out
    seen = [y for _, y in data.as_numpy_iterator()]
    assert sorted(np.concatenate(seen)) == sorted(labels)
    assert [len(y) for y in seen][:-1] == [5] * (len(seen) - 1)


def test_both_subsets_share_no_photo(folder, capsys) -> None:
    train, validation = image_dataset_from_directory(
        folder, validation_split=0.25, subset="both", seed=1, image_size=(4, 4), verbose=False
    )
    assert capsys.readouterr().out == "Using 9 files for training.\nUsing 3 files for validation.\n"
    assert train.file_paths == theirs(folder, True, 1, 0.25, "training")[0]
    assert validation.file_paths == theirs(folder, True, 1, 0.25, "validation")[0]
    np.testing.assert_array_equal(
        next(iter(validation))[1], in_order(validation)[1]
    )  # as they are, in each pass
    orders = [np.concatenate([y for _, y in train.as_numpy_iterator()]).tolist() for _ in range(4)]
    assert len(set(map(tuple, orders))) > 1


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("options", [{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}])
@pytest.mark.parametrize(("color_mode", "channels"), [("rgb", 3), ("grayscale", 1), ("rgba", 4)])
def test_pixels_are_those_of_keras(folder, interpolation, options, color_mode, channels) -> None:
    for data_format in ("channels_last", "channels_first"):
        data = image_dataset_from_directory(
            folder, shuffle=False, image_size=(9, 13), interpolation=interpolation, color_mode=color_mode,
            label_mode=None, data_format=data_format, verbose=False, **options,
        )  # fmt: skip
        for path, photo in zip(data.file_paths, np.concatenate(list(data.as_numpy_iterator())), strict=True):
            expected = _load_image_grain(path, (9, 13), channels, interpolation, data_format, **options)
            np.testing.assert_allclose(photo, expected.numpy(), atol=1e-3)


def test_smart_resize_is_the_old_word_for_cropping(folder) -> None:
    old, new = (
        image_dataset_from_directory(folder, shuffle=False, image_size=(9, 13), verbose=False, **{word: True})
        for word in ("smart_resize", "crop_to_aspect_ratio")
    )
    np.testing.assert_array_equal(next(iter(old))[0], next(iter(new))[0])


@pytest.mark.parametrize(
    ("label_mode", "shape", "dtype"),
    [("int", (), "int32"), ("categorical", (2,), "float32"), ("binary", (1,), "float32")],
)
def test_labels_of_each_form(folder, label_mode, shape, dtype) -> None:
    data = image_dataset_from_directory(
        folder,
        label_mode=label_mode,
        class_names=["cat", "ant"],
        shuffle=False,
        image_size=6,
        batch_size=None,
    )
    assert [(spec.shape, spec.dtype) for spec in data.element_spec] == [
        ((6, 6, 3), "float32"),
        (shape, dtype),
    ]
    x, y = next(iter(data))
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((6, 6, 3), "float32", shape, dtype)
    assert len(data) == 8
    numbers = [
        float(np.argmax(y)) if label_mode == "categorical" else float(np.squeeze(y))
        for _, y in data.as_numpy_iterator()
    ]
    assert numbers == [0] * 3 + [1] * 5


def test_labels_that_are_given_go_with_sorted_paths(folder) -> None:
    data = image_dataset_from_directory(folder, labels=list(range(12)), seed=5, image_size=4)
    paths, labels, names = theirs(folder, True, 5, None, None, list(range(12)))
    assert (data.file_paths, data.class_names) == (paths, names)
    np.testing.assert_array_equal(in_order(data)[1], labels)


def test_photos_alone(folder, capsys) -> None:
    data = image_dataset_from_directory(folder, labels=None, image_size=4)
    assert capsys.readouterr().out == "Found 12 files.\n"
    assert data.class_names is None
    assert next(iter(data)).shape == (12, 4, 4, 3)


def test_a_network_learns_from_a_folder(folder) -> None:
    layers = convolens.layers
    model = convolens.Sequential(
        [
            convolens.Input((8, 8, 3)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    train, validation = convolens.preprocessing.image_dataset_from_directory(
        folder, validation_split=0.25, subset="both", seed=1, image_size=(8, 8), batch_size=4
    )
    history = model.fit(train, validation_data=validation, epochs=2, verbose=0)
    assert len(history.history["val_accuracy"]) == 2
    assert model.predict(validation).shape == (3, 3)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"label_mode": "one-hot"}, UnknownNameError, "label_mode must be one of"),
        (
            {"interpolation": "lanczos3"},
            UnknownNameError,
            "interpolation must be one of 'bilinear', 'nearest', 'bicubic'",
        ),
        ({"format": "grain"}, UnknownNameError, "format must be one of 'tf'"),
        ({"image_size": (4,)}, ArgumentError, "image_size must be one integer or a pair"),
        ({"label_mode": "binary"}, ArgumentError, "needs two classes; received 3: ant, bee, cat"),
        ({"validation_split": 0.2}, ArgumentError, "validation_split and subset belong together"),
        ({"subset": "both"}, ArgumentError, "validation_split and subset belong together"),
        (
            {"validation_split": 0.2, "subset": "training"},
            ArgumentError,
            "give a seed, the same for both subsets",
        ),
        (
            {"validation_split": 0.01, "subset": "validation", "seed": 1},
            DataError,
            "no photo for validation in",
        ),
        ({"class_names": ["ant", "bees"]}, DataError, "no folder for class 'bees'. Did you mean 'bee'"),
        (
            {"class_names": ["ant"], "labels": None},
            ArgumentError,
            "class_names goes with labels='inferred' alone",
        ),
        ({"labels": [1, 2]}, ArgumentError, "a class number for each of the 12 files; received 2"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, ArgumentError, "not both"),
    ],
)
def test_refusals(folder, options, error, words) -> None:
    with pytest.raises(error, match=words):
        image_dataset_from_directory(folder, **options)


def test_a_folder_that_is_not_there(folder) -> None:
    with pytest.raises(MissingFileError, match="no such folder"):
        image_dataset_from_directory(folder / "none")
