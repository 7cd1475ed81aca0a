"""The golden sample: a few photos beside an exported file, what it must say of them, and callers that try it."""

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.data.decoding.decode import read_pixels
from convolens.deployment.onnx_model import OnnxModel
from convolens.errors import CheckpointError, ImageError, MissingFileError
from convolens.files.plain_json import read, write_json

PHOTOS = 5
SAMPLE, EXPECTED, LABELS = "sample", "expected.json", "labels.txt"
PLAIN = "expected.txt"  # the same for programs without JSON
CALLERS = ("answer.py", "answer.mjs", "answer.cpp", "Answer.cs", "Answer.csproj")


def write_sample(
    folder: Path, file: OnnxModel, photos: Sequence[Path], callers: Sequence[str] = CALLERS
) -> None:
    """Write photos as PNG, which every decoder reads alike, what the file says of them, the names of the classes, and callers.

    Args:
        folder: of the exported file.
        file: the file.
        photos: to take some of, evenly.
        callers: some of `CALLERS`.

    Raises:
        OSError: the folder cannot be written.
    """
    place = folder / SAMPLE
    place.mkdir()
    expected = []
    for number, i in enumerate(
        np.unique(np.linspace(0, len(photos) - 1, PHOTOS).round().astype(int)), start=1
    ):
        pixels = file.pixels_of(photos[i])
        name = f"{number}.png"
        Image.fromarray(pixels).save(place / name)
        expected.append({"file": name, **_said(file, pixels)})
    names = file.description.class_names
    # The names as they are: in labels.txt, one a line, two that differ only in white space look alike.
    write_json(
        place / EXPECTED,
        {"tolerance": file.description.tolerance, "classes": list(names), "photos": expected},
    )
    (folder / LABELS).write_text("".join(f"{' '.join(name.split())}\n" for name in names), encoding="utf-8")
    if callers:
        lines = _plain_lines(file.description.tolerance, names, expected)
        (place / PLAIN).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    for name in callers:
        caller = resources.files("convolens.deployment") / "callers" / f"{name}.txt"
        (folder / name).write_text(caller.read_text(encoding="utf-8"), encoding="utf-8")


def _said(file: OnnxModel, pixels: np.ndarray) -> dict[str, Any]:
    answers = file(pixels[np.newaxis])
    unknown = {} if answers.unknown is None else {"unknown": bool(answers.unknown[0])}
    return {
        "probabilities": answers.probabilities[0].tolist(),
        "answer": answers.answer[0].tolist(),
        **unknown,
    }


def _plain_lines(tolerance: float, names: Sequence[str], photos: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what must be said, parted by white space: the tolerance, how many classes and photos; the names, quoted; of each photo the file,
    unknown, how many classes it is of, these, the probabilities."""
    yield f"{tolerance} {len(names)} {len(photos)}"
    for name in names:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{escaped}"'
    for photo in photos:
        answer = photo["answer"]
        classes = [i for i, has in enumerate(answer) if has] if isinstance(answer, list) else [answer]
        values = [int(photo.get("unknown", False)), len(classes), *classes, *photo["probabilities"]]
        yield f"{photo['file']} {' '.join(map(str, values))}"


def check_sample(folder: Path, file: OnnxModel) -> list[str]:
    """Return what the file says otherwise of the sample beside it than it did when it was exported: lines; none where all is well.

    Args:
        folder: of the file.
        file: the file.

    Raises:
        CheckpointError: there is no sample, or a damaged one.
    """
    place = folder / SAMPLE
    described = read(place / EXPECTED)
    try:
        wrong = []
        for photo in described["photos"]:
            name, was = str(photo.pop("file")), photo
            now = _said(file, read_pixels(place / Path(name).name))
            off = float(np.abs(np.subtract(now["probabilities"], was["probabilities"])).max())
            others = {
                key: value for key, value in was.items() if key != "probabilities" and now.get(key) != value
            }
            if others or not off <= file.description.tolerance:
                wrong.append(
                    f"{place / name}: {json.dumps(now)} where {json.dumps(was)} was said when it was exported"
                )
        return wrong
    except (ImageError, MissingFileError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"{place / EXPECTED}: a damaged sample ({error}).") from error
