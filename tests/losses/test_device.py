"""No loss waits for the device: tried on torch's meta device, whose tensors have no values."""

import pytest
import torch

from convolens.losses import LOSSES, Loss


@pytest.mark.parametrize(
    "made", sorted(set(LOSSES.values()), key=lambda m: m.__name__), ids=lambda m: m.__name__
)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight", "none"])
def test_a_loss_reads_nothing_back(made: type[Loss], reduction: str) -> None:
    loss = made(reduction=reduction)
    y_pred = torch.ones(4, 6, device="meta", requires_grad=True)
    y_true = torch.ones(4, 6, device="meta")
    if made.__name__.startswith("Sparse"):
        y_true = torch.ones(4, dtype=torch.long, device="meta")
    value = loss(y_true, y_pred, torch.ones(4, device="meta"))
    value.sum().backward()
    assert value.device.type == "meta"
    assert y_pred.grad is not None
    assert y_pred.grad.shape == y_pred.shape
