"""get_file keeps, checks and unpacks files where keras does."""

import hashlib
import os
import tarfile
import zipfile
from pathlib import Path

import keras
import pytest

from convolens.errors import ArgumentError, DataError, MissingFileError
from convolens.utils import get_file


@pytest.fixture
def served(tmp_path) -> Path:
    """What lies on the network: a text, and a folder of photos in both kinds of archive."""
    folder = tmp_path / "served"
    (folder / "pets" / "cat").mkdir(parents=True)
    (folder / "a.txt").write_text("words")
    (folder / "pets" / "cat" / "1.txt").write_text("a cat")
    with tarfile.open(folder / "pets.tgz", "w:gz") as tar:
        tar.add(folder / "pets", "pets")
    with zipfile.ZipFile(folder / "pets.zip", "w") as packed:
        packed.write(folder / "pets" / "cat" / "1.txt", "pets/cat/1.txt")
    return folder


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.txt") if path.is_file()}


CALLS = [
    ("a.txt", {}),
    ("a.txt", {"fname": "b.txt", "cache_subdir": "models"}),
    ("pets.tgz", {"extract": True}),
    ("pets.tgz", {"fname": "animals", "extract": True}),
    ("pets.zip", {"fname": "animals.zip", "extract": True, "archive_format": "zip"}),
    ("pets.tgz", {"fname": "animals.tar.gz", "untar": True}),
]


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_places_are_those_of_keras(served, tmp_path, name, options) -> None:
    found = {}
    for library in ("ours", "theirs"):
        home = tmp_path / library
        home.mkdir()
        get = get_file if library == "ours" else keras.utils.get_file
        path = get(origin=(served / name).as_uri(), cache_dir=str(home), **options)
        assert path == get(origin=(served / name).as_uri(), cache_dir=str(home), **options)
        place = Path(path)
        found[library] = os.path.relpath(path, home), tree(place) if place.is_dir() else place.read_text()
    assert found["ours"] == found["theirs"]


def test_programs_for_keras_2_find_what_they_unpack(served, tmp_path) -> None:
    origin = (served / "pets.tgz").as_uri()
    path = get_file("animals.tgz", origin, extract=True, cache_dir=tmp_path)
    assert tree(Path(path).parent / "pets") == {"cat/1.txt": "a cat"}
    other = get_file("pets", origin, untar=True, cache_dir=tmp_path / "other")
    assert (os.path.relpath(other, tmp_path), tree(Path(other))) == (
        "other/datasets/pets",
        {"cat/1.txt": "a cat"},
    )
    (served / "pets.tgz").unlink()
    assert get_file("pets", origin, untar=True, cache_dir=tmp_path / "other") == other


def test_a_file_is_downloaded_once_and_anew_where_its_digest_is_another(
    served, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    origin, data = (served / "a.txt").as_uri(), b"words"
    for word, digits in (
        ("md5_hash", hashlib.md5(data).hexdigest()),
        ("file_hash", hashlib.sha256(data).hexdigest()),
    ):
        path = Path(get_file("a.txt", origin, **{word: digits}))
        assert path == tmp_path / "home" / "datasets" / "a.txt"
        assert capsys.readouterr().out == (f"Downloading data from {origin}\n" if word == "md5_hash" else "")
        path.write_text("damaged")
        assert Path(get_file("a.txt", origin, **{word: digits})).read_text() == "words"
        capsys.readouterr()
        with pytest.raises(DataError, match=r"another MD5|SHA-256"):
            get_file("c.txt", origin, **{word: digits[::-1]})
        capsys.readouterr()
        assert not (tmp_path / "home" / "datasets" / "c.txt").exists()


def test_an_archive_writes_nothing_outside(tmp_path) -> None:
    (tmp_path / "evil.txt").write_text("evil")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "evil.txt", "../../evil2.txt")
    with pytest.raises(DataError, match="cannot be unpacked"):
        get_file("evil.tar", (tmp_path / "evil.tar").as_uri(), extract=True, cache_dir=tmp_path / "cache")
    assert not list(tmp_path.rglob("evil2.txt"))


def test_refusals(served, tmp_path) -> None:
    origin = (served / "a.txt").as_uri()
    with pytest.raises(ArgumentError, match="origin is missing"):
        get_file("a.txt")
    with pytest.raises(ArgumentError, match="give fname"):
        get_file(origin="file:///")
    with pytest.raises(ArgumentError, match="a name without folders"):
        get_file("b/a.txt", origin)
    with pytest.raises(DataError, match="is no archive"):
        get_file("a.txt", origin, extract=True, cache_dir=tmp_path)
    with pytest.raises(MissingFileError, match="download failed"):
        get_file("a.txt", (served / "none").as_uri(), cache_dir=tmp_path / "new")
