"""predict: what an exported file says of photos, one answer a file, as `runs.predict` gives them.

Photos are brought to the network's size by Pillow, on all cores, which gives the bytes of the graph's own resize sooner.
"""

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.deployment.onnx_model import Answers, OnnxModel, as_rgb
from convolens.runs.answers.predict import find_photos
from convolens.runs.answers.reading import read_ahead
from convolens.runs.output.screen import Screen
from convolens.runs.report.prediction import Prediction


def predict(
    file: str | PathLike[str],
    sources: Sequence[str | PathLike[str]],
    top: int = 3,
    screen: Screen | None = None,
) -> list[Prediction]:
    """Return what an exported file says of photos; a photo that cannot be read gets an entry with the error.

    Args:
        file: of `export`, with its preprocessing and names.
        sources: photos, folders (searched through) and glob patterns.
        top: how many of the likeliest classes each answer holds; of photos with several labels all.
        screen: where the progress bar goes; None shows none.

    Returns:
        One entry a file, in name order.

    Raises:
        MissingFileError: no such file, photo or folder. CheckpointError: a damaged file. ArgumentError: one exported raw.
    """
    top = integer("predict", "top", top)
    screen = screen or Screen(quiet=True)
    model = OnnxModel(file)
    photos = find_photos(sources)
    several = model.description.several
    answers: list[Prediction] = []
    with screen.progress("predicting") as advance:
        for paths, read in read_ahead(photos, model.description.preprocessing):
            readable = [pixels for pixels in read if isinstance(pixels, np.ndarray)]
            said = iter(_predictions(model, model(as_rgb(np.stack(readable))), top) if readable else [])
            for path, pixels in zip(paths, read, strict=True):
                answers.append(
                    Prediction(path, error=pixels, labels=() if several else None)
                    if isinstance(pixels, str)
                    else Prediction(path, **next(said))
                )
            advance(len(answers), len(photos))
    return answers


def _predictions(model: OnnxModel, said: Answers, top: int) -> Iterator[dict[str, Any]]:
    """Yield what `Prediction` holds of each photo of a batch."""
    names = model.description.class_names
    for i, chances in enumerate(said.probabilities):
        order = np.argsort(-chances, kind="stable")
        told = tuple((names[k], float(chances[k])) for k in order)
        unknown = None if said.unknown is None else bool(said.unknown[i])
        if model.description.several:
            labels = tuple(names[k] for k in order if said.answer[i][k])
            yield {"answers": told, "unknown": unknown, "labels": labels}
        else:
            yield {"answers": told[:top], "unknown": unknown}
