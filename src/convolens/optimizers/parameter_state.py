"""ParameterState: what an optimizer keeps beside each parameter that it trains."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from convolens.errors import ArgumentError, CheckpointError

AVERAGE = "average"  # the slot that begins as the parameter itself; all others begin as a number

# Of an optimizer's state: what is no slot of a parameter.
_OTHERS = {"iterations", "learning_rate", "averages_in_model", "factors", "begun"}


class ParameterState:
    """Parameters, and beside each of them slots (tensors of its shape), a factor of the learning rate, and its beginning.

    Args:
        parameters: to train.
        slots: names of what is kept of each, "velocity" for example.
        starts: name of a slot -> the number that it begins with, where that is not 0.

    Attributes:
        slots: name -> the tensors, one for each parameter.
        factors: of the learning rate, for each parameter.
        begun: how many updates there had been when each parameter came in.
        decayed: whether each parameter has its weight decay.

    Example:
        >>> state = ParameterState([torch.ones(2)], slots=["velocity"])
        >>> state.slots
        {'velocity': [tensor([0., 0.])]}
    """

    def __init__(
        self,
        parameters: Iterable[torch.Tensor] = (),
        slots: Iterable[str] = (),
        starts: Mapping[str, float] | None = None,
    ) -> None:
        self.starts = dict(starts or {})
        self.parameters: list[torch.Tensor] = []
        self.slots: dict[str, list[torch.Tensor]] = {name: [] for name in slots}
        self.factors: list[float] = []
        self.begun: list[int] = []
        self.decayed: list[bool] = []
        self.extend(parameters, 0)

    def extend(self, parameters: Iterable[torch.Tensor], updates: int) -> None:
        """Take in parameters after so many updates; those that are known already are left out."""
        known = {id(parameter) for parameter in self.parameters}
        new = [parameter for parameter in parameters if id(parameter) not in known]
        self.parameters += new
        for name, tensors in self.slots.items():
            tensors += [self._fresh(name, parameter.detach().as_subclass(torch.Tensor)) for parameter in new]
        self.factors += [1.0] * len(new)
        self.begun += [updates] * len(new)
        self.decayed += [True] * len(new)

    def _fresh(self, name: str, parameter: torch.Tensor) -> torch.Tensor:
        """Return what a slot of a parameter begins with."""
        return (
            parameter.clone() if name == AVERAGE else torch.full_like(parameter, self.starts.get(name, 0.0))
        )

    def refuse_others(self, where: str, parameters: Iterable[torch.Tensor]) -> None:
        """Raise `ArgumentError` where there are parameters that are not known."""
        known = {id(parameter) for parameter in self.parameters}
        parameters = list(parameters)
        if any(id(parameter) not in known for parameter in parameters):
            raise ArgumentError(
                f"{where}: built for other parameters before; compile with a new optimizer (or its name) to train these "
                f"{len(parameters)}, or optimizer.extend(parameters) to keep what it remembers of those it knows."
            )

    @torch.no_grad()
    def restart(self, updates: int) -> None:
        """Let all slots begin again, after so many updates; the factors stay."""
        for name, tensors in self.slots.items():
            for tensor, parameter in zip(tensors, self.parameters, strict=True):
                tensor.copy_(self._fresh(name, parameter))
        self.begun = [updates] * len(self.parameters)

    def scale_rate(self, parameters: Iterable[torch.Tensor], factor: float) -> None:
        """Set the factor of some parameters; those that are not known are left out."""
        chosen = {id(parameter) for parameter in parameters}
        for i, parameter in enumerate(self.parameters):
            if id(parameter) in chosen:
                self.factors[i] = factor

    def leave_undecayed(self, parameters: Iterable[torch.Tensor]) -> None:
        """Leave some parameters, and no others, out of weight decay."""
        chosen = {id(parameter) for parameter in parameters}
        self.decayed = [id(parameter) not in chosen for parameter in self.parameters]

    def groups(self, active: list[int], updates: int) -> Iterator[tuple[float, int, bool, list[int]]]:
        """Yield (factor of the rate, age, whether decayed, places in `active`) of parameters that are updated together after so many updates."""
        found: dict[tuple[float, int, bool], list[int]] = {}
        for place, i in enumerate(active):
            found.setdefault((self.factors[i], self.begun[i], self.decayed[i]), []).append(place)
        for (factor, begun, decayed), places in found.items():
            yield factor, updates - begun, decayed, places

    def aligned(self, name: str, chosen: list[int]) -> list[torch.Tensor]:
        """Return a slot of some parameters, each tensor where and as its parameter lies."""
        tensors = self.slots[name]
        for i in chosen:
            tensors[i] = aligned(tensors[i], self.parameters[i])
        return [tensors[i] for i in chosen]

    def live_state(self) -> dict[str, Any]:
        """Return the slots ("velocity.0", not copied), and factors and beginnings where they are not all 1 and 0."""
        state: dict[str, Any] = self._named()
        if any(factor != 1.0 for factor in self.factors):
            state["factors"] = list(self.factors)
        if any(self.begun):
            state["begun"] = list(self.begun)
        return state

    def _named(self) -> dict[str, torch.Tensor]:
        return {
            f"{name}.{i}": tensor.detach()
            for name, tensors in self.slots.items()
            for i, tensor in enumerate(tensors)
        }

    @torch.no_grad()
    def load(self, where: str, state: dict[str, Any]) -> None:
        """Take over what `live_state` gave, which is a part of an optimizer's state; nothing is changed where it does not fit.

        Raises:
            CheckpointError: `state` is another optimizer's, or another network's.
        """
        expected, count = self._named(), len(self.parameters)
        given = state.keys() - _OTHERS
        if given != expected.keys() or "iterations" not in state:
            missing = sorted({"iterations", *expected} - state.keys())
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
        factors, begun = state.get("factors", [1.0] * count), state.get("begun", [0] * count)
        if len(factors) != count or len(begun) != count:
            raise CheckpointError(
                f"{where}: the state is of another network: rates of {len(factors)} parameters and beginnings of "
                f"{len(begun)}; expected {count}."
            )
        for key, tensor in expected.items():
            tensor.copy_(torch.as_tensor(state[key]))
        self.factors, self.begun = [float(item) for item in factors], [int(item) for item in begun]


def aligned(tensor: torch.Tensor, parameter: torch.Tensor) -> torch.Tensor:
    """Return a tensor that lies where and as its parameter does: torch's fused kernels walk raw memory.

    Example:
        >>> aligned(torch.ones(2, 3).T, torch.ones(3, 2)).stride()
        (2, 1)
    """
    if tensor.stride() == parameter.stride() and tensor.device == parameter.device:
        return tensor
    return torch.empty_like(parameter, requires_grad=False).copy_(tensor)
