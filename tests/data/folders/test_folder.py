"""Folders are read as people lay them out, and what is wrong with them is said."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.data import find_layout, list_images
from convolens.data.folders.names import names_that_differ_by_case
from convolens.errors import DataError, MissingFileError
from images import folders, photo


def test_nested_hidden_and_foreign_files(tmp_path):
    data = folders(tmp_path / "data", {"b": 2, "a": 3})
    (data / "a" / "deep" / "er").mkdir(parents=True)
    photo(9).save(data / "a" / "deep" / "er" / "x.JPG", "jpeg")
    (data / "a" / "notes.txt").write_text("x")
    (data / "b" / "scan.PDF").write_bytes(b"x")
    (data / "a" / ".hidden.png").write_bytes(b"x")
    for name in (".ipynb_checkpoints", "__MACOSX"):
        (data / name).mkdir()
        photo(1).save(data / name / "c.png")
    (data / "a" / ".ipynb_checkpoints").mkdir()
    photo(1).save(data / "a" / ".ipynb_checkpoints" / "c.png")
    found = list_images(data)
    assert found.class_names == ("a", "b")
    assert found.counts().tolist() == [4, 2]
    assert found.ignored == {".pdf": 1, ".txt": 1}
    assert [path.as_posix() for path in found.relative_paths[:4]] == [
        "a/00.png",
        "a/01.png",
        "a/02.png",
        "a/deep/er/x.JPG",
    ]
    part = found.subset([5, 0])
    assert part.labels.tolist() == [1, 0]
    assert all(path.is_file() for path in part.paths)


def test_class_names_are_matched_by_name(tmp_path):
    data = folders(tmp_path / "d", {"dog": 1, "cat": 2})
    found = list_images(data, class_names=["dog", "cat", "owl"], allow_missing_classes=True)
    assert found.counts().tolist() == [1, 2, 0]
    with pytest.raises(DataError, match=r"no image in class 'owl'"):
        list_images(data, class_names=["dog", "cat", "owl"])
    with pytest.raises(
        DataError, match=r"folder 'cat' is not one of the classes cats, dog.*Did you mean 'cats'"
    ):
        list_images(data, class_names=["cats", "dog"])


def test_bad_folders(tmp_path):
    data = folders(tmp_path / "data", {"a": 1})
    with pytest.raises(MissingFileError, match=r"date: no such folder.*Did you mean 'data'"):
        list_images(tmp_path / "date")
    with pytest.raises(DataError, match=r"is a file"):
        list_images(data / "a" / "00.png")
    with pytest.raises(DataError, match=r"no class folders, 1 images lie in it directly"):
        list_images(data / "a")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DataError, match=r"no class folders, it has no subfolders"):
        list_images(tmp_path / "nothing")
    (data / "b").mkdir()
    (data / "b" / "x.pdf").write_bytes(b"")
    with pytest.raises(DataError, match=r"no image in class 'b' \(there are 1 \.pdf files"):
        list_images(data)


@pytest.mark.parametrize("train", ["train", "Training"])
@pytest.mark.parametrize("validation", ["val", "valid", "validation", "VAL"])
def test_layouts(tmp_path, train, validation):
    for part in (train, validation, "test", "extra"):
        folders(tmp_path / part, {"a": 1})
    layout = find_layout(tmp_path)
    assert (layout.train.name, layout.validation.name, layout.test.name) == (train, validation, "test")
    assert any("not used: extra" in line for line in layout.lines)
    assert any("left alone" in line for line in layout.lines)


def test_a_class_of_trains_is_no_training_folder(tmp_path):
    folders(tmp_path, {"car": 1, "train": 1})
    assert find_layout(tmp_path).train == tmp_path


def test_bad_layouts(tmp_path):
    folders(tmp_path / "x" / "val", {"a": 1})
    with pytest.raises(DataError, match="holds val but no train folder"):
        find_layout(tmp_path / "x")
    folders(tmp_path / "x" / "valid", {"a": 1})
    with pytest.raises(DataError, match="val and valid, which both mean validation"):
        find_layout(tmp_path / "x")


@given(st.lists(st.text("aAbB", min_size=1, max_size=3), unique=True))
def test_names_that_differ_by_case(names):
    pairs = names_that_differ_by_case(names)
    assert len(pairs) == len(names) - len({name.casefold() for name in names})
    assert all(a != b and a.casefold() == b.casefold() for a, b in pairs)


def test_counts_of_an_empty_class(tmp_path):
    data = folders(tmp_path, {"a": 2, "b": 1})
    assert list_images(data).subset(np.array([0])).counts().tolist() == [1, 0]
