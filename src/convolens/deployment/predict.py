"""predict: what an exported file says of photos, one answer a file, as `runs.predict` gives them."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.arguments import integer
from convolens.deployment.onnx_model import Answers, OnnxModel
from convolens.errors import ConvolensError
from convolens.runs.answers.predict import find_photos
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
    answers = []
    with screen.progress("predicting") as advance:
        for done, path in enumerate(photos, start=1):
            try:
                pixels = model.pixels_of(path)
            except ConvolensError as error:
                labels = () if model.description.several else None
                answers.append(Prediction(path, error=str(error).removeprefix(f"{path}: "), labels=labels))
            else:
                answers.append(_prediction(path, model, model(pixels[np.newaxis]), top))
            advance(done, len(photos))
    return answers


def _prediction(path: Path, model: OnnxModel, answers: Answers, top: int) -> Prediction:
    names, chances = model.description.class_names, answers.probabilities[0]
    order = np.argsort(-chances, kind="stable")
    told = tuple((names[i], float(chances[i])) for i in order)
    unknown = None if answers.unknown is None else bool(answers.unknown[0])
    if model.description.several:
        labels = tuple(names[i] for i in order if answers.answer[0][i])
        return Prediction(path, told, unknown=unknown, labels=labels)
    return Prediction(path, told[:top], unknown=unknown)
