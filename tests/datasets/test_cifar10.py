"""CIFAR-10 is found in each of its forms, alike in all of them, and what is damaged is said."""

import hashlib
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.datasets import cifar10
from convolens.datasets.cifar10 import CLASS_NAMES, load_data
from convolens.errors import DataError, ImageError, MissingFileError
from convolens.files.download import RemoteFile

FILES = [*[f"data_batch_{i}.bin" for i in range(1, 6)], "test_batch.bin"]
COUNT = 20  # records a file


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """The user's own folder of data sets, empty."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("CONVOLENS_DATASETS", str(folder))
    return folder


@pytest.fixture
def cache(_own_cache) -> Path:
    return _own_cache / "datasets"


def photos(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise of CIFAR-10's form; every class twice, in order."""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (COUNT, 32, 32, 3), np.uint8), np.repeat(np.arange(10, dtype=np.uint8), 2)


def binary(folder: Path) -> Path:
    """Write the six files of the binary version, a byte at a time as its description says."""
    folder.mkdir(parents=True)
    for number, name in enumerate(FILES):
        x, y = photos(number)
        records = b"".join(
            bytes([label]) + b"".join(image[:, :, c].tobytes() for c in range(3))
            for image, label in zip(x, y, strict=True)
        )
        (folder / name).write_bytes(records)
    return folder


