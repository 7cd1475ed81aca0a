"""demo: handwritten digits that scikit-learn brings along, as a folder of PNGs; trained on, reported, predicted."""

from pathlib import Path

from convolens.datasets import digits
from convolens.runs.options import TrainOptions
from convolens.runs.predict import predict
from convolens.runs.screen import Screen
from convolens.runs.train import TrainResult, train

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
    data = out.with_name(out.name + "-digits")
    count = digits.write_folder(data)
    screen.result(f"{count:,} handwritten digits (scikit-learn's own, 8 x 8 scans) as PNGs in {data}")
    command = f"convolens train {data} --no-horizontal-flip --epochs {epochs or EPOCHS} --out {out}"
    screen.result(f"The same by hand: {command}")
    result = train(
        TrainOptions(
            data=data,
            epochs=epochs or EPOCHS,
            augmentation={"horizontal_flip": False},
            out=out,
            command=command,
        ),
        screen,
    )
    if result.outcome is None:
        return result
    with result.folder.predictions.open(encoding="utf-8") as file:
        photos = [line.split(",")[0] for line in file.readlines()[1:]]
    chosen = photos[:: max(1, len(photos) // SHOWN)][:SHOWN]
    screen.heading("Three predictions of photos the network has not learnt from")
    for answer in predict(result.folder.path, chosen, top=1):
        screen.result(f"  {answer.path}: {answer.label} ({answer.confidence:.1%})")
    return result


EPOCHS = 12
