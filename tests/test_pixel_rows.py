"""Pixels in two pieces, nothing but `PixelRows`, give what an array of them gives, bit for bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens import runs
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.data.caching import cache
from convolens.pixel_rows import in_memory
from convolens.runs.output.screen import Screen
from convolens.runs.transfer.legs import joined
from images import overlapping


class TwoShards:
    """An array cut in two; asked for anything but rows, it says so."""

    read = 0  # images, from all of them

    def __init__(self, array: np.ndarray) -> None:
        self.first, self.second = array[: len(array) // 3], array[len(array) // 3 :]
        self.shape, self.dtype = array.shape, array.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray, /) -> np.ndarray:
        if not (isinstance(rows, slice) or (isinstance(rows, np.ndarray) and rows.dtype.kind == "i")):
            raise TypeError(f"rows by {rows!r}")
        places = np.arange(len(self))[rows]
        out = np.empty((len(places), *self.shape[1:]), self.dtype)
        early = places < len(self.first)
        out[early] = self.first[places[early]]
        out[~early] = self.second[places[~early] - len(self.first)]
        TwoShards.read += len(places)
        return out


def batches(pixels: Any, count: int, **options: Any) -> AugmentedBatches:
    return AugmentedBatches(pixels, np.arange(count) % 3, 4, seed=3, classes=3, **options)


CHANGES = [
    {},
    {"rotation_range": 30, "interpolation_order": 3},
    {"mixup": 0.4, "colour_jitter": (0.3, 0, 0, 0)},
]


def same(one: Any, other: Any) -> None:
    for epoch in (0, 1):
        one.set_epoch(epoch)
        other.set_epoch(epoch)
        for number in range(len(one)):
            for mine, theirs in zip(one[number], other[number], strict=True):
                np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@given(
    count=st.integers(1, 11),
    dtype=st.sampled_from(["uint8", "float32", "float64"]),
    changes=st.sampled_from(CHANGES),
)
def test_batches(count: int, dtype: str, changes: dict[str, Any]) -> None:
    array = np.random.default_rng(count).integers(0, 256, (count, 5, 6, 3)).astype(dtype)
    whole, parts = (
        batches(pixels, count, augmentation=Augmentation(**changes)) for pixels in (array, TwoShards(array))
    )
    same(whole, parts)
    same(joined(whole, whole), joined(parts, whole))
    if DeviceBatches.why_not(whole) is None:
        same(DeviceBatches(whole, "cpu"), DeviceBatches(parts, "cpu"))


def test_in_memory() -> None:
    array = np.arange(60, dtype=np.uint8).reshape(5, 2, 2, 3)
    assert np.shares_memory(in_memory(array), array)
    np.testing.assert_array_equal(in_memory(TwoShards(array)), array)


def everything(data: Path, place: Path) -> dict[str, bytes]:
    """Train, do with the run what reads photos into pixels, and return the weights, tables, pictures and features that came of it."""
    screen = Screen(quiet=True)
    asked: dict[str, Any] = {"size": 8, "batch_size": 16, "epochs": 2, "threads": 1, "balance": True}
    asked |= {"model": "shallow-vgg", "augmentation": {"rotation_range": 20.0, "horizontal_flip": True}}
    run = runs.train(runs.TrainOptions(data, out=place / "run", **asked), screen).folder
    runs.calibrate(run.path, runs.CalibrateOptions(error_rate=0.2), screen)
    runs.evaluate(run.path, data, csv=place / "scores.csv", screen=screen, tta=2, out=place / "page")
    runs.check(runs.CheckOptions(data, learnt=False, out=place / "checked"), screen)
    features = runs.features(runs.FeatureOptions(run.path, data, place / "features.npz"), screen).by_layer
    kinds = {".safetensors", ".csv", ".png"}
    files = sorted(path for path in place.rglob("*") if path.suffix in kinds)
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in files} | {
        layer: values.tobytes() for layer, values in features.items()
    }


def test_training_evaluation_and_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = overlapping(tmp_path / "data", {"dark": 40, "light": 40})
    wanted = everything(data, tmp_path / "array")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "other"))  # features are computed again
    read, made = TwoShards.read, cache.Pixels
    monkeypatch.setattr(cache, "Pixels", lambda array, *rest, **named: made(TwoShards(array), *rest, **named))
    found = everything(data, tmp_path / "shards")
    assert TwoShards.read - read > 10 * 80
    assert list(found) == list(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    expected = {
        "run/checkpoints/best.safetensors",
        "run/history.csv",
        "page/mistakes.png",
        "scores.csv",
        "dense",
    }
    assert expected <= set(wanted)
