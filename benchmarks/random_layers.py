"""Random layers side by side with Keras' on torch: batches per second, in turn, in one process, as a ratio.

    python benchmarks/random_layers.py [--batch 32] [--side 150] [--rounds 5]

Each layer is called on the same batch of floats with training=True. Both libraries use as many threads as they like; processor
seconds are those of all threads.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

import convolens

TARGET = 10.0
LAYERS = {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.1},
    "RandomZoom": {"height_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomContrast": {"factor": (0.2, 0.2)},
    "RandomBrightness": {"factor": 0.2},
    "RandomCrop": {"height": 128, "width": 128},
    "RandomErasing": {"fill_value": 0.0},
}


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds of a call."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--side", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    shape = (arguments.batch, arguments.side, arguments.side, 3)
    x = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    print(
        f"{'layer':18} {'keras ms':>9} {'ours ms':>8} {'ratio (range)':24} {'ratio of processor time':>24}  target {TARGET:g}"
    )
    for name, options in LAYERS.items():
        theirs, ours = getattr(keras.layers, name)(**options), getattr(convolens.layers, name)(**options)
        calls = {"keras": lambda: theirs(x, training=True), "ours": lambda: ours(x, training=True)}  # noqa: B023
        for call in calls.values():
            call()  # compiles, builds
        taken = [
            {who: seconds(call) for who, call in calls.items()} for _ in range(arguments.rounds)
        ]  # in turn
        wall, processor = (
            sorted(pair["keras"][which] / max(pair["ours"][which], 1e-9) for pair in taken)
            for which in (0, 1)
        )
        milliseconds = {who: 1e3 * statistics.median(pair[who][0] for pair in taken) for who in calls}
        ratios = f"{statistics.median(wall):6.1f} ({wall[0]:.1f} to {wall[-1]:.1f})"
        print(
            f"{name:18} {milliseconds['keras']:9.1f} {milliseconds['ours']:8.1f} {ratios:24} {statistics.median(processor):24.1f}"
        )


if __name__ == "__main__":
    main()
