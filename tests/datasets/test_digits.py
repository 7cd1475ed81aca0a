"""The digits are scikit-learn's, and their folder is read back as they are."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from convolens.data import list_images
from convolens.data.decoding.decode import read_pixels
from convolens.datasets import digits
from convolens.errors import ArgumentError, DataError, WriteError


def test_data_is_that_of_scikit_learn():
    images, labels = digits.load_data()
    expected = load_digits()
    assert (images.shape, images.dtype, labels.dtype) == ((1797, 8, 8), np.uint8, np.uint8)
    np.testing.assert_array_equal(labels, expected.target)
    np.testing.assert_allclose(images / 255 * 16, expected.images, atol=0.5 * 16 / 255 + 1e-9)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits") / "new" / "digits"
    assert digits.write_folder(folder, size=16) == 1797
    return folder


def test_folder_is_read_back(written):
    images, labels = digits.load_data()
    found = list_images(written)
    assert found.class_names == tuple("0123456789")
    np.testing.assert_array_equal(found.counts(), np.bincount(labels))
    assert found.relative_paths[0].as_posix() == "0/0000.png"
    assert not [item for item in written.rglob("*") if item.name.startswith(".")]
    for digit in range(10):
        for number, image in enumerate(images[labels == digit][:5]):
            path = written / str(digit) / f"{number:04d}.png"
            large = Image.fromarray(image).resize((16, 16), Image.Resampling.BILINEAR)
            with Image.open(path) as picture:
                assert (picture.mode, picture.size, picture.format) == ("L", (16, 16), "PNG")
            np.testing.assert_array_equal(read_pixels(path, "grayscale")[..., 0], np.asarray(large))


def test_what_was_begun_is_completed(written):
    before = {path: path.stat().st_mtime_ns for path in written.rglob("*.png")}
    missing = written / "3" / "0007.png"
    missing.unlink()
    (written / "3" / ".DS_Store").write_bytes(b"hidden")
    assert digits.write_folder(written, size=16) == 1797
    (written / "3" / ".DS_Store").unlink()
    after = {path: path.stat().st_mtime_ns for path in written.rglob("*.png")}
    assert after.keys() == before.keys()
    assert {path for path in after if after[path] != before[path]} <= {missing}


def test_other_files_are_left_alone(written, tmp_path):
    with pytest.raises(
        DataError, match=r"holds 0/0000\.png, which is not one of the digits at 17 x 17 pixels"
    ):
        digits.write_folder(written, size=17)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"holds notes\.txt, which is not one of the digits at 32 x 32"):
        digits.write_folder(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(DataError, match=r"notes\.txt: is a file; name a new or empty folder"):
        digits.write_folder(tmp_path / "notes.txt")
    (tmp_path / "broken" / "0").mkdir(parents=True)
    (tmp_path / "broken" / "0" / "0000.png").write_bytes(b"half")
    with pytest.raises(DataError, match=r"broken: holds 0/0000\.png"):
        digits.write_folder(tmp_path / "broken")


def test_bad_places_and_sizes(tmp_path):
    with pytest.raises(ArgumentError, match=r"write_folder: size must be an integer of at least 1"):
        digits.write_folder(tmp_path, size=0)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match=r"cannot write .*below"):
        digits.write_folder(tmp_path / "file" / "below")
