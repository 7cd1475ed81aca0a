"""What few photos reach: from scratch, from scratch with augmentation, a probe on features, fine-tuned; in folds that learn nothing of each other.

    python benchmarks/transfer.py RUN [--photos DIR] [--digits 30] [--folds 5] [--epochs 30] [--seed 0]

RUN is a run of other photos (`convolens train cifar10/train --val cifar10/test`). The new photos are those of `--photos`, a folder of
class folders; without it scikit-learn's digits, `--digits` of each, written as PNG files. Each fold in turn is kept for the test; all four
learn from the others, the network from scratch being RUN's architecture. The weights that are scored are those of the last epoch, so
that the photos of the test choose nothing. The spread is the standard deviation over the folds.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.model_selection import StratifiedKFold

from convolens import runs
from convolens.data.folders.folder import list_images
from convolens.runs import TrainOptions
from convolens.runs.output.screen import Screen

QUIET = Screen(quiet=True, stderr=True)


def write_digits(count: int, seed: int, place: Path) -> Path:
    """Write so many digits of each class as 8 x 8 files, and return their folder."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    random = np.random.default_rng(seed)
    for label in range(10):
        (place / str(label)).mkdir(parents=True)
        for number in random.permutation(np.flatnonzero(digits.target == label))[:count]:
            pixels = (digits.images[number] * 255 / 16).astype(np.uint8)
            Image.fromarray(pixels).convert("RGB").save(place / str(label) / f"{number}.png")
    return place


def split(photos: Path, folds: int, seed: int, place: Path) -> list[tuple[Path, Path]]:
    """Return (folder to learn from, folder to test on) of each fold, the photos copied."""
    images = list_images(photos)
    pairs = []
    cut = StratifiedKFold(folds, shuffle=True, random_state=seed).split(images.labels, images.labels)
    for number, sides in enumerate(cut):
        pair = (place / str(number) / "train", place / str(number) / "test")
        for side, chosen in zip(pair, sides, strict=True):
            for i in chosen:
                target = side / images.class_names[images.labels[i]] / images.paths[i].name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(images.paths[i], target)
        pairs.append(pair)
    return pairs


def accuracies(run: Path, pair: tuple[Path, Path], epochs: int, seed: int, place: Path) -> dict[str, float]:
    """Return what each way of learning reaches on the fold's test."""
    learn, test = pair
    subject = runs.load(runs.RunFolder.open(run))
    name, size = subject.name, subject.preprocessing.size[0]
    shared = {"validation": test, "epochs": epochs, "seed": seed, "size": size}
    ways = {
        "from scratch": lambda out: runs.train(
            TrainOptions(learn, model=name, augment=False, out=out, **shared), QUIET
        ),
        "from scratch, augmented": lambda out: runs.train(
            TrainOptions(learn, model=name, out=out, **shared), QUIET
        ),
        "probe on features": lambda out: runs.probe(
            runs.ProbeOptions(run, learn, learners=("logistic", "svm"), seed=seed, out=out), QUIET
        ),
        "fine-tuned": lambda out: runs.finetune(run, learn, screen=QUIET, out=out, **shared),
    }
    found = {}
    for number, (way, learned) in enumerate(ways.items()):
        began, out = time.perf_counter(), place / str(number)
        learned(out)
        weights = "best" if way.startswith("probe") else "last"
        found[way] = runs.evaluate(out, test, weights, screen=QUIET).accuracy
        print(f"  {way}: {found[way]:.4f}, {time.perf_counter() - began:.0f} s", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--digits", type=int, default=30, help="of each class, where there are no --photos")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        photos = arguments.photos or write_digits(arguments.digits, arguments.seed, place / "digits")
        print(
            f"{len(list_images(photos))} photos, {arguments.folds} folds, {arguments.epochs} epochs, seed {arguments.seed}"
        )
        table: dict[str, list[float]] = {}
        for number, pair in enumerate(split(photos, arguments.folds, arguments.seed, place / "folds"), 1):
            print(f"fold {number} of {arguments.folds}", flush=True)
            found = accuracies(
                arguments.run, pair, arguments.epochs, arguments.seed, place / f"runs-{number}"
            )
            for way, accuracy in found.items():
                table.setdefault(way, []).append(accuracy)
    first = table["from scratch"]
    for way, found in table.items():
        gains = [a - b for a, b in zip(found, first, strict=True)]
        print(
            f"{way:25} {statistics.mean(found):.3f} ± {statistics.stdev(found):.3f} ({min(found):.3f} to {max(found):.3f})"
            f"   against scratch {statistics.mean(gains):+.3f} ± {statistics.stdev(gains):.3f}"
        )


if __name__ == "__main__":
    main()
