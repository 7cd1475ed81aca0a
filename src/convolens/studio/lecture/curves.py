"""Curves: a training's loss by epoch, the best epoch and the last: of a run, or of digits that are learnt on the spot."""

import time
from typing import Any

import numpy as np

from convolens.callbacks.monitor import larger_is_better
from convolens.datasets import digits
from convolens.errors import MissingFileError
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.records.summaries import history
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import path_of

PHOTOS, EPOCHS = 200, 25  # few photos and many epochs, so that it learns them by heart


def curve_of_run(studio: Studio, run: str) -> dict[str, Any]:
    """Return the curves of a run.

    Args:
        studio: whose runs are open.
        run: its id.

    Returns:
        "title", "monitor", "epochs": [{"epoch", "loss", "val_loss", ...}], "best" and "last": places in it.

    Raises:
        MissingFileError: no such run, or no epoch yet. CheckpointError: a damaged run.
    """
    folder = RunFolder.open(path_of(run, studio.workspace.runs))
    rows = history(folder)
    if not rows:
        raise MissingFileError(f"{folder.path}: has no epoch yet; wait until its first one has ended.")
    monitor = str(read_record(folder, probes=True).tables.get("settings", {}).get("monitor", "val_loss"))
    return _told(folder.path.name, rows, monitor)


def curve_of_digits(studio: Studio) -> dict[str, Any]:
    """Return the curves of a small network that learns digits by heart: trained now, at the first call; some seconds."""
    return studio.kept.of("curves of digits", 1).get("digits", _train)


def _train() -> dict[str, Any]:
    from convolens import layers, models, optimizers

    began = time.perf_counter()
    images, labels = digits.load_data()
    x = images[..., np.newaxis].astype(np.float32) / 255
    model = models.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    kept = model.fit(
        x[:PHOTOS],
        labels[:PHOTOS],
        batch_size=50,
        epochs=EPOCHS,
        validation_data=(x[-300:], labels[-300:]),
        verbose=0,
    ).history
    rows = [
        {"epoch": epoch + 1.0, **{name: float(values[epoch]) for name, values in kept.items()}}
        for epoch in range(len(kept["loss"]))
    ]
    seconds = time.perf_counter() - began
    title = f"{PHOTOS} handwritten digits, learnt just now in {seconds:.1f} s"
    return _told(title, rows, "val_loss")


def _told(title: str, rows: list[dict[str, Any]], monitor: str) -> dict[str, Any]:
    if not any(row.get(monitor) is not None for row in rows):
        monitor = "val_loss" if any(row.get("val_loss") is not None for row in rows) else "loss"
    sign = -1 if larger_is_better(monitor, "auto") else 1
    there = [place for place, row in enumerate(rows) if row.get(monitor) is not None]
    best = min(there, key=lambda place: sign * rows[place][monitor]) if there else len(rows) - 1
    return {
        "title": title,
        "monitor": monitor,
        "epochs": rows,
        "best": best,
        "last": len(rows) - 1,
    }
