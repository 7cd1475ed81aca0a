"""`restart` in the middle of a training: from then on the optimizer does what a fresh one does, to the bit."""

from typing import Any

import numpy as np
import pytest
import torch

from convolens import optimizers
from convolens.errors import NotBuiltError

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "clipnorm": 0.5}),
    ("AdamW", {"weight_decay": 0.01}),
    ("AdamW", {"use_ema": True, "ema_momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("RMSprop", {"use_ema": True, "ema_momentum": 0.5}),
]


def _weights() -> list[torch.nn.Parameter]:
    rng = np.random.default_rng(0)
    return [
        torch.nn.Parameter(torch.from_numpy(rng.normal(size=shape).astype("float32")))
        for shape in ((3, 4), (4,))
    ]


def _learn(optimizer: Any, weights: list[torch.nn.Parameter], steps: range) -> None:
    for step in steps:
        rng = np.random.default_rng(step)
        for weight in weights:
            weight.grad = torch.from_numpy(rng.normal(size=tuple(weight.shape)).astype("float32"))
        optimizer.apply()


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_a_restarted_optimizer_is_a_fresh_one(name: str, options: dict[str, Any]) -> None:
    make = lambda: getattr(optimizers, name)(learning_rate=0.01, **options)  # noqa: E731
    used, weights = make(), _weights()
    used.build(weights)
    used.scale_rate(weights[1:], 0.5)
    _learn(used, weights, range(6))
    with torch.no_grad():
        for weight, first in zip(weights, _weights(), strict=True):
            weight.copy_(first)
    used.restart()
    fresh, others = make(), _weights()
    fresh.build(others)
    fresh.scale_rate(others[1:], 0.5)
    for steps in (range(10, 14), range(14, 16)):
        _learn(used, weights, steps)
        _learn(fresh, others, steps)
        for one, other in zip(weights, others, strict=True):
            assert torch.equal(one, other)
    mine, theirs = used.live_state(), fresh.live_state()
    assert used.iterations == fresh.iterations + 6
    for key, slot in theirs.items():
        if isinstance(slot, list) and slot and isinstance(slot[0], torch.Tensor):
            for one, other in zip(mine[key], slot, strict=True):
                assert torch.equal(one, other), key


def test_a_restart_travels_with_the_state() -> None:
    one, weights = optimizers.Adam(0.01), _weights()
    one.build(weights)
    _learn(one, weights, range(3))
    one.restart()
    _learn(one, weights, range(3, 5))
    other, copies = optimizers.Adam(0.01), [torch.nn.Parameter(w.detach().clone()) for w in weights]
    other.build(copies)
    other.load_state_dict(one.state_dict())
    _learn(one, weights, range(5, 8))
    _learn(other, copies, range(5, 8))
    assert all(torch.equal(a, b) for a, b in zip(weights, copies, strict=True))


def test_restart_before_build_says_what_to_do() -> None:
    with pytest.raises(NotBuiltError, match=r"Adam: restart before build; call build\(parameters\) first"):
        optimizers.Adam().restart()


def test_averages_begin_again_with_what_the_weights_are() -> None:
    optimizer, weights = optimizers.AdamW(0.01, use_ema=True, ema_momentum=0.9), _weights()
    optimizer.build(weights)
    _learn(optimizer, weights, range(4))
    optimizer.swap_averages()
    optimizer.restart()
    assert not optimizer.averages_in_model
    expected = [weight.detach().clone() for weight in weights]
    for step in range(3):
        _learn(optimizer, weights, range(step, step + 1))
        expected = [0.9 * average + 0.1 * weight for average, weight in zip(expected, weights, strict=True)]
    optimizer.swap_averages()
    for weight, average in zip(weights, expected, strict=True):
        torch.testing.assert_close(weight.detach(), average.detach())
