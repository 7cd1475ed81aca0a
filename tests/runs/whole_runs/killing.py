"""A warm process that forks real trainings and lets SIGKILL end them; `python killing.py`, an order a line on standard input.

Everything is imported here once, kernels and templates too, and no network computes, so that a child begins in milliseconds and
has threads of its own.
An order is JSON: {"call": "train", "finetune" or "resume", "arguments": {...}, "threads": 2, "kill": null or [KIND, NUMBER]}. The answer is a
line of the child's exit status, -9 where it was killed.

Kinds: "operation" dies before the NUMBERth rename, link or flush to disk; "write" in the middle of the NUMBERth file;
"validation" and "step" in the NUMBERth batch of such; "seconds" dies at that time, wherever it is.
"""

import io
import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import sklearn.metrics  # noqa: F401  # for what a training imports on its way
import torch
from rich.console import Console

from convolens import runs
from convolens.analysis import plot_curves
from convolens.analysis.charts import pictures
from convolens.augmentation import Augmentation
from convolens.augmentation.cpu.finishing import augment_batch
from convolens.checkpoints import state
from convolens.files import atomic
from convolens.runs.output.screen import Screen
from convolens.runs.report.page import templates
from convolens.training.step import Step
from images import leave_blank


def die() -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def countdown(number: int) -> Any:
    """Return a function that is true at its NUMBERth call."""
    left = [number]

    def reached() -> bool:
        left[0] -= 1
        return left[0] == 0

    return reached


def before(reached: Any, owner: Any, name: str) -> None:
    """Let a function die before its work."""
    whole = getattr(owner, name)

    def killed(*arguments: Any, **options: Any) -> Any:
        if reached():
            die()
        return whole(*arguments, **options)

    setattr(owner, name, killed)


def within_write(reached: Any) -> None:
    """Let the writing of a file die when half of it is there."""

    def half(path: Path, data: bytes) -> None:
        if reached():
            with open(path, "wb") as file:
                file.write(data[: len(data) // 2])
                file.flush()
                die()

    whole, write_bytes = atomic.write_and_sync, Path.write_bytes

    def write_and_sync(path: Path, pieces: Iterable[Any]) -> Any:
        data = b"".join(pieces)
        half(path, data)
        return whole(path, [data])

    def write(path: Path, data: bytes) -> int:
        half(path, data)
        return write_bytes(path, data)

    atomic.write_and_sync = state.write_and_sync = write_and_sync  # type: ignore[attr-defined]
    Path.write_bytes = write  # type: ignore[method-assign,assignment]


def arm(kind: str, number: int) -> None:
    """Put the kill where it belongs."""
    reached = countdown(number)
    if kind == "operation":
        for name in ("rename", "replace", "link", "fsync"):
            before(reached, os, name)
    elif kind == "write":
        within_write(reached)
    elif kind in ("validation", "step"):
        before(reached, Step, "evaluate" if kind == "validation" else "train")


def work(order: dict[str, Any]) -> None:
    """Do what an order says, in the child."""
    torch.set_num_threads(order["threads"])
    if order["kill"] and order["kill"][0] != "seconds":
        arm(*order["kill"])
    screen = Screen(console=Console(file=io.StringIO()))
    if order["call"] == "resume":
        runs.resume(order["arguments"]["out"], screen=screen)
        return
    arguments = {**order["arguments"]}
    arguments |= {name: Path(arguments[name]) for name in ("data", "out")}
    if order["call"] == "finetune":
        tuning = runs.FineTuning(**arguments.pop("tuning"))
        runs.finetune(arguments.pop("start"), tuning=tuning, screen=screen, **arguments)
        return
    runs.train(runs.TrainOptions(**arguments), screen)


def child(order: dict[str, Any]) -> int:
    """Fork a training and return its exit status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work(order)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    if order["kill"] and order["kill"][0] == "seconds":
        ended = os.pidfd_open(pid)
        select.select([ended], [], [], order["kill"][1])
        os.close(ended)
        os.kill(pid, signal.SIGKILL)  # not reaped yet, so nobody else has its number
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def warm_up() -> None:
    """Read what each training would read on its way: the kernel, the parts of charts, the pages."""
    images = np.zeros((1, 8, 8, 3), np.uint8)
    moved = Augmentation(rotation_range=10.0)
    augment_batch(images, np.array([0]), moved.draw(0, 0, [0], (8, 8)), moved, threads=1)
    plot_curves({"loss": [1.0]})
    for name in templates().list_templates(["html"]):
        templates().get_template(name)


if __name__ == "__main__":
    os.fsync = lambda descriptor: None  # no test outlives a power cut
    pictures.paint = leave_blank
    warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        print(child(json.loads(line)), flush=True)
