"""Photos that are fine but for their metadata, and names that are no photos."""

import warnings

import pytest
from PIL import Image

from convolens.data.decoding.decode import is_turned, read_image
from convolens.errors import ImageError
from images import photo


def turned_with_damaged_metadata(path):
    """Write a JPEG on its side whose maker's name lies where the width should be."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    photo(1, (40, 30)).save(path, exif=exif)
    data = bytearray(path.read_bytes())
    data[data.index(b"Exif") + 17] = 0
    path.write_bytes(data)
    return path


def test_damaged_metadata_costs_no_photo(tmp_path):
    path = turned_with_damaged_metadata(tmp_path / "a.jpg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert read_image(path).size == (30, 40), "turned upright all the same"
        assert is_turned(path)


def test_a_folder_is_no_photo(tmp_path):
    with pytest.raises(ImageError, match=r"cannot be read \(Is a directory\)"):
        read_image(tmp_path)
