"""MNIST, Fashion-MNIST and CIFAR-100 are what keras itself reads from the same files, found in each place, and checked."""

import gzip
import hashlib
import pickle
import tarfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from convolens.datasets import cifar100, fashion_mnist, mnist
from convolens.errors import DataError, MissingFileError
from convolens.files.download import RemoteFile

random = np.random.default_rng(0)
X, Y = random.integers(0, 256, (5, 28, 28), np.uint8), random.integers(0, 10, 5, np.uint8)


def remote(path: Path) -> RemoteFile:
    return RemoteFile(path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


@pytest.fixture
def made(tmp_path) -> Path:
    """Where the files lie that stand for the published ones."""
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Keras' own folder, empty but for its data sets' folder."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("keras.src.backend.config.keras_home", lambda: str(tmp_path / "home"))
    (tmp_path / "home" / "datasets").mkdir(parents=True)
    return tmp_path / "home" / "datasets"


@pytest.fixture
def cache(_own_cache) -> Path:
    return _own_cache / "datasets"


def write_mnist(folder: Path) -> RemoteFile:
    path = folder / "mnist.npz"
    np.savez(path, x_train=X, y_train=Y, x_test=X[:2], y_test=Y[:2])
    return remote(path)


def idx(array: np.ndarray) -> bytes:
    """The bytes of an idx file, as its description says."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write_fashion(folder: Path) -> tuple[RemoteFile, ...]:
    folder.mkdir(exist_ok=True)
    arrays = (X, Y, X[:2], Y[:2])
    for file, array in zip(fashion_mnist.FILES, arrays, strict=True):
        (folder / file.name).write_bytes(gzip.compress(idx(array)))
    return tuple(remote(folder / file.name) for file in fashion_mnist.FILES)


def batch(count: int) -> dict[bytes, Any]:
    return {
        b"filenames": [b"a.png"] * count,
        b"fine_labels": random.integers(0, 100, count).tolist(),
        b"coarse_labels": random.integers(0, 20, count).tolist(),
        b"data": random.integers(0, 256, (count, 3072), np.uint8),
    }


def write_cifar100(folder: Path) -> RemoteFile:
    (folder / "cifar-100-python").mkdir(parents=True)
    for name, count in (("train", 5), ("test", 2)):
        data = pickle.dumps(
            batch(count), protocol=3
        )  # bytes as they are, as Python 2 wrote them, with NumPy's old name of the module
        old = data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
        (folder / "cifar-100-python" / name).write_bytes(old)
    path = folder / "cifar-100-python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder / "cifar-100-python", "cifar-100-python")
    return remote(path)


def expect_equal(ours: Any, theirs: Any) -> None:
    for our_part, their_part in zip(ours, theirs, strict=True):
        for a, b in zip(our_part, their_part, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == b.dtype


def without_hash(monkeypatch, module: Any) -> None:
    """Let keras take files of ours for the published ones."""
    get_file = module.get_file
    monkeypatch.setattr(module, "get_file", lambda *a, **k: get_file(*a, **k | {"file_hash": None}))


def test_mnist_in_keras_own_folder_is_what_keras_reads(home, monkeypatch) -> None:
    file = write_mnist(home)
    without_hash(monkeypatch, keras.src.datasets.mnist)
    ours = mnist.load_data(file=file)
    expect_equal(ours, keras.datasets.mnist.load_data())
    assert ours[0][0].shape == (5, 28, 28)


def test_mnist_is_found_by_its_path_and_downloaded_once(made, home, cache) -> None:
    file = write_mnist(made)
    expect_equal(mnist.load_data(made / "mnist.npz", file), mnist.load_data("mnist.npz", file))
    assert (cache / "mnist.npz").is_file()
    (made / "mnist.npz").unlink()
    assert mnist.load_data(file=file)[1][0].shape == (2, 28, 28)


def test_another_file_is_not_taken_for_mnist(home) -> None:
    write_mnist(home)
    with pytest.raises(DataError, match="its SHA-256 is"):
        mnist.load_data()


def test_mnist_that_is_not_there_says_where_to_put_it(made, home) -> None:
    file = RemoteFile((made / "none.npz").as_uri(), "0" * 64, "none.npz")
    with pytest.raises(MissingFileError, match=r"download failed.*put it at"):
        mnist.load_data(file=file)


def test_fashion_mnist_is_what_keras_reads(home) -> None:
    files = write_fashion(home / "fashion-mnist")
    ours = fashion_mnist.load_data(files)
    expect_equal(ours, keras.datasets.fashion_mnist.load_data())
    assert ours[0][0].flags.writeable


def test_fashion_mnist_is_downloaded(made, home) -> None:
    files = write_fashion(made)
    expect_equal(fashion_mnist.load_data(files), ((X, Y), (X[:2], Y[:2])))


@pytest.mark.parametrize(
    "data", [b"", idx(X)[:-1], idx(X.astype(np.uint8)).replace(b"\x00\x00\x08", b"\x00\x00\x0d")]
)
def test_a_damaged_file_of_fashion_mnist_is_said(home, data) -> None:
    write_fashion(home / "fashion-mnist")
    path = home / "fashion-mnist" / fashion_mnist.FILES[0].name
    path.write_bytes(gzip.compress(data))
    files = tuple(remote(home / "fashion-mnist" / file.name) for file in fashion_mnist.FILES)
    with pytest.raises(DataError, match="cannot be read"):
        fashion_mnist.load_data(files)


@pytest.mark.parametrize("label_mode", ["fine", "coarse"])
def test_cifar100_is_what_keras_reads_in_each_form(made, home, label_mode, monkeypatch) -> None:
    archive = write_cifar100(made)
    downloaded = cifar100.load_data(label_mode, archive)
    (made / "cifar-100-python").rename(home / "cifar-100-python")  # Keras 2's
    unpacked = cifar100.load_data(label_mode)
    (home / "cifar-100-python-target_archive").write_bytes((made / archive.name).read_bytes())
    without_hash(monkeypatch, keras.src.datasets.cifar100)
    theirs = keras.datasets.cifar100.load_data(label_mode)
    (home / "cifar-100-python").rename(home / "elsewhere")
    for ours in (downloaded, unpacked, cifar100.load_data(label_mode)):  # the last: Keras 3's
        expect_equal(ours, theirs)


def test_a_pickle_of_cifar100_can_make_nothing_but_an_array(home) -> None:
    (home / "cifar-100-python").mkdir()
    (home / "cifar-100-python" / "train").write_bytes(b"cos\nsystem\n(S'echo no'\ntR.")
    with pytest.raises(DataError, match=r"it asks for os\.system"):
        cifar100.load_data()
