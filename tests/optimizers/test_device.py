"""State lies where the weights lie, and no step waits for the device: tried on torch's meta device.

A meta tensor has a shape and no values: whatever tried to read one back would raise here.
"""

from typing import Any

import pytest
import torch

from convolens.optimizers import OPTIMIZERS

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in sorted(OPTIMIZERS)),
    ("sgd", {"momentum": 0.9, "clipnorm": 1.0}),
    ("rmsprop", {"momentum": 0.9, "centered": True, "clipvalue": 1.0}),
    ("adam", {"amsgrad": True, "global_clipnorm": 1.0, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=str)
def test_a_step_reads_nothing_back(name: str, options: dict[str, Any]) -> None:
    weights = [torch.nn.Parameter(torch.ones(shape, device="meta")) for shape in ((3, 2), (4,))]
    optimizer = OPTIMIZERS[name](**options)
    optimizer.build(weights)
    for _ in range(2):
        for weight in weights:
            weight.grad = torch.ones_like(weight)
        optimizer.apply()
    state = optimizer.state_dict()
    tensors = [value for value in state.values() if isinstance(value, torch.Tensor)]
    assert len(tensors) == 2 * len(optimizer.slots)
    assert all(tensor.device.type == "meta" for tensor in tensors)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=str)
def test_state_follows_weights_that_move(name: str, options: dict[str, Any]) -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = OPTIMIZERS[name](**options)
    optimizer.build([weight])
    weight.grad = torch.ones(3)
    optimizer.apply()
    moved = torch.nn.Parameter(torch.ones(3, device="meta"))
    optimizer._state.parameters[0] = moved  # as `module.to(device)` leaves it: same place, new device
    moved.grad = torch.ones_like(moved)
    optimizer.apply()
    tensors = [v for v in optimizer.state_dict().values() if isinstance(v, torch.Tensor)]
    assert all(tensor.device.type == "meta" for tensor in tensors)
