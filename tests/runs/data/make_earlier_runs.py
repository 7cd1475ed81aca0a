"""Makes earlier_runs.zip, which `tests/runs/test_earlier_runs.py` reads, with the version of commit 95e421c (2026-11-28):

    git worktree add ../earlier 95e421c && cd ../earlier
    PYTHONPATH=src python ../convolens/tests/runs/data/make_earlier_runs.py

Two runs on grey photos of 12 x 12 pixels, one of two classes and one of any number of three labels, both stopped in the second
of three epochs; and what that version said of the photos, and how its trainings ended. Most of the first weights are zero, and
so are dead for ever: that makes small files.
"""

import csv
import json
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from convolens import runs
from convolens.applications import build
from convolens.callbacks import Callback
from convolens.checkpoints import tensors

LABELS = ("dark", "light", "striped")
COUNT = 64
UNNEEDED = ("report.html", "*.png", "predictions.csv", "results.json")


def draw(place: Path) -> None:
    """Write photos in folders of classes, the same in one folder, and the table of their labels."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(COUNT):
        light, striped = number % 2, number % 3 == 0
        pixels = rng.normal(70 + 90 * light, 15, (12, 12))
        pixels[:: 3 if striped else 12] = 255 * (1 - light)
        photo = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        name = f"{number:02d}.png"
        for folder in (place / "classes" / LABELS[light], place / "labelled"):
            folder.mkdir(parents=True, exist_ok=True)
            photo.save(folder / name)
        rows.append((name, ";".join([LABELS[light], *(["striped"] if striped else [])])))
    with (place / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("path", "labels"), *rows])


def first_weights(classes: int, path: Path, multi_label: bool) -> None:
    """Write weights of a shallow-vgg of whose filters and units only the first few are not zero."""
    torch.manual_seed(0)
    model = build("shallow-vgg", (8, 8, 1), classes, multi_label=multi_label)
    kept = {}
    for name, tensor in model.module.state_dict().items():
        outputs, inputs = tensor.shape[0], tensor.shape[1] if tensor.ndim > 1 else 1
        live = (torch.arange(outputs) < 8)[:, None] & (torch.arange(inputs) % 64 < 8)  # of 64 channels
        live = live.reshape(tensor.shape[:2] + (1,) * (tensor.ndim - 2))
        kept[name] = torch.where(live, 3 * tensor, torch.zeros(()))
    tensors.write(path, kept, {"format": "pt"})


class Stop(Callback):
    """Ends the training as Ctrl-C does."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


def answers(run: Path, photos: Path) -> dict[str, dict[str, object]]:
    """Return what a run says of photos, by their names."""
    return {
        found.path.name: {"label": found.label, "probabilities": dict(found.answers)}
        for found in runs.predict(run, [photos], weights="last")
    }


def history(run: Path) -> list[dict[str, str]]:
    with (run / "history.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    from convolens.runs.screen import Screen

    from convolens.runs import session  # where they were then

    quiet = Screen(quiet=True)
    target = Path(__file__).with_name("earlier_runs.zip")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        draw(place)
        said = {}
        for name, data, labels in (
            ("one-label", "classes", None),
            ("labels", "labelled", place / "labels.csv"),
        ):
            first_weights(2 if labels is None else 3, place / "first.safetensors", labels is not None)
            options = runs.TrainOptions(
                data=place / data, labels=labels, validation_split=0.5, model="shallow-vgg", size=8, color_mode="grayscale",
                weights=str(place / "first.safetensors"), epochs=3, batch_size=8, learning_rate=0.01, threads=1, device="cpu",
                keep=1, out=place / name, command="convolens train",
            )  # fmt: skip
            progress = session.Session._progress
            session.Session._progress = lambda self: [Stop()]
            runs.train(options, quiet)
            session.Session._progress = progress
            ended = Path(shutil.copytree(place / name, place / "ended" / name))
            before = answers(place / name, place / data)
            runs.resume(ended, runs.ResumeOptions(), quiet)
            said[name] = {
                "interrupted": before,
                "resumed": answers(ended, place / data),
                "history": history(ended),
            }
            for pattern in UNNEEDED:
                for file in (place / name).rglob(pattern):
                    file.unlink()
            record = (place / name / "run.toml").read_text().replace(str(place), "/home/somebody")
            (place / name / "run.toml").write_text(re.sub("system = .*", 'system = "Linux"', record))
        (place / "said.json").write_text(json.dumps(said))
        shutil.rmtree(place / "ended")
        (place / "first.safetensors").unlink()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(place.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(place))
    print(target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
