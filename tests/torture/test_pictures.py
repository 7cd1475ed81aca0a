"""Of every kind of picture come pixels, or its name and the reason, whichever way it is read."""

import re
import warnings

import numpy as np
import pytest

from convolens import runs
from convolens.data import read_pixels
from convolens.errors import ImageError
from convolens.preprocessing.image import ImageDataGenerator
from convolens.runs.output.screen import Screen
from images import folders
from torture.pictures import COLUMNS, RAMP, ROWS, cut, pictures, write

PICTURES = pictures()
QUIET = Screen(quiet=True)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_pixels_or_the_reason(tmp_path, picture):
    path = tmp_path / picture.name
    path.write_bytes(picture.data)
    if picture.why is not None:
        with pytest.raises(ImageError, match=picture.why) as raised:
            read_pixels(path)
        assert str(raised.value).startswith(str(path))
        assert "\n" not in str(raised.value)
        return
    pixels = read_pixels(path)
    assert pixels.shape == (ROWS, COLUMNS, 3)
    if picture.within is None:
        assert pixels.min() < 100 < 155 < pixels.max(), "what it shows is there"
    else:
        ramp = np.broadcast_to(RAMP[..., np.newaxis], pixels.shape).astype(int)
        np.testing.assert_allclose(pixels.astype(int), ramp, atol=picture.within)


def pixels_or_reason(path, color_mode):
    try:
        return read_pixels(path, color_mode, (8, 8))
    except ImageError as error:
        return str(error)


def test_every_way_refuses_the_same(tmp_path):
    """`train`, `predict`, `check`, `evaluate` and `ImageDataGenerator` on one folder with all of them."""
    data = folders(tmp_path / "data", {"b": 70})
    write(data / "a", PICTURES)
    expected = {picture.name for picture in PICTURES if picture.why is not None}
    options = runs.TrainOptions(data=data, out=tmp_path / "run", size=8, epochs=1, batch_size=16, threads=1)
    result = runs.train(options, QUIET)
    said = (result.folder.path / "skipped_images.csv").read_text()
    assert {name for name in (p.name for p in PICTURES) if f"{name}," in said} == expected
    answers = runs.predict(result.folder.path, [data / "a"])
    assert {answer.path.name for answer in answers if answer.error} == expected
    assert {answer.path.name for answer in answers} == {p.name for p in PICTURES}
    found = runs.check(runs.CheckOptions(data=data, learnt=False), QUIET).found
    assert {path.removeprefix("a/") for path, _ in found.broken} == expected
    scored = runs.evaluate(result.folder.path, data, screen=QUIET)
    assert scored.photos == len(PICTURES) - len(expected) + 70
    for picture in PICTURES:
        place = write(tmp_path / "one" / picture.name / "a", [picture]).parent
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batches = ImageDataGenerator().flow_from_directory(
                place, (8, 8), class_mode=None, batch_size=1, shuffle=False
            )
        if picture.why is None:
            assert batches[0].shape == (1, 8, 8, 3)
            continue
        with pytest.raises(ImageError, match=re.escape(picture.name)):
            batches[0]


@pytest.mark.soak
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
def test_cut_files_give_pixels_or_a_reason(tmp_path, picture, color_mode):
    for part in cut(picture):
        path = tmp_path / part.name
        path.write_bytes(part.data)
        found = pixels_or_reason(path, color_mode)
        assert found.startswith(str(path)) if isinstance(found, str) else found.shape[:2] == (8, 8)


@pytest.mark.soak
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_augment(tmp_path, picture):
    path = tmp_path / picture.name
    path.write_bytes(picture.data)
    options = runs.AugmentOptions(image=path, out=tmp_path / "out", count=1)
    if picture.why is not None:
        with pytest.raises(ImageError, match=picture.why):
            runs.augment(options, QUIET)
        return
    runs.augment(options, QUIET)
    assert any((tmp_path / "out").iterdir())
