"""How long an epoch of a new head takes: on features computed once, and with the frozen network run again.

    python benchmarks/finetune.py [--model resnet-18] [--photos 256] [--size 224] [--rounds 3]

Photos of noise, weights drawn: neither changes the time. In turn, in one run, on the same model: an epoch of `fit` on the photos with
everything before the head frozen (no gradient below it, no augmentation), and an epoch of `fit` on batches of kept features, both with a
validation on a fifth as many photos. The pass that computes the features is shown apart, and so is a whole first stage of 10 epochs.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from convolens.applications import build
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.models.parts.base_and_head import base_and_head
from convolens.runs.training.head_features import features_of

TARGET, EPOCHS, CLASSES, BATCH = 20.0, 10, 5, 32


def photos(count: int, size: int, seed: int) -> AugmentedBatches:
    """Return batches of noise."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (count, size, size, 3), dtype=np.uint8)
    return AugmentedBatches(pixels, random.integers(0, CLASSES, count), BATCH, Augmentation(), seed)


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="resnet-18", help="a name that `convolens models` lists")
    parser.add_argument("--photos", type=int, default=256)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    model = build(arguments.model, (arguments.size, arguments.size, 3), CLASSES)
    parts = base_and_head("finetune", model)
    model.freeze(parts.until)
    model.compile("adamw", "crossentropy", metrics=["accuracy"])
    training = photos(arguments.photos, arguments.size, 0)
    validation = photos(max(arguments.photos // 5, 1), arguments.size, 1)
    held = {}

    def extract() -> None:
        held.update(
            {id(side): features_of(parts, side, side.labels, CLASSES) for side in (training, validation)}
        )

    def epoch(of_features: bool) -> float:
        model.part = parts.head if of_features else None
        data = (held[id(training)], held[id(validation)]) if of_features else (training, validation)
        return seconds(lambda: model.fit(data[0], epochs=1, validation_data=data[1], verbose=0))

    took: dict[str, list[float]] = {"features": [], "frozen network": [], "kept features": []}
    for number in range(arguments.rounds + 1):
        found = [seconds(extract), epoch(False), epoch(True)]
        if number:  # the first round warms up
            for times, value in zip(took.values(), found, strict=True):
                times.append(value)
    threads = f"{torch.get_num_threads()} threads on {os.cpu_count()} cores, {model.device.type}, torch {torch.__version__}"
    print(f"{arguments.model}, {arguments.photos} photos of {arguments.size} x {arguments.size}, {threads}")
    print(f"the head: {parts.until} -> {CLASSES} classes, features of shape {parts.shape[1:]}")
    for name, times in took.items():
        print(f"{name:15} {statistics.median(times):9.4f} s ({min(times):.4f} to {max(times):.4f})")
    pairs = list(zip(took["features"], took["frozen network"], took["kept features"], strict=True))
    ratios = [frozen / kept for _, frozen, kept in pairs]
    print(
        f"an epoch of the head, frozen network / kept features: {statistics.median(ratios):.0f} "
        f"({min(ratios):.0f} to {max(ratios):.0f}), target {TARGET:g}"
    )
    whole = [EPOCHS * frozen / (once + EPOCHS * kept) for once, frozen, kept in pairs]
    print(
        f"{EPOCHS} epochs with the pass that computes the features: {statistics.median(whole):.1f} times faster"
    )


if __name__ == "__main__":
    main()
