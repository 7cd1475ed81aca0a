"""The base of all metrics: named sums on the device of the predictions, read on demand."""

from typing import Any, Self

import torch

from convolens.constructors import kept_arguments
from convolens.errors import CheckpointError
from convolens.naming import snake_case


class Metric:
    """A quantity gathered over batches: `update_state`, `result`, `reset_state`.

    A subclass calls `add_state` for each sum it keeps, adds to it with `accumulate` in
    `update_state(y_true, y_pred, sample_weight=None)`, and returns a float from `result()`.
    Nothing in `update_state` waits for the device.

    Args:
        name: what logs call it; by default the class name in snake case.

    Source: Keras 3 `keras.metrics.Metric`.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self._state: dict[str, torch.Tensor] = {}

    def add_state(self, name: str, shape: tuple[int, ...] = ()) -> None:
        """Keep a sum of this shape, from zero.

        Args:
            name: for `accumulate` and `state`.
            shape: of the sum; (0,) becomes that of what is added first.
        """
        self._state[name] = torch.zeros(shape, dtype=torch.float64, device="cpu")

    def accumulate(self, **additions: torch.Tensor) -> None:
        """Add to the sums of these names, moving them to the device of what is added."""
        for name, addition in additions.items():
            kept = self._state[name]
            if kept.device != addition.device:
                wide = torch.float32 if addition.device.type == "mps" else torch.float64
                kept = kept.to(device=addition.device, dtype=wide)
            if kept.numel() == 0:
                kept = kept.new_zeros(addition.shape)
            self._state[name] = kept + addition.detach()

    def state(self, name: str) -> torch.Tensor:
        """Return the sum of this name in main memory, float64."""
        return self._state[name].to(device="cpu", dtype=torch.float64)

    def reset_state(self) -> None:
        """Forget every batch seen."""
        self._state = {name: torch.zeros_like(value) for name, value in self._state.items()}

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Args:
            y_true: labels, a tensor, array or list.
            y_pred: predictions, the same; half precision is widened to float32.
            sample_weight: one weight a sample, or None for 1.

        Raises:
            ShapeError: labels, predictions or weights do not fit together.
        """
        raise NotImplementedError

    def result(self) -> Any:
        """Return the value so far: a float; an array for metrics of several values."""
        raise NotImplementedError

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take in one batch and return the value so far."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return copies of the sums, to go on from in the middle of an epoch."""
        return {name: value.detach().clone() for name, value in self._state.items()}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from `state`.

        Raises:
            CheckpointError: `state` is another metric's.
        """
        if state.keys() != self._state.keys():
            raise CheckpointError(
                f"{self.name}: the state is of another metric: it has {sorted(state)}; "
                f"expected {sorted(self._state)}."
            )
        for name, kept in self._state.items():
            if kept.numel() and tuple(kept.shape) != tuple(state[name].shape):
                raise CheckpointError(
                    f"{self.name}: {name} has shape {tuple(state[name].shape)}; expected {tuple(kept.shape)}."
                )
        self._state = {name: torch.as_tensor(state[name]).clone() for name in self._state}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a metric from `get_config()`, ours or that of Keras."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
