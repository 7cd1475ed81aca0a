"""fit against the same loop in bare torch calls: images per second, in turn, in one run.

    python benchmarks/training.py [--rounds 7] [--batch-sizes 16 128] [--steps 0]

Both train ShallowVGGNet at 32 x 32 from the same kind of arrays: channels-last memory, fused SGD 0.01, cross-entropy,
shuffled batches gathered from one float32 array; `fit` also keeps the running loss and the accuracy, as it always does.
Prints the median of each and their ratio; the target is at least 0.85.
"""

import argparse
import statistics
import time

import numpy as np
import torch

from convolens.applications import ShallowVGGNet
from convolens.optimizers import SGD

TARGET = 0.85
CLASSES = 10


def bare_network() -> torch.nn.Module:
    """Return ShallowVGGNet as a torch user writes it, giving logits."""
    nn = torch.nn
    layers: list[torch.nn.Module] = []
    channels = 3
    for filters in (32, 64):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(64 * 8 * 8, 512), nn.ReLU(), nn.Linear(512, CLASSES)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def bare_epoch(
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    batch_size: int,
) -> None:
    """Train one epoch: nothing but the steps."""
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        batch = x[rows].permute(0, 3, 1, 2)  # (n, h, w, c) -> channels-last (n, c, h, w)
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(network(batch), y[rows]).backward()
        optimizer.step()


def seconds(work) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[16, 128])
    parser.add_argument("--steps", type=int, default=0, help="steps a measurement; 0 is 1024 images")
    arguments = parser.parse_args()
    print(
        f"torch {torch.__version__}, {torch.get_num_threads()} threads, median of {arguments.rounds} rounds in turn"
    )
    print(f"{'batch':>6} {'fit':>10} {'bare torch':>11} {'ratio':>7}   images/s; target {TARGET}")
    random = np.random.default_rng(0)
    for batch_size in arguments.batch_sizes:
        steps = arguments.steps or max(1, 1024 // batch_size)
        images = steps * batch_size
        x = random.random((images, 32, 32, 3), dtype=np.float32)
        y = random.integers(0, CLASSES, images)
        model = ShallowVGGNet()
        model.compile(SGD(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        network = bare_network()
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01, fused=True)
        x_torch, y_torch = torch.from_numpy(x), torch.from_numpy(y)
        took: dict[str, list[float]] = {"fit": [], "bare": []}
        for _ in range(arguments.rounds + 1):
            took["fit"].append(seconds(lambda: model.fit(x, y, batch_size=batch_size, verbose=0)))  # noqa: B023
            took["bare"].append(seconds(lambda: bare_epoch(network, optimizer, x_torch, y_torch, batch_size)))  # noqa: B023
        fit, bare = (images / statistics.median(times[1:]) for times in took.values())  # the first warms up
        ratios = [b / f for f, b in zip(took["fit"][1:], took["bare"][1:], strict=True)]
        print(
            f"{batch_size:>6} {fit:>10.0f} {bare:>11.0f} {statistics.median(ratios):>7.3f}   "
            f"(ratios {min(ratios):.3f} to {max(ratios):.3f})"
        )


if __name__ == "__main__":
    main()
