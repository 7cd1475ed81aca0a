"""How long building and measuring a network on the meta device takes, and how much memory the process gets for it.

    python benchmarks/cost.py [--rounds 9]

VGG16's form at 224 x 224 with 1000 classes, 138,357,544 parameters (553 MB, were they real), in inference and in training. The first
call is printed apart: torch loads its compiler for it.
"""

import argparse
import resource
import statistics
import time

import torch

from convolens import layers, models
from convolens.analysis import cost


def vgg16() -> models.Sequential:
    """Return the network, on the device that is the default now."""
    chain = [layers.Input((224, 224, 3))]
    for count, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        chain += [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(count)]
        chain.append(layers.MaxPooling2D(2))
    chain += [layers.Flatten(), layers.Dense(4096, activation="relu"), layers.Dense(4096, activation="relu")]
    return models.Sequential([*chain, layers.Dense(1000, activation="softmax")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    took = []
    for number in range(rounds + 1):
        if number == 1:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        with torch.device("meta"):
            model = vgg16()
        found = cost(model)
        took.append(time.perf_counter() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"VGG16: {found.parameters:,} parameters, {found.multiply_accumulates:,} multiply-accumulates")
    print(
        f"first call {took[0]:.2f} s; then median {statistics.median(took[1:]):.3f} s of {rounds} (at most {max(took[1:]):.3f} s)"
    )
    print(f"memory gained after the first call: {grown / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
