"""Test-time augmentation: a photo's probabilities are the mean over itself and variations of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from convolens.arguments import integer
from convolens.augmentation import Augmentation
from convolens.augmentation.cpu.finishing import augment_batch
from convolens.errors import ArgumentError, CheckpointError, MissingFileError
from convolens.pixel_rows import PixelRows
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.tasks.probabilities import as_probabilities

BATCH = 64


def augmentation_of(folder: RunFolder) -> Augmentation:
    """Return the changes that a run's training photos underwent, without those that hide or mix photos.

    Raises:
        ArgumentError: the run has no record, or was trained without any.
    """
    try:
        made = Augmentation(**dict(read_record(folder).options().augmentation))
    except (MissingFileError, CheckpointError) as error:
        raise ArgumentError(f"evaluate: --tta varies photos as the training did: {error}") from error
    made = replace(made, random_erasing=0.0, mixup=0.0, cutmix=0.0)
    if not made.describe():
        raise ArgumentError(
            f"evaluate: --tta varies photos as the training did, and {folder.path} was trained without augmentation; "
            "leave --tta out."
        )
    return made


def varied_probabilities(
    trained: TrainedModel,
    pixels: PixelRows,
    plain: np.ndarray,
    variations: int,
    augmentation: Augmentation,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Return the mean of the probabilities of each photo and of its variations, float32 (n, classes).

    Variation v of photo i of n is drawn by (seed, 0, v * n + i): the first n by (seed, 0, i).

    Args:
        trained: the network.
        pixels: uint8 (n, h, w, c).
        plain: the probabilities of the photos as they are, (n, classes).
        variations: of each photo, beside itself.
        augmentation: what they undergo.
        seed: of the variations.
        advance: told how many of how many images are done.

    Raises:
        ArgumentError: no variations.
    """
    variations = integer("evaluate", "tta", variations)
    n, (rows, columns), rescale = len(pixels), pixels.shape[1:3], trained.preprocessing.rescale
    sums = plain.astype(np.float64)
    for view in range(variations):
        for start in range(0, n, BATCH):
            which = np.arange(start, min(start + BATCH, n))
            draws = augmentation.draw(seed, 0, view * n + which, (rows, columns))
            x = augment_batch(pixels, which, draws, augmentation, rescale)
            sums[which] += as_probabilities(trained.model.predict(x, BATCH, verbose=0))
            advance(view * n + int(which[-1]) + 1, variations * n)
    return (sums / (1 + variations)).astype(np.float32)
