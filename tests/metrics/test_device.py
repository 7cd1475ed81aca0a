"""Sums lie where the predictions lie, and no update waits for the device: on torch's meta device.

A meta tensor has a shape and no values: whatever tried to read one back would raise here.
"""

import pytest
import torch

from convolens.metrics import METRICS, Mean, Metric
from needed_arguments import NEEDED


@pytest.mark.parametrize(
    "made", sorted(set(METRICS.values()), key=lambda m: m.__name__), ids=lambda m: m.__name__
)
@pytest.mark.parametrize("weighted", [False, True])
def test_an_update_reads_nothing_back(made: type[Metric], weighted: bool) -> None:
    metric = made.from_config(NEEDED.get(made.__name__, {}))
    y_pred = torch.ones(4, 6, device="meta", requires_grad=True)
    y_true = torch.ones(4, 6, device="meta")
    if made.__name__.startswith("Sparse"):
        y_true = torch.ones(4, dtype=torch.long, device="meta")
    weights = torch.ones(4, device="meta") if weighted else None
    for _ in range(2):
        if isinstance(metric, Mean):
            metric.update_state(y_pred, weights)
        else:
            metric.update_state(y_true, y_pred, weights)
    state = metric.state_dict()
    assert state
    assert all(sum_.device.type == "meta" and not sum_.requires_grad for sum_ in state.values())
