"""How long and how much a run will take: measured on a few steps of a copy, so that the run is unchanged."""

import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from convolens.analysis import cost
from convolens.applications import build
from convolens.errors import TooLargeError
from convolens.initializers import undrawn
from convolens.models import Model
from convolens.runs.preflight.speed import wait
from convolens.runs.settings.options import Settings

WARM_UP, STEPS, SECONDS = 2, 8, 4.0
_SLOTS = {"sgd": 0, "rmsprop": 1, "adam": 2, "adamw": 2}  # tensors the size of the weights


@dataclass(frozen=True)
class Measurement:
    """What a run will need.

    Attributes:
        seconds_per_epoch: training steps and validation, without checkpoints.
        images_per_second: of the training steps.
        memory: bytes for weights, gradients, optimizer and one batch's activations.
        disk: bytes of the checkpoints that are kept.
    """

    seconds_per_epoch: float
    images_per_second: float
    memory: int
    disk: int


def measure(
    make_model: Callable[[], Model],
    batches: Any,
    validation_images: int,
    settings: Settings,
    between: Callable[[], None] = lambda: None,
) -> Measurement:
    """Train a fresh copy for a few steps and return what the whole will need.

    Args:
        make_model: returns a compiled model like the run's; the random state is put back afterwards.
        batches: the training batches, as `fit` takes them; they are only read.
        validation_images: how many images each epoch is validated on.
        settings: of the run, for the size of the optimizer's state.
        between: called before each step; what it raises ends the measuring.
    """
    with torch.random.fork_rng():
        with undrawn():  # how fast it is does not depend on its weights
            model = make_model()
        steps = max(len(batches), 1)
        took = []
        began = time.perf_counter()
        for step in range(WARM_UP + STEPS):
            between()
            start = time.perf_counter()
            x, y = batches[step % steps]
            model.train_on_batch(x, y)
            wait(model.device)
            if step >= min(WARM_UP, steps):
                took.append(time.perf_counter() - start)
            if took and time.perf_counter() - began > SECONDS:
                break
        x, _ = batches[0]
        start = time.perf_counter()
        model.predict(x, batch_size=len(x), verbose=0)
        validation = (time.perf_counter() - start) / len(x) * validation_images
        median = statistics.median(took)
        weights = sum(p.numel() * p.element_size() for p in model.module.parameters())
        slots = _slots(settings)
        return Measurement(
            seconds_per_epoch=median * steps + validation,
            images_per_second=len(x) / median,
            memory=weights * (1 + slots)
            + 2 * len(x) * cost(model, batches.image_shape, training=False, computed=True).activations_bytes,
            # best, last, two whole states, and one being written
            disk=weights * 2 + weights * slots * 3,
        )


def expected_seconds(settings: Settings, seconds_per_epoch: float) -> dict[str, float]:
    """Return about how long each part of a training will take.

    Args:
        settings: of the run.
        seconds_per_epoch: as measured.
    """
    tuning = settings.finetuning
    if tuning is None:
        return {"training": settings.epochs * seconds_per_epoch}
    return {
        "features": max(tuning.views, 1) * seconds_per_epoch,
        "training": (settings.epochs - tuning.first_epochs) * seconds_per_epoch,
    }


def _slots(settings: Settings) -> int:
    """Return how many tensors there are beside each weight: gradient, optimizer's state, average, sum of gradients."""
    return 1 + _SLOTS.get(settings.optimizer, 2) + (settings.ema is not None) + (settings.accumulate > 1)


def check_memory(settings: Settings, classes: int) -> None:
    """Refuse a network that this machine has no memory for: the system would kill the program without a word.

    Raises:
        TooLargeError: its weights, gradients and optimizer alone are more. On a GPU, torch itself says so.
    """
    with torch.device("meta"):  # shapes without memory
        model = build(settings.model, settings.input_shape, classes, training=True)
    parameters = sum(p.numel() for p in model.module.parameters())
    copies = 2 + _slots(settings)  # the run's own weights, and the copy that is measured
    needed = 4 * parameters * copies  # float32
    there = machine_memory()
    if settings.device in ("cpu", "mps") and needed > there:
        raise TooLargeError(
            f"train: {settings.model} with {settings.size[0]} x {settings.size[1]} pixels has {parameters:,} parameters and "
            f"needs {needed / 2**30:,.0f} GiB of memory, this machine has {there / 2**30:,.0f} GiB; take a smaller --size."
        )


def check_features(needed: int, until: str) -> int:
    """Return the bytes that kept features need, if this machine has memory for them.

    Args:
        needed: bytes.
        until: the layer that they are of.

    Raises:
        TooLargeError: it has not.
    """
    there = machine_memory()
    if needed > there:
        raise TooLargeError(
            f"finetune: the features of {until} need {needed / 2**30:,.0f} GiB of memory, this machine has {there / 2**30:,.0f} GiB; "
            "name a later layer by --frozen-until, take fewer --views, or none by --head-epochs 0."
        )
    return needed


def machine_memory() -> float:
    """Return the bytes of memory of this machine; infinity where the system does not tell."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf
