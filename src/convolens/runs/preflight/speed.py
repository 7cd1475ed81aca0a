"""How fast networks answer: measured in turn, so that what else the machine does falls on all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from convolens.models import Model
from convolens.training.mode import mode

ROUNDS, CALLS, SECONDS = 5, 10, 0.4  # of each network in a round: at most so many calls, or so long
BATCH = 32


@dataclass(frozen=True)
class Speed:
    """How fast a network is in inference.

    Attributes:
        latency_ms: milliseconds for one image, the median.
        images_per_second: in batches of 32, by the median of their times.
    """

    latency_ms: float
    images_per_second: float


def measure_speeds(
    models: Mapping[str, Callable[[], Model]],
    input_shapes: Mapping[str, tuple[int, int, int]],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Speed]:
    """Measure networks in inference mode, one after the other in each of 5 rounds; only one at a time is in memory.

    Args:
        models: name -> a function that loads the network, onto its device.
        input_shapes: name -> (rows, columns, channels).
        advance: told how many of how many rounds are done.

    Example:
        >>> from convolens.applications import build
        >>> speeds = measure_speeds({"a": lambda: build("conv-model", (24, 24, 3), 2)}, {"a": (24, 24, 3)})
        >>> speeds["a"].latency_ms > 0
        True
    """
    times: dict[tuple[str, int], list[float]] = {}
    for number in range(ROUNDS):
        for name, load in models.items():
            rows, columns, channels = input_shapes[name]
            model = load()
            for images in (1, BATCH):
                x = torch.rand(images, channels, rows, columns, device=model.device)  # NCHW
                x = x.contiguous(memory_format=torch.channels_last)
                times.setdefault((name, images), []).extend(_calls(model, x))
            del model, x  # before the next is loaded
        advance(number + 1, ROUNDS)
    return {
        name: Speed(1000 * statistics.median(times[name, 1]), BATCH / statistics.median(times[name, BATCH]))
        for name in models
    }


def _calls(model: Model, x: torch.Tensor) -> list[float]:
    """Return the seconds of each of some calls, the first left out."""
    module, took = model.module, []
    began = time.perf_counter()
    with mode(module, training=False), torch.inference_mode():
        for _ in range(1 + CALLS):
            start = time.perf_counter()
            module(x)
            wait(model.device)
            took.append(time.perf_counter() - start)
            if len(took) > 1 and time.perf_counter() - began > SECONDS:
                break
    return took[1:]


def wait(device: torch.device) -> None:
    """Let a GPU finish what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
