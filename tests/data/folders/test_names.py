"""Names that differ only in the code points of their accents are the same name, wherever names meet."""

import os
import unicodedata
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens.arguments import did_you_mean
from convolens.data import list_images, read_groups, read_label_table
from convolens.data.caching.fingerprint import fingerprint, is_fingerprint_of
from convolens.data.folders.names import FileNames, Spellings, composed
from convolens.errors import DataError
from convolens.preprocessing.image import ImageDataGenerator
from images import photo

NFC, NFD = "caf\u00e9", "cafe\u0301"
NAMES = (
    "école",
    "zoo",
    "été",
    "Ångström",
    "한국",
    "e\u0323\u0302x",
)  # in several orders, and with two accents on one letter


def spelt(name, form):
    return unicodedata.normalize(form, name)


def write(root, form, names=NAMES):
    for number, name in enumerate(names):
        folder = root / spelt(name, form)
        folder.mkdir(parents=True)
        for i in range(2):
            photo(10 * number + i).save(folder / spelt(f"photo é{i}.png", form))
    return root


@given(st.lists(st.text("aeoéệ\u0301\u0323\u0308", min_size=1, max_size=4), min_size=1, max_size=6))
def test_a_name_is_found_by_any_spelling(names):
    known = Spellings(names)
    for name in names:
        assert known.find(name) == name, "its own spelling comes first"
        for form in ("NFC", "NFD"):
            assert composed(known.find(spelt(name, form))) == composed(name)
    assert known.find("dog") is None
    assert len(known.names()) == len({composed(name) for name in names})
    assert len(known.told("classes")) == sum(
        len({name for name in names if composed(name) == one}) > 1
        for one in {composed(name) for name in names}
    )


def test_folders_of_both_spellings_are_the_same_data(tmp_path):
    """Classes, their order, the photos' order and the fingerprint do not depend on how names are spelt."""
    here, mac = (list_images(write(tmp_path / form, form)) for form in ("NFC", "NFD"))
    assert [composed(name) for name in mac.class_names] == list(here.class_names)
    assert np.array_equal(here.labels, mac.labels)
    assert [path.read_bytes() for path in here.paths] == [path.read_bytes() for path in mac.paths]
    assert fingerprint(here) == fingerprint(mac)
    assert is_fingerprint_of(fingerprint(mac, spelt=str), mac), "as earlier versions took it"
    matched = list_images(tmp_path / "NFD", class_names=here.class_names)
    assert matched.class_names == here.class_names
    assert matched.relative_paths == mac.relative_paths, "files keep their own spelling"
    assert here.notes == mac.notes == matched.notes == ()


def test_two_spellings_in_one_folder_are_one_class_and_told(tmp_path):
    data = write(write(tmp_path / "data", "NFC", ("café", "dog")), "NFD", ("café",))
    found = list_images(data)
    assert (len(found.class_names), found.counts().tolist()) == (2, [4, 2])
    assert found.notes[0].startswith("folders 'cafe\\u0301' and 'caf\\xe9' are one, ")
    with pytest.raises(DataError, match="folder 'dog' is not one of the classes"):
        list_images(data, class_names=[NFC])


def test_a_hint_says_what_cannot_be_seen():
    assert did_you_mean(NFC, [NFD, "dog"]).startswith(
        " Did you mean 'cafe\\u0301'? It differs only in the code points"
    )


def test_files_are_found_in_folders_of_any_spelling(tmp_path):
    (tmp_path / NFD / "b").mkdir(parents=True)
    (tmp_path / NFD / "b" / "é.png").write_bytes(b"")
    (tmp_path / NFD / "plain.png").write_bytes(b"")
    names = FileNames(tmp_path)
    for form in ("NFC", "NFD"):
        assert names.find(spelt("café/b/é.png", form)) == f"{NFD}/b/é.png"
    assert names.find(f"{NFC}/plain.png") == f"{NFD}/plain.png"
    assert names.find("café/none.png") is None
    assert names.find("../café/none.png") is None


@pytest.mark.parametrize(("files", "table"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_tables_name_files_labels_and_groups_in_any_spelling(tmp_path, files, table):
    data = tmp_path / "data"
    data.mkdir()
    for i in range(4):
        photo(i).save(data / spelt(f"é{i}.png", files))
    other = {"NFC": "NFD", "NFD": "NFC"}[table]
    rows = [(spelt(f"é{i}.png", table), spelt("café", (table, other)[i % 2])) for i in range(4)]
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "\n".join(["path,labels", *(f"{path},{name};dog" for path, name in rows)]), encoding="utf-8"
    )
    found = read_label_table(labels, data)
    assert len(found.class_names) == 2
    assert found.counts().tolist() == [4, 4]
    assert any(note.startswith("labels 'cafe\\u0301' and 'caf\\xe9' are one") for note in found.notes)
    assert {path.name for path in found.relative_paths} == set(os.listdir(data))
    assert read_label_table(labels, data, (spelt("café", table), "dog")).counts().tolist() == [4, 4]
    columns = tmp_path / "columns.csv"
    columns.write_text(
        "\n".join([f"path,{spelt('café', table)},dog", *(f"{path},1,0" for path, _ in rows)]),
        encoding="utf-8",
    )
    assert read_label_table(columns, data, (spelt("café", other), "dog")).counts().tolist() == [4, 0]
    groups = tmp_path / "groups.csv"
    groups.write_text("\n".join(["path,group", *(f"{path},{name}" for path, name in rows)]), encoding="utf-8")
    assert len(set(read_groups(str(groups), found))) == 1
    assert read_groups(spelt(r"(é\d)", table), found).tolist() == [composed(f"é{i}") for i in range(4)]


def test_keras_iterators_take_names_in_any_spelling(tmp_path):
    pandas = pytest.importorskip("pandas")
    data = write(tmp_path / "data", "NFD", ("café", "dog"))
    generator = ImageDataGenerator()
    found = generator.flow_from_directory(data, classes=[NFC, "dog"], target_size=(8, 8))
    assert found.class_indices == {NFC: 0, "dog": 1}
    assert found.classes.tolist() == [0, 0, 1, 1]
    names = [composed(path.relative_to(data).as_posix()) for path in sorted(data.rglob("*.png"))]
    table = pandas.DataFrame({"filename": names, "class": [NFC, NFD, "dog", "dog"]})
    rows = generator.flow_from_dataframe(table, data, target_size=(8, 8))
    assert (rows.samples, rows.num_classes, rows.filenames) == (4, 2, names)
    assert all(Path(path).is_file() for path in rows.filepaths)
    assert generator.flow_from_dataframe(table, data, classes=[NFC, "dog"], target_size=(8, 8)).samples == 4
