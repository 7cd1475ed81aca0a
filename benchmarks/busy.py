"""Training beside a busy neighbour: images per second by how torch's threads wait for one another, and how many there are.

    python benchmarks/busy.py [--rounds 5] [--seconds 1.5] [--neighbours 1] [--spin-counts 2000] [--only NAME ...]

In each round every way gets a fresh process of its own, since libgomp reads its variables when torch is loaded. Each trains
ShallowVGGNet at 32 x 32 in batches of 16 for some seconds, first alone, in turn with the others, then beside a neighbour that
this program starts: a process that counts without end. Prints the median and range of each, the load of the machine before each
round, and the two targets: beside one neighbour at least 0.8 of what one thread reaches there, alone at least 0.95 of torch's
default. "as train" is what the command does: our spin count, and the number of threads that its measurement takes, chosen
anew alone and beside the neighbour.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import Any

OURS = "2000"
BUSY_TARGET, ALONE_TARGET = 0.8, 0.95
IMAGES, CLASSES, BATCH = 1024, 10, 16
VARIABLES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_NUM_THREADS")
NEIGHBOUR = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"  # ends with this program


def ways(spin_counts: list[str]) -> dict[str, dict[str, str]]:
    """Return the variables of each way; THREADS is for the child: a number, or "choose"."""
    return {
        "torch's default": {},
        **{f"GOMP_SPINCOUNT={count}": {"GOMP_SPINCOUNT": count} for count in ["0", *spin_counts]},
        "OMP_WAIT_POLICY=passive": {"OMP_WAIT_POLICY": "passive"},
        "one thread": {"THREADS": "1"},
        "as train": {"GOMP_SPINCOUNT": OURS, "THREADS": "choose"},
    }


class Child:
    """A fresh process that trains for some seconds whenever it is asked."""

    def __init__(self, variables: dict[str, str], seconds: float) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--child", variables.get("THREADS", ""), "--seconds", str(seconds)],
            env=environment | variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

        self.sent: Any = self.process.stdin
        self.answers: Any = self.process.stdout

    def ready(self) -> None:
        """Wait until everything is loaded."""
        self._read()

    def measure(self) -> tuple[float, int]:
        """Return images a second, and on how many threads."""
        self.sent.write("go\n")
        self.sent.flush()
        speed, threads = self._read().split()
        return float(speed), int(threads)

    def _read(self) -> str:
        line = self.answers.readline()
        if not line:
            raise SystemExit(f"a measured process ended with status {self.process.wait()}")
        return line

    def close(self) -> None:
        """End it."""
        self.sent.close()
        self.process.wait()


def child(threads: str, seconds: float) -> None:
    """Train whenever a line comes in; print the speed and the number of threads."""
    import numpy as np
    import torch

    from convolens.applications import ShallowVGGNet
    from convolens.optimizers import SGD

    def make() -> ShallowVGGNet:
        model = ShallowVGGNet()
        model.compile(SGD(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    random = np.random.default_rng(0)
    x = random.random((IMAGES, 32, 32, 3), dtype=np.float32)
    y = random.integers(0, CLASSES, IMAGES)
    batches = [(x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, IMAGES, BATCH)]
    default = torch.get_num_threads()
    if threads not in ("", "choose"):
        torch.set_num_threads(int(threads))
    model = make()
    print("ready", flush=True)
    for _ in sys.stdin:
        if threads == "choose":
            from convolens.runs.preflight.threads import compare_threads

            torch.set_num_threads(default)
            torch.set_num_threads(compare_threads(make, batches).threads)
        for i in range(3):
            model.train_on_batch(*batches[i])
        steps, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < seconds:
            model.train_on_batch(*batches[steps % len(batches)])
            steps += 1
        print(BATCH * steps / took, torch.get_num_threads(), flush=True)


def one_round(
    chosen: dict[str, dict[str, str]], seconds: float, neighbours: int
) -> tuple[dict[str, tuple[float, int]], dict[str, tuple[float, int]]]:
    """Return what each way reached alone and beside the neighbours."""
    children = {}
    for name, variables in chosen.items():
        children[name] = Child(variables, seconds)
        children[name].ready()
    alone = {name: one.measure() for name, one in children.items()}
    busy = [subprocess.Popen([sys.executable, "-c", NEIGHBOUR]) for _ in range(neighbours)]
    try:
        time.sleep(0.5)
        beside = {name: one.measure() for name, one in children.items()}
    finally:
        for neighbour in busy:
            neighbour.kill()
            neighbour.wait()
        for one in children.values():
            one.close()
    return alone, beside


def show(title: str, found: list[dict[str, tuple[float, int]]], beside: str) -> dict[str, float]:
    """Print a table; return the median ratio of each to another of the same round."""
    print(f"\n{title}: images/s, median (range); ratio to {beside} in the same round, median (range)")
    ratios = {}
    for name in found[0]:
        speeds = [row[name][0] for row in found]
        to = [row[name][0] / row[beside][0] for row in found]
        threads = ", ".join(str(row[name][1]) for row in found)
        ratios[name] = statistics.median(to)
        print(
            f"{name:<26} {statistics.median(speeds):>6.0f} ({min(speeds):.0f} to {max(speeds):.0f})".ljust(52)
            + f"{ratios[name]:.2f} ({min(to):.2f} to {max(to):.2f})   threads {threads}"
        )
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--neighbours", type=int, default=1)
    parser.add_argument("--spin-counts", nargs="+", default=[OURS])
    parser.add_argument("--only", nargs="+", help="of the ways, by their names")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        return child(arguments.child, arguments.seconds)
    chosen = ways(arguments.spin_counts)
    needed = {"torch's default", "one thread"}
    if arguments.only:
        chosen = {name: value for name, value in chosen.items() if name in {*arguments.only, *needed}}
    print(
        f"{os.cpu_count()} processors, {arguments.neighbours} neighbour(s), {arguments.rounds} rounds in turn"
    )
    alone, beside = [], []
    for number in range(arguments.rounds):
        load = os.getloadavg()[0]
        first, second = one_round(chosen, arguments.seconds, arguments.neighbours)
        alone.append(first)
        beside.append(second)
        print(f"round {number + 1}: load of the machine before it {load:.1f}", flush=True)
    alone_ratios = show("Alone", alone, "torch's default")
    beside_ratios = show("Beside", beside, "one thread")
    for name in (f"GOMP_SPINCOUNT={OURS}", "as train"):
        if name in chosen:
            print(
                f"{name}: alone {alone_ratios[name]:.2f} of torch's default, target {ALONE_TARGET}; "
                f"beside {beside_ratios[name]:.2f} of one thread, target {BUSY_TARGET}"
            )
    return None


if __name__ == "__main__":
    main()
