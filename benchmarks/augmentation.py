"""Augmentation in memory, side by side with peers: images per second, in turn, in one run.

    python benchmarks/augmentation.py [--peers peers/bin/python] [--rounds 7]

`--peers` is the Python of an environment with benchmarks/requirements.txt; without it only Keras is compared. Each
library works in a process of its own and is asked for one pass at a time, so that all meet the same noise. What each does is in
augmentation_workers.py. Also prints the bound: reading the bytes and writing the floats, on all cores, and nothing else.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from augmentation_workers import IMAGES, data

HERE = Path(__file__).parent
TARGETS = {"keras": 30.0, "torchvision": 4.0, "albumentations": 4.0}


def bound(images: np.ndarray, out: np.ndarray) -> float:
    """Return the seconds that turning the bytes into floats takes, on all cores, into memory that is there already."""
    parts = np.array_split(np.arange(IMAGES), os.cpu_count() or 1)

    def scale(rows: np.ndarray) -> None:
        np.multiply(
            images[rows[0] : rows[-1] + 1],
            np.float32(1 / 255),
            out=out[rows[0] : rows[-1] + 1],
            dtype=np.float32,
        )

    with ThreadPoolExecutor(len(parts)) as pool:
        start = time.perf_counter()
        list(pool.map(scale, parts))
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", help="Python of the peers' environment")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    pythons = {"convolens": sys.executable, "keras": sys.executable}
    if arguments.peers:
        pythons |= {"torchvision": arguments.peers, "albumentations": arguments.peers}
    workers = {}
    for name, python in pythons.items():
        workers[name] = subprocess.Popen(
            [python, "-W", "ignore", str(HERE / "augmentation_workers.py"), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        while (line := workers[name].stdout.readline()) != "ready\n":
            if not line:
                sys.exit(f"{name}: its worker ended before it was ready")
    took: dict[str, list[float]] = {name: [] for name in ("bound", *workers)}
    images = data()
    out = np.zeros(images.shape, np.float32)
    for _ in range(arguments.rounds):
        took["bound"].append(bound(images, out))
        for name, worker in workers.items():
            worker.stdin.write("go\n")
            worker.stdin.flush()
            took[name].append(float(worker.stdout.readline()))
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    shares = [one / other for one, other in zip(took["bound"], took["convolens"], strict=True)]
    print(f"ours takes the bytes to floats at {statistics.median(shares):.0%} of the bound's speed")
    print(f"{os.cpu_count()} cores, medians of {arguments.rounds} rounds in turn, {IMAGES} images a round")
    print(f"{'':16} {'images/s':>9} {'ours is ... times as fast':>28}  target")
    ours = took["convolens"]
    for name, times in took.items():
        ratios = [theirs / mine for theirs, mine in zip(times, ours, strict=True)]
        line = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        target = TARGETS.get(name)
        print(f"{name:16} {IMAGES / statistics.median(times):>9,.0f} {line:>28}  {target or ''}")


if __name__ == "__main__":
    main()
