"""What a training is made of is copied once, and the copy stays as it was."""

import pytest
import torch

from convolens.checkpoints.values import encode
from convolens.optimizers import OPTIMIZERS
from convolens.training import Progress, TrainingState


class NoMeasures:
    def state_dict(self) -> dict:
        return {}

    def load_state_dict(self, state: dict) -> None:
        pass


def _built(name: str):
    module = torch.nn.Linear(3, 2)
    optimizer = OPTIMIZERS[name](learning_rate=0.1)
    optimizer.build(module.parameters())
    return module, optimizer


def _step(module, optimizer) -> None:
    optimizer.zero_grad()
    module(torch.ones(4, 3)).square().mean().backward()
    optimizer.apply()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_collected_state_does_not_follow_the_training(name):
    torch.manual_seed(0)
    module, optimizer = _built(name)
    _step(module, optimizer)
    training = TrainingState(
        {"model": module, "optimizer": optimizer}, Progress(), torch.device("cpu"), NoMeasures()
    )
    expected = {key: value.clone() for key, value in module.state_dict().items()}, optimizer.state_dict()
    state = training.collect()
    for _ in range(3):
        _step(module, optimizer)
    for part, held in zip(("model", "optimizer"), expected, strict=True):
        found = state.part(part)
        assert found.keys() == held.keys()
        assert all(torch.equal(torch.as_tensor(found[key]), torch.as_tensor(held[key])) for key in held)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_is_copied_once_for_a_checkpoint(name, monkeypatch):
    module, optimizer = _built(name)
    _step(module, optimizer)
    live, copied = optimizer.live_state(), optimizer.state_dict()
    assert live.keys() == copied.keys()
    again = optimizer.live_state()
    for key, value in live.items():
        if isinstance(value, torch.Tensor):
            assert value.data_ptr() == again[key].data_ptr() != copied[key].data_ptr()

    training = TrainingState({"optimizer": optimizer}, Progress(), torch.device("cpu"), NoMeasures())
    monkeypatch.setattr(type(optimizer), "state_dict", lambda self: pytest.fail("a second copy"))
    expected: dict[str, torch.Tensor] = {}
    encode(optimizer.live_state(), "optimizer", expected)
    collected = training.collect().tensors
    assert {key for key in collected if key.startswith("optimizer")} == expected.keys()
