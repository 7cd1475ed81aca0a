"""Two answers: what a run says of a photo with the weights of its best epoch, and with those of its last."""

from typing import Any

import numpy as np

from convolens.runs.folder.calibration_file import told
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.tasks.probabilities import probabilities
from convolens.studio.pictures.chosen import Chosen
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import path_of

MOST = 5  # classes


def two_answers(studio: Studio, run: str, photo: Chosen) -> dict[str, Any]:
    """Return the likeliest classes by both weights.

    Args:
        studio: whose runs are open.
        run: its id.
        photo: that it is asked about.

    Returns:
        "best" and "last": lists of {"label", "confidence"}, the likeliest first, as `predict` says them; without "last" for a run
        that has no such weights, as a first answer of a learnt network.

    Raises:
        MissingFileError, CheckpointError: no such run, or a damaged one. ImageError: the photo.
    """
    path = path_of(run, studio.workspace.runs)
    there = ["best", *(["last"] if RunFolder.open(path).last.is_file() else [])]
    return {weights: _answer(studio, path, weights, photo) for weights in there}


def _answer(studio: Studio, path: Any, weights: str, photo: Chosen) -> list[dict[str, Any]]:
    loaded = studio.loaded.get(path, weights)
    trained = loaded.trained
    pixels = photo.seen_by(trained.preprocessing)[np.newaxis]
    with loaded.at_work:
        chances = probabilities(trained.model, pixels, trained.preprocessing)
    found = told(chances, loaded.calibration)[0]
    order = np.argsort(-found, kind="stable")[:MOST]
    return [{"label": trained.class_names[i], "confidence": float(found[i])} for i in order]
