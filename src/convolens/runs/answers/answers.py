"""What a trained network says of photos: its own probabilities, and which photos its run calls unknown."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np

from convolens.pixel_rows import PixelRows
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.tasks.probabilities import probabilities


def answers_of(
    trained: TrainedModel,
    pixels: PixelRows,
    calibration: Calibration | None,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the network's own probabilities, float32 (n, classes), and which photos are unknown, bool (n,) or None.

    Args:
        trained: the network.
        pixels: uint8 (n, h, w, c).
        calibration: of the run; without its limits of "unknown" no photo is called so, and None comes back.
        advance: told how many of how many images are done.
    """
    asks = calibration is not None and calibration.unknown is not None
    with penultimate(trained.model) if asks else nullcontext() as collected:
        chances = probabilities(trained.model, pixels, trained.preprocessing, advance=advance)
    if calibration is None or collected is None:
        return chances, None
    return chances, calibration.are_unknown(calibration(chances), collected.array())
