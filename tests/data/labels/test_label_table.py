"""Labels from a CSV file: both forms, and every row that is wrong."""

import re
from pathlib import Path

import numpy as np
import pytest

from convolens.data import read_label_table
from convolens.errors import ConvolensError, DataError, MissingFileError
from images import photo


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    (tmp_path / "photos" / "more").mkdir(parents=True)
    for name in ("a.png", "b.png", "c.png", "more/d.png", "notes.txt"):
        (tmp_path / "photos" / name).write_bytes(b"not looked into")
    return tmp_path / "photos"


def read(photos: Path, text: str | bytes, **options):
    table = photos.parent / "labels.csv"
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_label_table(table, photos, **options)


JOINED = "path,labels\nc.png,\nb.png,dog\na.png,cat; dog\nmore/d.png,fox\n"


@pytest.mark.parametrize(
    "text",
    [
        JOINED,
        JOINED.replace(";", "|"),
        JOINED.replace("labels", "Label").replace("path", "Path"),
        "\ufeff" + JOINED.replace("\n", "\r\n") + "\r\n\r\n",
        "labels,path,remark\n,c.png,x\ndog,b.png,\ncat;dog,./a.png,\nfox,more\\d.png,\n",
        "path,fox,cat,dog\nc.png,0,0,0\nb.png,0,0,1\na.png,0,1,1\nmore/d.png,1,0,0\n",
        "path,cat,dog,fox\na.png,True,true,False\nb.png,0.0,1.0,0\nc.png,0,0,0\nmore/d.png,0,0,1\n",
        JOINED + "b.png,dog\n",  # the same again
    ],
)
def test_both_forms_give_the_same_photos(photos, text):
    found = read(photos, text)
    assert found.class_names == ("cat", "dog", "fox")
    assert [path.as_posix() for path in found.relative_paths] == ["a.png", "b.png", "c.png", "more/d.png"]
    assert found.labels.dtype == np.float32
    assert found.labels.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert found.counts().tolist() == [1, 2, 1]
    assert found.subset([0, 3]).counts().tolist() == [1, 1, 1]
    assert "4 photos; 1 have several labels, 1 none, 1.00 on average" in found.notes[0]


def test_paths_may_begin_with_the_folder(photos, monkeypatch):
    found = read(photos, f"path,labels\n{photos}/a.png,cat\n{photos}/more/d.png,dog\n")
    assert [path.as_posix() for path in found.relative_paths] == ["a.png", "more/d.png"]
    assert found.notes[1] == f"not used: 2 images of {photos} that labels.csv does not name"


def test_given_classes_keep_their_order(photos):
    found = read(photos, "path,labels\na.png,dog\n", class_names=("fox", "dog", "cat"))
    assert found.labels.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("file,labels\na.png,cat\n", "has no column 'path'; its columns are 'file', 'labels'"),
        ("path;labels\na.png;cat\n", "columns must be parted by commas"),
        ("path\na.png\n", "needs a column 'labels', or a column of 0 and 1"),
        ("path,labels\n", "names no photo"),
        ("path,labels\na.png,cat\n\nz.png,dog\n", "row 4: 'z.png' is not in"),
        ("path,labels\n../labels.csv,cat\n", "row 2: '../labels.csv' does not lie in"),
        ("path,labels\n/etc/x.png,cat\n", "row 2: '/etc/x.png' does not lie in"),
        ("path,labels\nnotes.txt,cat\n", "row 2: 'notes.txt' is not named as an image"),
        ("path,labels\n,cat\n", "row 2: the path is empty"),
        ("path,labels\na.png,cat,dog\n", "row 2: 3 cells where the first row has 2"),
        ("path,labels\na.png,cat\nb.png,dog\n./a.png,cat;dog\n", "row 4: './a.png' has the labels 'cat;dog' here and 'cat' in row 2"),
        ("path,labels\na.png,in/out\n", "row 2: 'in/out' cannot be the name of a class"),
        ("path,cat,dog\na.png,1,2\n", "row 2: column 'dog' holds '2', expected 0 or 1"),
        ("path,cat,dog\na.png,,1\n", "row 2: column 'cat' holds '', expected 0 or 1"),
        ("path,labels\nw.png,a\nx.png,a\ny.png,a\nz.png,a\n", "row 4: 'y.png' is not in .*; and 1 more rows"),
        (b"path,labels\na.png,caf\xe9\n", "cannot be read as CSV in UTF-8"),
        (b'path,labels\n"a.png,cat\n', "cannot be read as CSV"),
    ],
)  # fmt: skip
def test_every_bad_table_is_told_in_one_line(photos, text, said):
    with pytest.raises(DataError, match=said) as raised:
        read(photos, text)
    assert "\n" not in str(raised.value)
    assert "labels.csv" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "path,labels\na.png,dgo\n",
            "row 2: label 'dgo' is not one of the classes cat, dog .Did you mean 'dog'",
        ),
        ("path,cat\na.png,1\n", "there is no column for 'dog'"),
        ("path,cat,dgo\na.png,1,0\n", "column 'dgo' is not one of them. Did you mean 'dog'"),
    ],
)
def test_other_classes_than_those_given(photos, text, said):
    with pytest.raises(DataError, match=said):
        read(photos, text, class_names=("cat", "dog"))


def test_no_such_table_and_no_such_folder(photos):
    with pytest.raises(MissingFileError, match=r"--labels: .*none.csv: no such CSV file"):
        read_label_table(photos / "none.csv", photos)
    (photos / "ok.csv").write_text("path,labels\na.png,cat\n")
    with pytest.raises(ConvolensError, match="no such folder"):
        read_label_table(photos / "ok.csv", photos / "nowhere")


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        (("cat,outdoor", "cat", "dog"), True),  # what stands beside the comma is a label of its own
        (("Paris, France", "Lyon, France", "Berlin"), False),
        (("cat outdoor", "cat", "dog"), False),
        (("cat+outdoor", "cat", "dog"), False),
    ],
)
def test_labels_that_something_else_parts_are_told(tmp_path, cells, refused):
    for i in range(3):
        photo(i).save(tmp_path / f"{i}.png")
    table = tmp_path / "labels.csv"
    table.write_text("path,labels\n" + "".join(f'{i}.png,"{cell}"\n' for i, cell in enumerate(cells)))
    words = (
        f"{cells[0]!r} is read as one label"
        if cells[0] != "Paris, France"
        else "'Lyon, France' is read as one label"
    )
    if refused:
        with pytest.raises(
            DataError,
            match=re.escape(
                f"{words}, with a comma in it; several labels of a photo are parted by ; or |: cat;outdoor"
            ),
        ):
            read_label_table(table, tmp_path)
    else:
        assert any(words in note for note in read_label_table(table, tmp_path).notes)


def test_names_of_several_words_are_no_several_labels(tmp_path):
    for i in range(2):
        photo(i).save(tmp_path / f"{i}.png")
    table = tmp_path / "labels.csv"
    table.write_text("path,labels\n0.png,golden retriever\n1.png,labrador retriever\n")
    assert not any("read as one label" in note for note in read_label_table(table, tmp_path).notes)
