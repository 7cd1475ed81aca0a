"""How fast networks answer: measured in turn, so that what else the machine does falls on all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from convolens.models import Model

ROUNDS, CALLS, SECONDS = 7, 10, 0.4  # of each network in a round: at most so many calls, or so long
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
    models: Mapping[str, Model],
    input_shapes: Mapping[str, tuple[int, int, int]],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Speed]:
    """Measure networks in inference mode, one after the other in each of 7 rounds, the first of which only warms up.

    Args:
        models: name -> network, on its device.
        input_shapes: name -> (rows, columns, channels).
        advance: told how many of how many rounds are done.

    Example:
        >>> from convolens.applications import build
        >>> speeds = measure_speeds({"a": build("conv-model", (24, 24, 3), 2)}, {"a": (24, 24, 3)})
        >>> speeds["a"].latency_ms > 0
        True
    """
    times: dict[tuple[str, int], list[float]] = {}
    for number in range(ROUNDS):
        for name, model in models.items():
            rows, columns, channels = input_shapes[name]
            for images in (1, BATCH):
                x = torch.rand(images, channels, rows, columns, device=model.device)  # NCHW
                x = x.contiguous(memory_format=torch.channels_last)
                took = _calls(model, x)
                if number:
                    times.setdefault((name, images), []).extend(took)
        advance(number + 1, ROUNDS)
    return {
        name: Speed(1000 * statistics.median(times[name, 1]), BATCH / statistics.median(times[name, BATCH]))
        for name in models
    }


def _calls(model: Model, x: torch.Tensor) -> list[float]:
    """Return the seconds of each of some calls."""
    module, took = model.module, []
    training = module.training
    module.eval()
    try:
        began = time.perf_counter()
        with torch.inference_mode():
            for _ in range(CALLS):
                start = time.perf_counter()
                module(x)
                wait(model.device)
                took.append(time.perf_counter() - start)
                if time.perf_counter() - began > SECONDS:
                    break
    finally:
        module.train(training)
    return took


def wait(device: torch.device) -> None:
    """Let a GPU finish what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
