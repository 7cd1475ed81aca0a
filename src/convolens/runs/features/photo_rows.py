"""Photo rows: what goes into a run's classifier, a row a photo; kept by content, so that a photo that was moved is not looked at again."""

from dataclasses import dataclass

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.data.prepared import read_part
from convolens.features import choose
from convolens.features.extraction.choice import Tap
from convolens.features.extraction.photo_features import fresh_features, photo_features
from convolens.features.learners.ridge import unit_length
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.screen import Screen
from convolens.runs.training.learnt_network import UNIT, features_tap


@dataclass(frozen=True)
class PhotoRows:
    """Features of photos.

    Attributes:
        images: those that can be read.
        values: float32 (n, d), a row a photo.
        contents: SHA-256 of each file, in hexadecimal.
    """

    images: ImageFolder
    values: np.ndarray
    contents: tuple[str, ...]


def rows_tap(trained: TrainedModel) -> Tap:
    """Return the place of the features: before the classifier; of a run with a first answer just where that takes them."""
    return features_tap(trained.model) if _has_first_answer(trained) else choose(trained.model)[0]


def _pool(trained: TrainedModel) -> str:
    """Return how the place is pooled: a first answer takes rows as they are, and keeps them so."""
    return "none" if _has_first_answer(trained) else "avg"


def _has_first_answer(trained: TrainedModel) -> bool:
    return any(layer.name == UNIT for layer in trained.model.layers)


def photo_rows(trained: TrainedModel, images: ImageFolder, screen: Screen) -> PhotoRows:
    """Return the features of the photos of a folder, computed for those of which they are not kept.

    Args:
        trained: the network.
        images: the photos; those that cannot be read are left out.
        screen: where bars go.

    Raises:
        DataError: not one can be read. ArgumentError, ShapeError: the network has no such features.
    """
    with screen.progress("reading photos") as advance:
        part, _ = read_part(images, trained.preprocessing, advance)
    contents = content_hashes(part.folder)
    with screen.progress("features of the photos") as advance:
        values = photo_features(
            trained.model.module, rows_tap(trained), part.pixels, contents, trained.preprocessing, images.root, advance, _pool(trained)
        )  # fmt: skip
    return PhotoRows(part.folder, values.reshape(len(values), -1), tuple(contents))


def photo_row(trained: TrainedModel, pixels: np.ndarray) -> np.ndarray:
    """Return the features of one photo, float32 (1, d), and keep nothing.

    Args:
        trained: the network.
        pixels: uint8 (rows, columns, channels), as the network sees it.
    """
    tap, module = rows_tap(trained), trained.model.module
    return fresh_features(module, tap, pixels[np.newaxis], trained.preprocessing, _pool(trained)).reshape(
        1, -1
    )


def as_penultimate(trained: TrainedModel, rows: np.ndarray) -> np.ndarray:
    """Return rows as `penultimate` collects them, float32 (n, d): a run with a first answer brings them to length 1 before its head.

    Args:
        trained: the network.
        rows: of `photo_rows` or `photo_row`.
    """
    return unit_length(rows).astype(np.float32) if _has_first_answer(trained) else rows
