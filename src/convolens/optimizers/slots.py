"""Slots: what an optimizer keeps beside each parameter, and its state to go on from."""

from typing import Any

import torch

from convolens.errors import CheckpointError, NotBuiltError
from convolens.optimizers.rate import Rate

_NUMBERS = ("iterations", "learning_rate", "averages_in_model")  # of a state: no tensors


class Slots(Rate):
    """The part of `Optimizer` that holds tensors beside the parameters, and gives and takes all of its state.

    Attributes:
        use_ema: whether averages of the weights are among them.
        averages_in_model: whether the network holds these averages.
    """

    use_ema: bool
    averages_in_model: bool
    _parameters: list[torch.Tensor]
    _slots: dict[str, list[torch.Tensor]]

    @property
    def built(self) -> bool:
        """Whether `build` was called."""
        return self.torch_optimizer is not None

    @property
    def parameters(self) -> list[torch.Tensor]:
        """The parameters of `build`, in its order."""
        return list(self._parameters)

    # torch's fused kernels walk raw memory: gradient and state must lie as their parameter does.

    @staticmethod
    def _aligned_gradient(parameter: torch.Tensor) -> torch.Tensor:
        gradient = parameter.grad
        if gradient is None or gradient.stride() == parameter.stride():
            return gradient  # type: ignore[return-value]
        return torch.empty_like(parameter).copy_(gradient)

    def _aligned_slots(self, name: str, active: list[int]) -> list[torch.Tensor]:
        tensors = self._slots[name]
        for i in active:
            parameter, tensor = self._parameters[i], tensors[i]
            if tensor.stride() != parameter.stride() or tensor.device != parameter.device:
                tensors[i] = torch.empty_like(parameter, requires_grad=False).copy_(tensor)
        return [tensors[i] for i in active]

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of everything needed to go on: tensors ("velocity.0") and numbers.

        A flat dictionary: `iterations` (batches, as in Keras), `learning_rate` (unless a schedule gives it),
        `averages_in_model` (with `use_ema`), and one tensor per slot and parameter, in the order of `build`.
        """
        live = self.live_state()
        return {
            key: value.clone() if isinstance(value, torch.Tensor) else value for key, value in live.items()
        }

    def live_state(self) -> dict[str, Any]:
        """Return what `state_dict` does, its tensors not copied: the next step changes them."""
        state: dict[str, Any] = {"iterations": self.batches}
        if self.use_ema:
            state["averages_in_model"] = self.averages_in_model
        if self._schedule is None:
            state["learning_rate"] = self.learning_rate
        for name, tensors in self._slots.items():
            for i, tensor in enumerate(tensors):
                state[f"{name}.{i}"] = tensor.detach()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, bit for bit.

        Raises:
            NotBuiltError: `build` was not called yet.
            CheckpointError: `state` is another optimizer's, or another network's.
        """
        where = type(self).__name__
        if not self.built:
            raise NotBuiltError(f"{where}: load_state_dict before build; build it first.")
        expected = {f"{name}.{i}": t for name, ts in self._slots.items() for i, t in enumerate(ts)}
        given = {key for key in state if key not in _NUMBERS}
        if given != expected.keys() or "iterations" not in state:
            missing = sorted({"iterations", *expected.keys()} - state.keys())
            extra = sorted(given - expected.keys())
            raise CheckpointError(
                f"{where}: the state is of another optimizer or network: missing {missing[:3]}, "
                f"unexpected {extra[:3]}; expected {len(expected)} tensors, received {len(given)}."
            )
        for key, tensor in expected.items():
            if tuple(state[key].shape) != tuple(tensor.shape):
                raise CheckpointError(
                    f"{where}: {key} has shape {tuple(state[key].shape)}; "
                    f"expected {tuple(tensor.shape)}, as the network's parameter."
                )
        with torch.no_grad():
            for key, tensor in expected.items():
                tensor.copy_(torch.as_tensor(state[key]))
        self.batches = int(state["iterations"])
        self.averages_in_model = bool(state.get("averages_in_model", False))
        if self._schedule is None and "learning_rate" in state:
            self.learning_rate = float(state["learning_rate"])
