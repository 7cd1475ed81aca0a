"""Groups: parameters that learn at their own share of the rate, and such that come in while a training is under way."""

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentError, CheckpointError, NotBuiltError
from convolens.optimizers.averaging import Averaging

_STATE = ("factors", "begun")  # in a state where they are not all 1 and 0


class Groups(Averaging):
    """The part of `Optimizer` that treats parameters differently.

    Attributes:
        age: updates that the parameters which `update` is given have had; `iterations`, unless they came in later.
    """

    age: int
    _factors: list[float]  # of the learning rate, of each parameter
    _begun: list[int]  # `iterations` when each parameter came in

    def _begin_groups(self, count: int) -> None:
        self._factors, self._begun = [1.0] * count, [0] * count

    def extend(self, parameters: Iterable[torch.Tensor]) -> None:
        """Take in more parameters, layers that are unfrozen for example: what is remembered of them begins anew.

        What is remembered of the others stays, and so does the number of steps. Those that are known already are left out.

        Args:
            parameters: to train from now on, beside those of `build`.

        Raises:
            NotBuiltError: `build` was not called yet.

        Example:
            >>> from convolens.optimizers import Adam
            >>> first, second = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
            >>> optimizer = Adam(0.1)
            >>> optimizer.build([first])
            >>> for more in ([], [second]):
            ...     optimizer.extend(more)
            ...     for weight in (first, second):
            ...         weight.grad = torch.ones(1)
            ...     optimizer.apply()
            >>> round(first.item(), 3), round(second.item(), 3)
            (0.8, 0.9)
        """
        if self.torch_optimizer is None:
            raise NotBuiltError(f"{type(self).__name__}: extend before build; call build(parameters) first.")
        known = {id(parameter) for parameter in self._parameters}
        new = [parameter for parameter in parameters if id(parameter) not in known]
        self._parameters += new
        for name, tensors in self._slots.items():
            fresh = torch.clone if name == "average" else torch.zeros_like
            tensors += [fresh(parameter.detach()) for parameter in new]
        self._factors += [1.0] * len(new)
        self._begun += [self.iterations] * len(new)
        self.torch_optimizer.param_groups[0]["params"] = list(self._parameters)

    @torch.no_grad()
    def restart(self) -> None:
        """Forget what is remembered of the parameters, as if all came in just now; averages begin with what they are.

        The number of steps, which schedules go by, and the factors of the rate stay.

        Raises:
            NotBuiltError: `build` was not called yet.

        Example:
            >>> from convolens.optimizers import Adam
            >>> weight = torch.nn.Parameter(torch.ones(1))
            >>> optimizer = Adam(0.1)
            >>> optimizer.build([weight])
            >>> for gradient in (1.0, -1.0):
            ...     weight.grad = torch.full((1,), gradient)
            ...     optimizer.apply()
            ...     optimizer.restart()
            >>> round(weight.item(), 3), optimizer.iterations
            (1.0, 2)
        """
        if self.torch_optimizer is None:
            raise NotBuiltError(f"{type(self).__name__}: restart before build; call build(parameters) first.")
        for name, tensors in self._slots.items():
            for tensor, parameter in zip(tensors, self._parameters, strict=True):
                if name == "average":
                    tensor.copy_(parameter)
                else:
                    tensor.zero_()
        self._begun = [self.iterations] * len(self._parameters)
        self.averages_in_model = False

    def scale_rate(self, parameters: Iterable[torch.Tensor], factor: float) -> None:
        """Let some parameters learn at `factor` times the learning rate; weight decay is scaled with it.

        Args:
            parameters: of `build` or `extend`; others are left out.
            factor: at least 0; it replaces an earlier one.

        Raises:
            NotBuiltError: `build` was not called yet. ArgumentError: a negative factor.

        Source: discriminative fine-tuning, Howard & Ruder 2018, arXiv:1801.06146.
        """
        where = type(self).__name__
        if self.torch_optimizer is None:
            raise NotBuiltError(f"{where}: scale_rate before build; call build(parameters) first.")
        factor = number_in(where, "factor", factor, 0.0, float("inf"), open_high=True)
        chosen = {id(parameter) for parameter in parameters}
        for i, parameter in enumerate(self._parameters):
            if id(parameter) in chosen:
                self._factors[i] = factor

    def _groups(self, active: list[int]) -> Iterator[tuple[float, int, list[int]]]:
        """Yield (factor of the rate, age, places in `active`) of parameters that are updated together."""
        found: dict[tuple[float, int], list[int]] = {}
        for place, i in enumerate(active):
            found.setdefault((self._factors[i], self._begun[i]), []).append(place)
        for (factor, begun), places in found.items():
            yield factor, self.iterations - begun, places

    def live_state(self) -> dict[str, Any]:
        """Return what `state_dict` does, its tensors not copied: the next step changes them."""
        state = super().live_state()
        if any(factor != 1.0 for factor in self._factors):
            state["factors"] = list(self._factors)
        if any(self._begun):
            state["begun"] = list(self._begun)
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, bit for bit; see `Slots.load_state_dict`."""
        super().load_state_dict({key: value for key, value in state.items() if key not in _STATE})
        count = len(self._parameters)
        factors, begun = state.get("factors", [1.0] * count), state.get("begun", [0] * count)
        if len(factors) != count or len(begun) != count:
            raise CheckpointError(
                f"{type(self).__name__}: the state is of another network: rates of {len(factors)} parameters and beginnings of "
                f"{len(begun)}; expected {count}."
            )
        self._factors, self._begun = [float(item) for item in factors], [int(item) for item in begun]


def refuse_others(where: str, known: list[torch.Tensor], parameters: list[torch.Tensor]) -> None:
    """Raise `ArgumentError` where an optimizer that was built is to train parameters that it does not know."""
    there = {id(parameter) for parameter in known}
    others = sum(id(parameter) not in there for parameter in parameters)
    if others:
        raise ArgumentError(
            f"{where}: built for other parameters before; compile with a new optimizer (or its name) to train these "
            f"{len(parameters)}, or optimizer.extend(parameters) to keep what it remembers of those it knows."
        )
