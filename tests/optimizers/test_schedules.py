"""Schedules equal Keras' (and torch's one-cycle) at every step. Members of SCHEDULES inherit."""

import json
from typing import Any

import hypothesis
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch

from convolens.constructors import argument_names
from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from convolens.optimizers import schedules

CASES: dict[str, list[dict[str, Any]]] = {
    "CosineDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 7},
        {"initial_learning_rate": 0.1, "decay_steps": 7, "alpha": 0.25},
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 9,
            "warmup_target": 0.2,
            "warmup_steps": 4,
            "alpha": 0.1,
        },
    ],
    "ExponentialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5, "staircase": True},
    ],
    "InverseTimeDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5},
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5, "staircase": True},
    ],
    "PiecewiseConstantDecay": [
        {"boundaries": [2, 5], "values": [0.1, 0.05, 0.01]},
        {"boundaries": [4], "values": [0.1, 0.0]},
    ],
    "CosineDecayRestarts": [
        {"initial_learning_rate": 0.1, "first_decay_steps": 3},
        {"initial_learning_rate": 0.1, "first_decay_steps": 3, "t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1},
        {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.5, "m_mul": 0.9},
    ],
    "PolynomialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 7},
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 3,
            "end_learning_rate": 0.01,
            "power": 2.0,
            "cycle": True,
        },
    ],
    "OneCycle": [{"maximum": 0.1, "total_steps": 20}],
    "SequentialSchedule": [{"schedules": [0.5, schedules.OneCycle(0.1, 8)], "milestones": [12]}],
}
OWN = ("OneCycle", "SequentialSchedule")  # that Keras does not have


def test_every_schedule_is_covered() -> None:
    assert CASES.keys() == schedules.SCHEDULES.keys()


@pytest.mark.parametrize(
    ("name", "words"),
    [(n, w) for n, several in CASES.items() for w in several if n not in OWN],
    ids=str,
)
def test_schedules_are_those_of_keras(name: str, words: dict[str, Any]) -> None:
    ours = schedules.SCHEDULES[name](**words)
    theirs = getattr(keras.optimizers.schedules, name)(**words)
    for step in range(20):
        assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-5, abs=1e-8), step
    again = schedules.deserialize(keras.optimizers.schedules.serialize(theirs))
    assert [again(step) for step in range(20)] == pytest.approx([ours(step) for step in range(20)], rel=1e-6)
    loaded = keras.optimizers.schedules.deserialize(schedules.serialize(ours))
    assert float(loaded(3)) == pytest.approx(float(theirs(3)))


@pytest.mark.parametrize("name", sorted(CASES))
def test_schedules_are_pure_and_keep_their_config(name: str) -> None:
    schedule = schedules.SCHEDULES[name](**CASES[name][0])
    forwards = [schedule(step) for step in range(30)]
    assert [schedule(step) for step in reversed(range(30))] == forwards[::-1]
    assert all(isinstance(rate, float) and rate >= 0 for rate in forwards)
    assert schedule.get_config().keys() == set(argument_names(type(schedule)))
    written = json.loads(json.dumps(schedules.serialize(schedule)))
    for again in (schedules.deserialize(written), type(schedule).from_config(schedule.get_config())):
        assert type(again) is type(schedule)
        assert [again(step) for step in range(30)] == forwards


@hypothesis.given(
    maximum=st.floats(1e-4, 1.0),
    steps=st.integers(12, 200),
    warmup=st.floats(0.1, 0.9),
    initial=st.floats(2.0, 100.0),
    final=st.floats(2.0, 1e5),
)
@hypothesis.settings(max_examples=25)
def test_one_cycle_is_that_of_torch(
    maximum: float, steps: int, warmup: float, initial: float, final: float
) -> None:
    ours = schedules.OneCycle(maximum, steps, warmup, initial, final)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=maximum,
        total_steps=steps,
        pct_start=warmup,
        div_factor=initial,
        final_div_factor=final,
        cycle_momentum=False,
    )
    for step in range(steps):
        assert ours(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9, abs=1e-15)
        optimizer.step()
        if step < steps - 1:
            theirs.step()
    assert ours(steps + 5) == ours(steps - 1)  # torch refuses further steps; here the rate stays


def test_one_cycle_without_warm_up_starts_high() -> None:
    schedule = schedules.OneCycle(0.1, 10, warmup_fraction=0.1)
    assert schedule(0) == pytest.approx(0.1)
    falling = [schedules.OneCycle(0.1, 10, warmup_fraction=0.0)(step) for step in range(10)]
    assert falling == sorted(falling, reverse=True)


def test_bad_schedules_are_refused() -> None:
    with pytest.raises(ArgumentError, match="OneCycle: total_steps must be an integer of at least"):
        schedules.OneCycle(0.1, 1)
    with pytest.raises(ArgumentError, match="decay_steps must be"):
        schedules.CosineDecay(0.1, 0)
    with pytest.raises(ArgumentError, match="2 boundaries and 2 values"):
        schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2])
    with pytest.raises(ArgumentError, match="increasing order"):
        schedules.PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3])
    with pytest.raises(UnknownNameError, match="Did you mean 'CosineDecay'"):
        schedules.deserialize({"class_name": "CosineDecai", "config": {}})
    with pytest.raises(ArgumentTypeError, match="expected a dictionary with class_name"):
        schedules.deserialize({})
    with pytest.raises(NotImplementedError):
        schedules.LearningRateSchedule()(0)


def test_callables_without_a_step_and_built_ins_are_taken() -> None:
    assert schedules.of_step(lambda: 0.5)(3) == 0.5
    assert schedules.of_step(lambda step: step * 2.0)(3) == 6.0
    assert schedules.of_step(np.float64)(3) == 3.0


def test_one_schedule_after_another_is_torch_s() -> None:
    """Each counts from its own beginning."""
    parts = [schedules.OneCycle(0.1, 5), 0.02, schedules.CosineDecay(0.01, 4)]
    ours = schedules.SequentialSchedule(parts, [5, 8])
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LambdaLR(optimizer, parts[0]),
            torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.02),
            torch.optim.lr_scheduler.LambdaLR(optimizer, parts[2]),
        ],
        milestones=[5, 8],
    )
    for step in range(14):
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-12)
        optimizer.step()
        theirs.step()
    for milestones in ([5], [5, 5], [8, 5], [0, 5]):
        with pytest.raises(ArgumentError, match="SequentialSchedule: milestones must"):
            schedules.SequentialSchedule(parts, milestones)
