"""What the input pipeline costs in `fit`: an epoch of real batches against the same epoch on one batch repeated.

    python benchmarks/pipeline.py [--images 4096] [--batch-size 64] [--rounds 5]

ShallowVGGNet at 32 x 32 with the `fast` recipe's augmentation, from uint8 pixels in memory; the two take turns in one run.
"""

import argparse
import os
import statistics
import time

import numpy as np

from convolens.applications import ShallowVGGNet
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.runs import RECIPES

TARGET = 0.05


class Repeated:
    """As many batches as another has, all of them its first."""

    def __init__(self, batches: AugmentedBatches) -> None:
        self.first, self.count = batches[0], len(batches)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int):
        return self.first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=4096)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (arguments.images, 32, 32, 3), dtype=np.uint8)
    labels = random.integers(0, 10, arguments.images)
    augmentation = Augmentation(**RECIPES["fast"]["augmentation"])
    batches = AugmentedBatches(pixels, labels, arguments.batch_size, augmentation, seed=0)
    model = ShallowVGGNet()
    model.compile("adamw", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    took: dict[str, list[float]] = {"real": [], "repeated": []}
    for _ in range(arguments.rounds + 1):
        for name, data in (("real", batches), ("repeated", Repeated(batches))):
            start = time.perf_counter()
            model.fit(data, verbose=0)
            took[name].append(time.perf_counter() - start)
    real, repeated = took["real"][1:], took["repeated"][1:]  # the first warms up
    costs = [1 - other / one for one, other in zip(real, repeated, strict=True)]
    print(
        f"{os.cpu_count()} cores, batches of {arguments.batch_size}: {arguments.images / statistics.median(real):,.0f} images/s, "
        f"{arguments.images / statistics.median(repeated):,.0f} on one batch repeated"
    )
    print(
        f"the pipeline costs {statistics.median(costs):.1%} of the epoch ({min(costs):.1%} to {max(costs):.1%}); target {TARGET:.0%}"
    )


if __name__ == "__main__":
    main()
