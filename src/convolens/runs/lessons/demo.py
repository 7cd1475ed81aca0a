"""demo: handwritten digits that scikit-learn brings along, as a folder of PNGs; trained on, reported, predicted."""

import csv
import shlex
from pathlib import Path

from convolens.arguments import integer
from convolens.datasets import digits
from convolens.options.training import TrainOptions
from convolens.runs.answers.predict import predict
from convolens.runs.output.places import check_writable
from convolens.runs.output.screen import Screen
from convolens.runs.training.outcome import TrainResult
from convolens.runs.whole_runs.train import train

SHOWN = 3


def demo(
    out: Path = Path("runs/demo"), epochs: int | None = None, screen: Screen | None = None
) -> TrainResult:
    """Write the digits as a folder, train on it and predict three of its validation photos.

    Args:
        out: the run folder; the digits lie beside it, in OUT-digits.
        epochs: passes over the digits; None takes 12.
        screen: where lines go.

    Raises:
        WriteError: the folder cannot be written.
    """
    screen = screen or Screen()
    epochs = EPOCHS if epochs is None else integer("demo", "epochs", epochs)
    check_writable(out)
    place = out.resolve() if out.name in ("", "..") else out
    data = place.with_name(place.name + "-digits")
    count = digits.write_folder(data)
    screen.result(f"{count:,} handwritten digits (scikit-learn's own, 8 x 8 scans) as PNGs in {data}")
    command = shlex.join(
        ["convolens", "train", str(data), "--no-horizontal-flip", "--epochs", str(epochs), "--out", str(out)]
    )
    screen.result(f"The same by hand: {command}")
    result = train(
        TrainOptions(
            data=data,
            epochs=epochs,
            augmentation={"horizontal_flip": False},
            out=out,
            command=command,
        ),
        screen,
    )
    if result.outcome is None:
        return result
    with result.folder.predictions.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        photos = [row["path"] for row in csv.DictReader(file)]
    chosen = photos[:: max(1, len(photos) // SHOWN)][:SHOWN]
    screen.heading("Three predictions of photos the network has not learnt from")
    for answer in predict(result.folder.path, chosen, top=1):
        screen.result(f"  {answer.path}: {answer.label} ({answer.confidence:.1%})")
    return result


EPOCHS = 12
