"""Chosen: the photo that a lesson works with: of the open folder, one that was dropped, or a sample where there is none."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.data.caching.content import state_of
from convolens.data.decoding.decode import image_size, read_pixels
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.data.folders.folder import is_hidden, is_image_name, subfolders
from convolens.datasets import digits
from convolens.errors import ArgumentError, ConvolensError
from convolens.studio.pictures.value_ranges import ValueRanges
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import identity, path_of, shown

SAMPLES = {
    "~flower": "A flower (of scikit-learn)",
    "~temple": "A temple (of scikit-learn)",
    "~digit": "A digit (of scikit-learn)",
}
_FILES = {"~flower": "flower.jpg", "~temple": "china.jpg"}
_DROPPED = "~dropped-"  # no letter of an identity is "~"
_OFFERED, _CLASSES = 24, 24
_DIGIT = 2  # of the data set: a two, which has curves and a straight line


@dataclass(frozen=True)
class Chosen:
    """A photo.

    Attributes:
        id: in addresses.
        name: for people.
        path: of its file, or what names it.
        data: the bytes of its file; None where they are in `path`.
        state: another one where the photo has changed.
        samples: what its values mean.
    """

    id: str
    name: str
    path: Path
    data: bytes | None
    state: str
    samples: Samples = STANDARD

    def pixels(self, color_mode: str = "rgb", size: tuple[int, int] | None = None, **how: Any) -> np.ndarray:
        """Return it as uint8 (rows, columns, channels).

        Args:
            color_mode, size: as of `read_pixels`.
            how: further arguments of that function.

        Raises:
            MissingFileError, ImageError: it is gone, or no photo.
        """
        return read_pixels(self.path, color_mode, size, data=self.data, samples=self.samples, **how)

    def seen_by(self, preprocessing: Preprocessing) -> np.ndarray:
        """Return it as a network is shown it, by the rule that the network was taught with; uint8 (rows, columns, channels).

        Raises:
            MissingFileError, ImageError: it is gone, or no photo.
        """
        return preprocessing.read(self.path, self.data)

    def scaled(self, longest: int, color_mode: str = "rgb") -> np.ndarray:
        """Return it with its proportions, the longer side of so many pixels at most; uint8 (rows, columns, channels)."""
        source: Any = self.path if self.data is None else io.BytesIO(self.data)
        width, height = image_size(source) or (0, 0)
        scale = longest / max(width, height, 1)
        if scale >= 1 or not width:
            return self.pixels(color_mode)  # which says what is wrong with it
        size = max(1, round(height * scale)), max(1, round(width * scale))
        return self.pixels(color_mode, size, interpolation="box", shrink_early=True)


def find_photo(studio: Studio, photo: str) -> Chosen:
    """Return the photo that an id names.

    Args:
        studio: whose photos are open.
        photo: an identity in the open folder, `dropped_id`, or one of `SAMPLES`.

    Raises:
        ArgumentError: it names none. MissingFileError: it is gone.
    """
    if photo.startswith(_DROPPED):
        name = photo.removeprefix(_DROPPED)
        data = studio.dropped.get(name)
        samples = studio.room(ValueRanges).of(io.BytesIO(data))
        return Chosen(photo, "dropped photo", Path("the dropped photo"), data, f"{name} {samples}", samples)
    if photo in _FILES:
        path = sample_path(photo)
        return Chosen(photo, SAMPLES[photo], path, None, "")
    if photo == "~digit":
        return Chosen(photo, SAMPLES[photo], Path("digit.png"), _digit(), "")
    if photo.startswith("~"):
        raise ArgumentError(f"{photo!r} is no sample; the samples are {', '.join(SAMPLES)}.")
    path = path_of(photo, studio.workspace.check_folder())
    state, samples = state_of(path.stat()), studio.room(ValueRanges).of(path)
    return Chosen(photo, path.name, path, None, f"{path} {state} {samples}", samples)


def sample_path(photo: str) -> Path:
    """Return the file of a sample that is one."""
    return Path(str(files("sklearn.datasets") / "images" / _FILES[photo]))


def dropped_id(name: str) -> str:
    """Return what stands in addresses for a photo that `Dropped.add` named so."""
    return _DROPPED + name


def choices(studio: Studio) -> dict[str, Any]:
    """Return some photos of the open folder, of each class one after the other, and the samples.

    Returns:
        "photos" and "samples": lists of {"id", "name", "label"}; "problem": why the folder cannot be read, or None.
    """
    found: list[dict[str, str]] = []
    problem = None
    try:
        if studio.workspace.photos is not None:
            root = studio.workspace.check_folder()
            found = [
                {
                    "id": identity(path.relative_to(root)),
                    "name": shown(path.name),
                    "label": "" if path.parent == root else shown(path.parent.name),
                }
                for path in _offered(root)
            ]
    except ConvolensError as error:
        problem = str(error)
    samples = [{"id": name, "name": words, "label": ""} for name, words in SAMPLES.items()]
    return {"photos": found, "samples": samples, "problem": problem}


def _offered(root: Path) -> list[Path]:
    """Return photos: the first of each class, then the second ...; of loose photos the first."""
    classes = [_photos(root / name) for name in subfolders(root)[:_CLASSES]] + [_photos(root)]
    found: list[Path] = []
    while classes and len(found) < _OFFERED:
        for photos in list(classes):
            path = next(photos, None)
            if path is None:
                classes.remove(photos)
            elif len(found) < _OFFERED:
                found.append(path)
    return found


def _photos(folder: Path) -> Iterator[Path]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in sorted(names):
        if is_image_name(name) and not is_hidden(name) and (folder / name).is_file():
            yield folder / name


def _digit() -> bytes:
    file = io.BytesIO()
    picture = Image.fromarray(digits.load_data()[0][_DIGIT])
    picture.resize((32, 32), Image.Resampling.BILINEAR).save(file, "png")
    return file.getvalue()
