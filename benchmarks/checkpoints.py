"""How long a checkpoint of VGG16 with its optimizer stops the training, and how long going on from it takes.

    python benchmarks/checkpoints.py [--folder FOLDER] [--rounds 5]

The weights and the momentum of VGG16 (138,357,544 parameters, 1.1 GB together). In turn, in one run: `torch.save` of the same tensors; the
stall, which is the copy that the training waits for; the whole, until the state is on disk with its seals; reading the bytes of the
file; and reading the state and putting it back. The first checkpoint, which has no memory to use again, is shown apart.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import torch

from convolens.checkpoints.state import TENSORS, newest_state, write_state
from convolens.checkpoints.writer import Writer
from convolens.optimizers import SGD
from convolens.training import Progress, TrainingState

CHANNELS = ((3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256), (256, 512)) + (
    (512, 512),
) * 5
STALL_TARGET, RESUME_TARGET = 0.25, 2.0


class Nothing:
    """The sums of an epoch that has not begun."""

    def state_dict(self) -> dict:
        return {}

    def load_state_dict(self, state: dict) -> None:
        pass


def vgg16() -> torch.nn.Module:
    """Return VGG16's layers, in their order."""
    dense = [torch.nn.Linear(25088, 4096), torch.nn.Linear(4096, 4096), torch.nn.Linear(4096, 1000)]
    return torch.nn.Sequential(*[torch.nn.Conv2d(one, other, 3) for one, other in CHANNELS], *dense)


def sgd(module: torch.nn.Module) -> SGD:
    """Return SGD with momentum as a training has it, its velocities no longer nought."""
    optimizer = SGD(0.01, momentum=0.9)
    optimizer.build(module.parameters())
    for name, held in optimizer.live_state().items():
        if name.startswith("velocity"):
            torch.nn.init.normal_(held)
    return optimizer


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    module = vgg16()
    optimizer = sgd(module)
    training = TrainingState(
        {"model": module, "optimizer": optimizer}, Progress(), torch.device("cpu"), Nothing()
    )
    took: dict[str, list[float]] = {name: [] for name in ("torch.save", "stall", "whole", "read", "resume")}
    place = Path(tempfile.mkdtemp(dir=arguments.folder))
    writer, state, first = Writer(), None, 0.0
    try:
        for number in range(arguments.rounds + 1):
            held = {"model": module.state_dict(), "optimizer": optimizer.live_state()}
            saved = seconds(lambda held=held: torch.save(held, place / "torch.pt"))
            training.progress.step = number + 1
            start = time.perf_counter()
            state = training.collect(state)
            writer.submit(lambda state=state: write_state(place, state))
            stall = time.perf_counter() - start
            writer.wait()
            whole = time.perf_counter() - start
            path = place / state.name / TENSORS
            read = seconds(lambda path=path: path.read_bytes())
            resume = seconds(lambda: training.restore(newest_state(place)[1]))
            shutil.rmtree(place / state.name)
            if number == 0:
                first = stall / saved
                continue
            for name, value in (
                ("torch.save", saved),
                ("stall", stall),
                ("whole", whole),
                ("read", read),
                ("resume", resume),
            ):
                took[name].append(value)
    finally:
        shutil.rmtree(place)
    print(f"{os.cpu_count()} cores, medians of {arguments.rounds} rounds in turn, 1.1 GB a state")
    for name, times in took.items():
        print(f"{name:11} {statistics.median(times):6.2f} s ({min(times):.2f} to {max(times):.2f})")
    for one, other, target in (("stall", "torch.save", STALL_TARGET), ("resume", "read", RESUME_TARGET)):
        ratios = [a / b for a, b in zip(took[one], took[other], strict=True)]
        print(
            f"{one} / {other}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), target {target:g}"
        )
    print(f"stall / torch.save of the first checkpoint: {first:.2f}")


if __name__ == "__main__":
    main()
