"""The networks of this package beside torchvision's and timm's: seconds of a forward pass and of a training step, in turn.

    python benchmarks/architectures.py --peers peers/bin/python [--only resnet-50 ...] [--rounds 5] [--batch-size 8]
        [--size 224] [--threads N] [--clock wall]

`--peers` is the Python of an environment with benchmarks/requirements.txt (and timm, for the networks that torchvision lacks). Ours
runs in this process, theirs in that one, each on all cores while the other waits; both compute logits of 1000 classes from
the same kind of batch, float32 in channels-last memory, and take plain SGD steps on cross-entropy. Who is first changes from round to round.
On a machine that others use, `--threads 1 --clock processor` counts the time that was computed and not the time that was waited.
The two may have different versions of torch, which are printed. To compare the networks alone, give an environment that has this package
too, and run this file with its Python.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

import torch

# Name here -> where it comes from there.
PEERS = {
    "alexnet": "torchvision:alexnet",
    "vgg11": "torchvision:vgg11",
    "vgg13": "torchvision:vgg13",
    "vgg16": "torchvision:vgg16",
    "vgg19": "torchvision:vgg19",
    "vgg11-bn": "torchvision:vgg11_bn",
    "vgg13-bn": "torchvision:vgg13_bn",
    "vgg16-bn": "torchvision:vgg16_bn",
    "vgg19-bn": "torchvision:vgg19_bn",
    "googlenet-bn": "torchvision:googlenet",
    "resnet-18": "torchvision:resnet18",
    "resnet-34": "torchvision:resnet34",
    "resnet-50": "torchvision:resnet50",
    "resnet-101": "torchvision:resnet101",
    "resnet-152": "torchvision:resnet152",
    "inception-v3": "torchvision:inception_v3",
    "inception-v4": "timm:inception_v4",
    "mobilenet-v3-small": "torchvision:mobilenet_v3_small",
    "mobilenet-v3-large": "torchvision:mobilenet_v3_large",
    "convnext-tiny": "torchvision:convnext_tiny",
}
# Without their auxiliary classifiers.
OPTIONS = {name: {"aux_logits": False, "init_weights": False} for name in ("googlenet", "inception_v3")}

CLASSES = 1000
SECONDS = 0.5  # what one measurement lasts, at least
TARGETS = {"googlenet-bn": 1.05}
TARGET = 1.10
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


class Timed:
    """A network with a batch: its forward passes and its training steps, timed.

    Args:
        network: a module that gives logits.
        batch_size: photos.
        size: rows and columns, in pixels.
        clock: a key of CLOCKS.
    """

    def __init__(self, network: torch.nn.Module, batch_size: int, size: int, clock: str) -> None:
        self.clock = CLOCKS[clock]
        torch.manual_seed(0)
        self.network = network.to(memory_format=torch.channels_last)
        self.x = torch.randn(batch_size, 3, size, size).contiguous(memory_format=torch.channels_last)
        self.y = torch.randint(CLASSES, (batch_size,))
        self.optimizer = torch.optim.SGD(network.parameters(), lr=1e-4)

    def forward(self) -> None:
        """Compute the logits, in inference mode."""
        with torch.no_grad():
            self.network(self.x)

    def train(self) -> None:
        """Take one step."""
        self.optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(self.network(self.x), self.y).backward()
        self.optimizer.step()

    def seconds(self, what: str, times: int) -> float:
        """Return how long each of `times` calls of "forward" or "train" took, on average."""
        self.network.train(what == "train")
        start = self.clock()
        for _ in range(times):
            getattr(self, what)()
        return (self.clock() - start) / times


def theirs(source: str) -> torch.nn.Module:
    """Return a network of torchvision or timm by "library:name"."""
    library, name = source.split(":")
    if library == "timm":
        import timm

        return timm.create_model(name, num_classes=CLASSES)
    from torchvision import models

    return models.get_model(name, weights=None, num_classes=CLASSES, **OPTIONS.get(name, {}))


def ours(name: str, size: int) -> torch.nn.Module:
    """Return the network of this package that gives logits."""
    from convolens.applications import APPLICATIONS

    network = APPLICATIONS[name].build
    return network(input_shape=(size, size, 3), classes=CLASSES, classifier_activation=None).module


def parameters(network: torch.nn.Module) -> int:
    """Return the number of weights that are trained."""
    return sum(parameter.numel() for parameter in network.parameters())


def work() -> None:
    """Serve the other process: read a JSON line, answer with one."""
    timed = None
    print(json.dumps(torch.__version__), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "threads" in asked:
            torch.set_num_threads(asked["threads"])
            print(json.dumps(torch.get_num_threads()), flush=True)
        elif "source" in asked:
            timed = None  # frees the last one
            try:
                network = theirs(asked.pop("source"))
            except ImportError as error:
                print(json.dumps({"missing": str(error)}), flush=True)
                continue
            timed = Timed(network, **asked)
            print(json.dumps({"parameters": parameters(network)}), flush=True)
        else:
            print(json.dumps(timed.seconds(asked["what"], asked["times"])), flush=True)


class Worker:
    """The peers' process."""

    def __init__(self, python: str, program: str = __file__) -> None:
        self.process = subprocess.Popen(
            [python, "-W", "ignore", program, "--work"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.version = self._answer()

    def ask(self, **asked):
        """Return its answer."""
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def seconds(self, what: str, times: int) -> float:
        """Return how long each of `times` calls took there."""
        return self.ask(what=what, times=times)

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the peers' process ended; its message is above")
        return json.loads(line)

    def close(self) -> None:
        """End it."""
        self.process.stdin.close()
        self.process.wait()


def ratios(mine: Timed, other: Worker, what: str, rounds: int) -> tuple[list[float], list[float]]:
    """Return our seconds and theirs, round by round; a first round warms both up and says how often to repeat."""
    mine.seconds(what, 1), other.seconds(what, 1)
    once = min(mine.seconds(what, 1), other.seconds(what, 1))
    times = max(1, round(SECONDS / once))
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for who in (0, 1) if number % 2 else (1, 0):
            took[who].append((mine, other)[who].seconds(what, times))
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--peers", help="Python of the peers' environment")
    parser.add_argument("--only", nargs="+", choices=sorted(PEERS), help="these networks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--size", type=int, default=224, help="rows and columns of the photos")
    parser.add_argument("--threads", type=int, help="of each process; else torch's choice")
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    if not arguments.peers:
        parser.error("--peers is required: the Python of an environment with torchvision")
    other = Worker(arguments.peers)
    torch.set_num_threads(other.ask(threads=arguments.threads or torch.get_num_threads()))
    batch = {"batch_size": arguments.batch_size, "size": arguments.size, "clock": arguments.clock}
    print(
        f"torch {torch.__version__} here, {other.version} there; {torch.get_num_threads()} threads; {arguments.clock} time; batches of "
        f"{arguments.batch_size} x {arguments.size} x {arguments.size}; medians of {arguments.rounds} rounds in turn"
    )
    print(
        f"{'':18} {'':8} {'ours, ms':>9} {'theirs, ms':>10}   ours takes ... times as long (range)   target"
    )
    for name in arguments.only or PEERS:
        answer = other.ask(source=PEERS[name], **batch)
        if "missing" in answer:
            print(f"{name:18} left out: {answer['missing']}")
            continue
        network = ours(name, arguments.size)
        here, there = parameters(network), answer["parameters"]
        if here != there:
            print(
                f"{name:18} left out: {here} weights here, {there} there at this size: not the same network"
            )
            continue
        mine = Timed(network, **batch)
        for what in ("forward", "train"):
            here, there = ratios(mine, other, what, arguments.rounds)
            each = [a / b for a, b in zip(here, there, strict=True)]
            line = f"{statistics.median(each):.3f} ({min(each):.3f} to {max(each):.3f})"
            target = TARGETS.get(name, TARGET)
            met = "met" if statistics.median(each) <= target else "missed"
            milliseconds = [1000 * statistics.median(times) for times in (here, there)]
            print(
                f"{name:18} {what:8} {milliseconds[0]:>9.0f} {milliseconds[1]:>10.0f}   {line:37}  {target:.2f}: {met}",
                flush=True,
            )
        del mine, network
    other.close()


if __name__ == "__main__":
    main()
