"""--group-by as people write it: tables from spreadsheets and Windows, brackets that match nothing."""

import pytest

from convolens.data.folders.folder import list_images
from convolens.data.splits.groups import read_groups
from convolens.data.splits.split import split_by_content
from convolens.errors import ArgumentError, DataError
from images import folders


@pytest.fixture
def data(tmp_path):
    """Two classes with the same file names."""
    return folders(tmp_path / "data", {"a": 6, "b": 6})


def table(data, path="{name}", head="", separator=",", encoding="utf-8", end="\n"):
    """Write which photo is of which of four groups."""
    names = [f"{c}/{i:02d}.png" for c in "ab" for i in range(6)]
    lines = [path.format(name=name, root=data) + f"{separator}g{i // 3}" for i, name in enumerate(names)]
    file = data.parent / "groups.csv"
    file.write_bytes((head + end.join(lines) + end).encode(encoding))
    return str(file)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"head": "path,group\n"},
        {"head": "path,group\n", "encoding": "utf-8-sig"},
        {"end": "\r\n"},
        {"end": "\r"},
        {"path": '"{name}"'},
        {"path": "./{name}"},
        {"path": "{root}/{name}"},
    ],
    ids=["plain", "header", "bom", "windows-lines", "mac-lines", "quoted", "dot", "absolute"],
)
def test_tables_as_programs_write_them(data, options):
    groups = read_groups(table(data, **options), list_images(data))
    assert groups.tolist() == [f"g{i // 3}" for i in range(12)]


def test_windows_paths(data):
    file = data.parent / "groups.csv"
    file.write_text("".join(f"{c}\\{i:02d}.png,{c}\n" for c in "ab" for i in range(6)))
    assert read_groups(str(file), list_images(data)).tolist() == ["a"] * 6 + ["b"] * 6


def test_paths_with_the_data_folder_as_it_was_typed(data, monkeypatch):
    monkeypatch.chdir(data.parent)
    groups = read_groups(table(data, path="data/{name}"), list_images("data"))
    assert groups[0] == "g0"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([f"{i:02d}.png,g{c}{i}" for c in "ab" for i in range(6)], r"row 7: '00.png' is of group 'gb0' here"),
        (["a/00.png,x", "a/00.png,y"], r"row 2: 'a/00.png' is of group 'y' here and of another above"),
        ([f"{c}/{i:02d}.png," for c in "ab" for i in range(6)], "names no group for 12 of 12 photos"),
        (["a/00.png;x"], "row 1: expected two columns, path and group, parted by a comma"),
    ],
    ids=["bare-names-twice", "two-groups", "no-group", "semicolons"],
)
def test_tables_that_say_two_things_or_none(data, rows, words):
    file = data.parent / "groups.csv"
    file.write_text("\n".join(rows) + "\n")
    with pytest.raises(DataError, match=words):
        read_groups(str(file), list_images(data))


def test_a_table_in_another_encoding(data):
    with pytest.raises(DataError, match="cannot be read as CSV in UTF-8"):
        read_groups(table(data, encoding="utf-16"), list_images(data))


def test_a_bracket_that_matches_nothing_is_no_group(data):
    groups = read_groups(r"a/(0[01])?", list_images(data))
    assert groups.tolist() == [
        "00",
        "01",
        *(f"a/{i:02d}.png" for i in range(2, 6)),
        *(f"b/{i:02d}.png" for i in range(6)),
    ]
    with pytest.raises(ArgumentError, match="matches none of 12 photos"):
        read_groups("(x)?", list_images(data))


def test_one_photo_a_class_cannot_be_parted(tmp_path):
    with pytest.raises(DataError, match="cannot be parted, each class has one photo, or"):
        split_by_content(list_images(folders(tmp_path, {"a": 1, "b": 1})), 0.5)
