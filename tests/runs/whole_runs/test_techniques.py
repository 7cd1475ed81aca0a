"""Averages, clipping, accumulation and precision in `convolens train`, and all of them over a restart."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convolens import models, optimizers, runs
from convolens.checkpoints.state import newest_state
from convolens.checkpoints.tensors import read
from convolens.errors import ArgumentError, UnknownNameError
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preflight.plan import technique_notes
from convolens.runs.settings.options import resolve
from convolens.training import Step

QUIET = Screen(quiet=True)


class Killed(Exception):
    """Ends a training as a crash does."""


def asked(data: Path, out: Path, **options: Any) -> runs.TrainOptions:
    """The recipe has augmentation, dropout and one-cycle; 9 batches of 8 an epoch, groups of 4."""
    return runs.TrainOptions(
        data=data, out=out, size=8, epochs=3, batch_size=8, checkpoint_steps=1,
        **{"ema": 0.9, "clip_norm": 0.5, "accumulate": 4, **options},
    )  # fmt: skip


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Let the training step of this number (from 1; those of the measurement before it do not count) be the last."""
    taken, whole, fit = [0], Step.train, models.Model.fit

    def counted(self: Step, batch: Any) -> None:
        taken[0] += 1
        if taken[0] == step:
            raise Killed
        whole(self, batch)

    def begin(self: models.Model, *arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(Step, "train", counted)
        return fit(self, *arguments, **options)

    monkeypatch.setattr(models.Model, "fit", begin)


def begin_or_go_on(options: runs.TrainOptions) -> None:
    """Train, or resume where the run folder is there."""
    assert options.out is not None
    if options.out.is_dir():
        runs.resume(options.out, screen=QUIET)
    else:
        runs.train(options, QUIET)


@pytest.mark.parametrize("precision", [pytest.param("float32", marks=pytest.mark.soak), "bfloat16"])
def test_a_killed_run_ends_with_the_same_bytes(
    precision: str, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "parts")
    runs.train(asked(small_data, whole.path, precision=precision), QUIET)
    for step in (15, 8):  # killed in batch 15, and again in batch 22: of the second epoch and of the third
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            with pytest.raises(Killed):
                begin_or_go_on(asked(small_data, parts.path, precision=precision))
        _, state = newest_state(parts.checkpoints)
        assert state.batch % 9 != 0
        assert state.step % 4 != 0
        assert any(np.any(t.numpy() != 0) for n, t in state.tensors.items() if "accumulator" in n)
    runs.resume(parts.path, screen=QUIET)
    for name in ("history", "best", "last"):
        assert getattr(whole, name).read_bytes() == getattr(parts, name).read_bytes(), name
    (one, _), (other, _) = newest_state(whole.checkpoints), newest_state(parts.checkpoints)
    assert one.name == other.name == "state-0003-000027"
    assert (one / "tensors.safetensors").read_bytes() == (other / "tensors.safetensors").read_bytes()
    assert any("average" in name for name in newest_state(parts.checkpoints)[1].tensors)


def test_best_and_last_are_the_averages(small_data: Path, tmp_path: Path) -> None:
    run = runs.train(asked(small_data, tmp_path / "run"), QUIET)
    _, state = newest_state(run.folder.checkpoints)
    optimizer, model = state.part("optimizer"), state.part("model")
    assert optimizer["averages_in_model"]
    last = read(run.folder.last)
    assert last.keys() == model.keys()
    assert all(torch.equal(last[name], model[name]) for name in last)  # averages_in_model: these are they
    weights = [value for name, value in optimizer.items() if name.startswith("average.")]
    assert not any(torch.equal(value, kept) for value in weights for kept in last.values())
    # what was measured is what the file holds
    outcome = run.outcome
    assert outcome is not None
    rows = [line.split(",") for line in run.folder.history.read_text().splitlines()]
    assert outcome.scores.loss == pytest.approx(
        min(float(row[rows[0].index("val_loss")]) for row in rows[1:]), rel=1e-5
    )


def test_the_settings_are_recorded_and_told(small_data: Path, tmp_path: Path) -> None:
    options = asked(small_data, tmp_path / "run", precision="bfloat16", optimizer="sgd")
    settings = resolve(options)
    assert settings.optimizer_options == {
        "global_clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9, "gradient_accumulation_steps": 4,
    }  # fmt: skip
    assert optimizers.SGD(**settings.optimizer_options).gradient_accumulation_steps == 4
    run = runs.train(options, QUIET)
    again = read_record(run.folder).options()
    assert (again.ema, again.clip_norm, again.accumulate, again.precision) == (0.9, 0.5, 4, "bfloat16")
    told = "\n".join(technique_notes(settings, 27))
    for word in (
        "averages of the weights over about 10 batches",
        "no longer than 0.5",
        "every 4 batches, 32 photos",
        "bfloat16",
    ):
        assert word in told
    assert "that is long for 27 batches in all" in told
    for ema, steps, advice in (
        (0.9, 27, "give --ema 0.6 or less"),
        (0.9999, 5000, "give --ema 0.998 or less"),
        (0.9, 6, "leave --ema out"),
    ):
        assert advice in "\n".join(technique_notes(replace(settings, ema=ema), steps))
    assert "that is long" not in "\n".join(technique_notes(settings, 500))
    assert (
        technique_notes(
            resolve(replace(options, ema=None, clip_norm=None, accumulate=1, precision="float32")), 9
        )
        == []
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"ema": 1.0}, r"train: ema must be .* received 1.0"),
        ({"ema": 0.0}, r"train: ema must be above 0; leave it out for none"),
        ({"clip_norm": -1.0}, r"train: clip_norm must be .* received -1.0"),
        ({"accumulate": 0}, r"train: accumulate must be .* received 0"),
    ],
)
def test_values_out_of_range_are_refused(option: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=message):
        resolve(asked(tmp_path, tmp_path / "run", **option))


def test_an_unknown_precision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownNameError, match=r"train: precision must be one of .* Did you mean 'bfloat16'\?"
    ):
        resolve(asked(tmp_path, tmp_path / "run", precision="bf16"))
