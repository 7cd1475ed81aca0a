"""A part holds, for each photo that can be read, just what the preprocessing reads of its file."""

from itertools import product

import numpy as np
import pytest

from convolens.data import Preprocessing, list_images
from convolens.data.decoding.decode import CHANNELS, RESIZES
from convolens.data.prepared import read_part
from convolens.errors import DataError
from images import folders


@pytest.mark.parametrize(("color_mode", "resize"), list(product(CHANNELS, RESIZES)))
def test_a_part_is_what_the_preprocessing_reads_file_by_file(tmp_path, color_mode, resize):
    folder = list_images(folders(tmp_path, {"a": 3, "b": 2}, size=(9, 14)))
    preprocessing = Preprocessing((6, 7), color_mode, "nearest", resize)
    part, pixels = read_part(folder, preprocessing)
    assert part.folder is folder
    assert not pixels.skipped
    assert part.pixels.shape == (5, *preprocessing.input_shape)
    np.testing.assert_array_equal(part.pixels, [preprocessing.read(path) for path in folder.paths])


def test_photos_that_cannot_be_read_are_left_out_with_their_labels(tmp_path):
    data = folders(tmp_path, {"a": 3, "b": 2})
    (data / "a" / "01.png").write_bytes(b"no photo")
    told = []
    part, pixels = read_part(list_images(data), Preprocessing((4, 4)), lambda *counts: told.append(counts))
    assert [path.name for path in part.folder.relative_paths] == ["00.png", "02.png", "00.png", "01.png"]
    assert (part.labels.tolist(), len(part), part.pixels.shape) == ([0, 0, 1, 1], 4, (4, 4, 4, 3))
    assert [path for path, _ in pixels.skipped] == [data / "a" / "01.png"]
    assert told[-1] == (5, 5)


def test_no_photo_at_all_is_refused(tmp_path):
    data = folders(tmp_path, {"a": 1})
    (data / "a" / "00.png").write_bytes(b"no photo")
    with pytest.raises(DataError, match="none of 1 images can be read"):
        read_part(list_images(data), Preprocessing((4, 4)))
