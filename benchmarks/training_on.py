"""A training step of EfficientNet-Lite0 with frozen normalisations against plain torch, in turn, in one run.

    python benchmarks/training_on.py [--size 160] [--batch-size 16] [--steps 10] [--rounds 5] [--threads N] [--clock wall]

All layers but the normalisations learn, by AdamW. Plain torch is the same graph with a hook on every layer, so that each is called by itself:
zeros, convolution, normalisation, activation and addition in turn, channels-last, memory given back and fetched as glibc likes. Ours is
the step that `fit` takes. `--clock processor` counts the processor's time, for a busy machine with `--threads 1`.
"""

import argparse
import statistics
import time

import torch

from convolens.applications import EfficientNetLite0
from convolens.layers import BatchNormalization
from convolens.memory import kept_memory
from convolens.training.frozen import set_mode

TARGET, RATIO = 60.0, 1.5  # images/s on two idle cores, where plain torch reaches 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="else torch's choice")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads or torch.get_num_threads())
    clock = time.perf_counter if arguments.clock == "wall" else time.process_time
    generator = torch.Generator().manual_seed(0)
    shape = (arguments.batch_size, arguments.size, arguments.size, 3)
    x = torch.rand(shape, generator=generator).permute(0, 3, 1, 2)  # channels last
    y = torch.randint(0, 10, (arguments.batch_size,), generator=generator)

    def trained(watched: bool):
        torch.manual_seed(0)
        module = EfficientNetLite0(
            weights=None, classes=10, input_shape=shape[1:], classifier_activation=None
        ).module
        for layer in module.modules():
            if isinstance(layer, BatchNormalization):
                layer.trainable = False
            if watched:
                layer.register_forward_hook(lambda *call: None)
        set_mode(module, training=True)
        weights = [weight for weight in module.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(weights, 1e-4)

        def steps() -> float:
            start = clock()
            for _ in range(arguments.steps):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(module(x), y).backward()
                optimizer.step()
            return (clock() - start) / arguments.steps

        return steps

    plain, ours = trained(watched=True), trained(watched=False)

    def kept() -> float:
        with kept_memory():
            return ours()

    took: dict[str, list[float]] = {"plain": [], "ours": []}
    for number in range(arguments.rounds + 1):  # the first warms up
        for name in list(took)[:: 1 if number % 2 else -1]:
            took[name].append(plain() if name == "plain" else kept())
    print(
        f"torch {torch.__version__}; {torch.get_num_threads()} threads; {arguments.size} x {arguments.size} in batches of "
        f"{arguments.batch_size}; medians of {arguments.rounds} rounds of {arguments.steps} steps in turn; {arguments.clock} time"
    )
    for name, times in took.items():
        speeds = sorted(arguments.batch_size / each for each in times[1:])
        print(f"{name:7}{statistics.median(speeds):>7.1f} images/s ({speeds[0]:.1f} to {speeds[-1]:.1f})")
    ratios = sorted(a / b for a, b in zip(took["plain"][1:], took["ours"][1:], strict=True))
    met = statistics.median(ratios) >= RATIO
    print(
        f"ours is {statistics.median(ratios):.2f} times as fast ({ratios[0]:.2f} to {ratios[-1]:.2f}); target {TARGET:.0f} images/s idle "
        f"where plain torch has 40, {RATIO}: {'met' if met else 'missed'}"
    )


if __name__ == "__main__":
    main()