def archive(tmp_path: Path, leave_out: str = "") -> RemoteFile:
    """Write the archive and return where it is."""
    folder = binary(tmp_path / "made" / "cifar-10-batches-bin")
    path = tmp_path / "made" / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for file in sorted(folder.iterdir(), reverse=True):
            if file.name != leave_out:
                tar.add(file, f"cifar-10-batches-bin/{file.name}")
    return RemoteFile(path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


def as_folders(root: Path) -> None:
    """Write the same photos as PNG files in class folders."""
    for part, numbers in (("train", range(5)), ("test", [5])):
        for number in numbers:
            x, y = photos(number)
            for i, (image, label) in enumerate(zip(x, y, strict=True)):
                place = root / part / CLASS_NAMES[label]
                place.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(place / f"{number}_{i:03d}.png")


def in_order(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort images by label and content."""
    order = sorted(range(len(x)), key=lambda i: (y[i].item(), x[i].tobytes()))
    return x[order], y[order]


def expect(data, mixed: bool = False) -> None:
    for part, numbers in zip(data, (range(5), [5]), strict=True):
        x = np.concatenate([photos(number)[0] for number in numbers])
        y = np.concatenate([photos(number)[1] for number in numbers])
        if mixed:
            assert len(np.unique(part[1][-len(y) // 4 :])) > 1, "the last part must not be of one class"
            x, y = in_order(x, y)
            part = in_order(*part)
        assert part[0].dtype == part[1].dtype == np.uint8
        assert part[0].flags.writeable
        assert part[1].flags.writeable
        np.testing.assert_array_equal(part[0], x)
        np.testing.assert_array_equal(part[1], y[:, np.newaxis])


def test_class_folders(own):
    as_folders(own / "cifar10")
    expect(load_data(), mixed=True)


def test_binary_folder(own):
    binary(own / "cifar-10-batches-bin")
    expect(load_data())


def test_archive_in_the_own_folder_is_not_unpacked(own, tmp_path):
    remote = archive(tmp_path)
    shutil.copy(tmp_path / "made" / remote.name, own)
    expect(load_data(remote))
    assert [item.name for item in own.iterdir()] == [remote.name]


@pytest.mark.parametrize("own_folder", [True, False])
def test_download_once_into_the_cache(own_folder, tmp_path, monkeypatch, cache):
    monkeypatch.delenv("CONVOLENS_DATASETS", raising=False)
    if own_folder:
        (tmp_path / "own").mkdir()
        monkeypatch.setenv("CONVOLENS_DATASETS", str(tmp_path / "own"))
    remote = archive(tmp_path)
    expect(load_data(remote))
    assert [item.name for item in cache.iterdir()] == [remote.name]
    shutil.rmtree(tmp_path / "made")  # what is loaded now can only come from the cache
    expect(load_data(remote))


def test_the_own_folder_comes_before_the_cache(own, tmp_path, cache):
    as_folders(own / "cifar10")
    cache.mkdir()
    (cache / "cifar-10-binary.tar.gz").write_bytes(b"not looked at")
    expect(load_data(), mixed=True)


def test_the_published_archive():
    assert cifar10.ARCHIVE.url == "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    assert len(bytes.fromhex(cifar10.ARCHIVE.sha256)) == 32


def test_no_download_says_what_to_do(tmp_path, cache):
    gone = RemoteFile((tmp_path / "gone.tar.gz").as_uri(), "ab" * 32, "cifar-10-binary.tar.gz")
    with pytest.raises(MissingFileError) as caught:
        load_data(gone)
    text = str(caught.value)
    assert "cifar-10-binary.tar.gz is not here, and the download failed" in text
    assert f"download {gone.url} (SHA-256 {gone.sha256}) yourself and put it at {cache / gone.name}" in text
    assert "\n" not in text
    assert list(cache.iterdir()) == []


def test_a_download_of_something_else_is_not_kept(tmp_path, cache):
    remote = archive(tmp_path)
    wrong = RemoteFile(remote.url, "0" * 64, remote.name)
    with pytest.raises(DataError, match=f"has SHA-256 {remote.sha256}, expected {'0' * 64}; it was not kept"):
        load_data(wrong)
    assert list(cache.iterdir()) == []


def test_a_local_archive_is_checked_before_it_is_used(own, tmp_path):
    remote = archive(tmp_path)
    whole = (tmp_path / "made" / remote.name).read_bytes()
    (own / remote.name).write_bytes(whole[:-1])
    with pytest.raises(DataError, match=rf"cifar-10-binary.tar.gz: is damaged.*expected {remote.sha256}"):
        load_data(remote)


def test_an_archive_without_a_batch(own, tmp_path):
    with pytest.raises(DataError, match=r"holds no cifar-10-batches-bin/data_batch_3.bin"):
        load_data(archive(tmp_path, leave_out="data_batch_3.bin"))


def test_what_is_no_archive(own):
    data = b"no tar"
    (own / "x.tar.gz").write_bytes(data)
    remote = RemoteFile("file:///x", hashlib.sha256(data).hexdigest(), "x.tar.gz")
    with pytest.raises(DataError, match=r"x\.tar\.gz: cannot be read as a tar\.gz archive"):
        load_data(remote)


def test_damaged_binary_files(own):
    folder = binary(own / "cifar-10-batches-bin")
    file = folder / "data_batch_2.bin"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    with pytest.raises(DataError, match=r"data_batch_2\.bin: 61459 bytes are no whole number of records"):
        load_data()
    file.write_bytes(b"")
    with pytest.raises(DataError, match=r"data_batch_2\.bin: 0 bytes"):
        load_data()
    file.write_bytes(b"\x0a" + whole[1:])
    with pytest.raises(DataError, match=r"data_batch_2\.bin: has label 10; CIFAR-10's are 0 to 9"):
        load_data()
    file.unlink()
    with pytest.raises(DataError, match=r"data_batch_2\.bin: cannot be read \(No such file"):
        load_data()


def test_folders_with_other_classes(own):
    as_folders(own / "cifar10")
    (own / "cifar10" / "test" / "cat").rename(own / "cifar10" / "test" / "cats")
    with pytest.raises(DataError, match=r"'cats' is not one of the classes.*Did you mean 'cat'"):
        load_data()
    shutil.rmtree(own / "cifar10" / "test" / "cats")
    with pytest.raises(DataError, match=r"no image in class 'cat'"):
        load_data()


def test_photos_that_do_not_belong(own):
    as_folders(own / "cifar10")
    odd = own / "cifar10" / "train" / "dog" / "zz.png"
    Image.new("RGB", (31, 32)).save(odd)
    with pytest.raises(DataError, match=r"zz\.png: is of 32 x 31 pixels; CIFAR-10's photos are of 32 x 32"):
        load_data()
    odd.write_bytes(b"no photo")
    with pytest.raises(ImageError, match=r"zz\.png: not an image"):
        load_data()


def test_a_folder_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVOLENS_DATASETS", str(tmp_path / "gone"))
    with pytest.raises(MissingFileError, match=r"CONVOLENS_DATASETS: .*gone is no folder"):
        load_data()
