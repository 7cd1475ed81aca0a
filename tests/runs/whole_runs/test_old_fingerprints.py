"""Runs whose records hold the fingerprint of an earlier version are gone on with, and other photos are still refused."""

import hashlib
import os
import shutil
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from rich.console import Console

from convolens import runs
from convolens.data.caching.cache import load_pixels
from convolens.data.folders.folder import list_images
from convolens.data.splits.split import split_by_content
from convolens.errors import CheckpointError, DataError
from convolens.runs.output.screen import Screen
from images import folders, photo


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folders(tmp_path / "data", {"a": 20, "b": 20})


def quick(data: Path, out: Path, **options: Any) -> runs.TrainOptions:
    return runs.TrainOptions(
        **({"data": data, "out": out, "size": 8, "epochs": 1, "batch_size": 16} | options)
    )


def said(call: Any, *arguments: Any) -> tuple[Any, str]:
    screen = Screen(console=Console(record=True, width=300, force_terminal=False))
    return call(*arguments, screen), screen.console.export_text()


def rewrite(run: Path, **data: str | None) -> None:
    """Put other entries into [data] of a record; None takes one out."""
    tables = tomllib.loads((run / "run.toml").read_text())
    tables["data"] = {name: v for name, v in (tables["data"] | data).items() if v is not None}
    (run / "run.toml").write_text(tomli_w.dumps(tables))


def of_version_0(data: Path, size: int) -> str:
    """Return the fingerprint as it was written until 2026-11: of names, labels and pixels of both sides."""
    whole, digest = list_images(data), hashlib.sha256()
    for places in split_by_content(whole, 0.2):
        side = whole.subset(places)
        for path, label in zip(side.relative_paths, side.labels, strict=True):
            digest.update(os.fsencode(f"{path.as_posix()}\0{label}\n"))
        digest.update(load_pixels(side, (size, size)).array.tobytes() + b"\n--\n")
    return digest.hexdigest()


def test_a_run_with_a_fingerprint_of_pixels(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    runs.train(quick(data, out))
    rewrite(out, fingerprint=of_version_0(data, 8), decoded=None)
    again, text = said(runs.train, quick(data, out, resume=True))
    assert again.folder.path == out
    assert "All 1 epochs are done" in text
    assert runs.resume(out, runs.ResumeOptions(epochs=2)).outcome.epochs == 2
    photo(9).save(data / "a" / "00.png")
    with pytest.raises(DataError, match="not the photos of the run"):
        runs.resume(out)


def test_a_k_fold_training_with_a_fingerprint_without_labels(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = quick(data, out, kfold=2, model="shallow-vgg")
    runs.kfold(options)
    digest = hashlib.sha256()
    for path in list_images(data).relative_paths:
        content = hashlib.sha256((data / path).read_bytes()).hexdigest()
        digest.update(os.fsencode(f"{path.as_posix()}\0{content}\n"))
    digest.update(b"--\n")
    rewrite(out, fingerprint=digest.hexdigest())
    again = runs.kfold(quick(data, out, kfold=2, model="shallow-vgg", resume=True))
    assert again.folder.path == out


def test_another_decoder_is_told_of(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    runs.train(quick(data, out, epochs=1))
    kept = shutil.copytree(out, tmp_path / "kept")
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache"))

    def brighter(*arguments: Any) -> np.ndarray:
        return read_pixels(*arguments) | 1

    from convolens.data.caching import cache

    read_pixels = cache.read_pixels
    monkeypatch.setattr(cache, "read_pixels", brighter)
    longer = runs.ResumeOptions(epochs=2)
    with pytest.raises(CheckpointError, match=r"decoded to other pixels here.*--anyway") as raised:
        runs.resume(out, longer)
    assert "\n" not in str(raised.value)
    assert runs.resume(out, runs.ResumeOptions(epochs=2, anyway=True)).outcome.epochs == 2
    monkeypatch.setattr(cache, "read_pixels", read_pixels)
    monkeypatch.setenv("CONVOLENS_CACHE", str(tmp_path / "cache-2"))
    assert runs.resume(kept, longer).outcome.epochs == 2
