"""What tests and doctests share."""

import pytest
import torch


@pytest.fixture
def quickly_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw truncated normals as uniform numbers of the same spread: in a tenth of the time, where a test draws millions."""

    def draw(tensor: torch.Tensor, mean: float, deviation: float, *_: object) -> torch.Tensor:
        reach = 3**0.5 * 0.88 * deviation  # 0.88: of a normal cut at two deviations
        return tensor.uniform_(mean - reach, mean + reach)

    monkeypatch.setattr(torch.nn.init, "trunc_normal_", draw)


@pytest.fixture(autouse=True)
def _quick_examples(request: pytest.FixtureRequest) -> None:
    """Let examples draw so: what they show of networks of millions of weights does not depend on them."""
    if isinstance(request.node, pytest.DoctestItem) and "initializers" not in request.node.name:
        request.getfixturevalue("quickly_drawn")
