"""TorchOptimizer: an optimizer of ours as tools of torch want to see it."""

from collections.abc import Callable
from typing import Any

import torch


class TorchOptimizer(torch.optim.Optimizer):
    """A `torch.optim.Optimizer` view of an `Optimizer`, for tools of torch that ask for one."""

    def __init__(self, parameters: list[torch.Tensor], update: Callable[[], None]) -> None:
        super().__init__(parameters, {"lr": 0.0})
        self._update = update

    def step(self, closure: Any = None) -> Any:
        """Apply the gradients once; `closure`, if given, computes them first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._update()
        return loss

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of; torch's own leaves everything else out."""
        return {**super().__getstate__(), "_update": self._update}
