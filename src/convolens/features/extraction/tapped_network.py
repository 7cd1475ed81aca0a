"""TappedNetwork: as much of a network as some of its layers need, run without gradients."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import Any, Protocol

import torch

from convolens.errors import ArgumentError
from convolens.features.extraction.choice import Tap
from convolens.features.extraction.pooling import pooled
from convolens.layers import SymbolicTensor
from convolens.layers.layer import Node
from convolens.memory import kept_memory
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.training.hooks import hooked
from convolens.training.mode import mode


class Tapped(Protocol):
    """What gives features of batches: a `TappedNetwork`, or what computes one in its place.

    Attributes:
        module: the network.
        taps: the places.
    """

    module: torch.nn.Module
    taps: list[Tap]

    def ready(self) -> AbstractContextManager[None]:
        """Return what has to be entered before the first batch."""

    def __call__(self, x: Any) -> dict[str, torch.Tensor]:
        """Return the features of a batch, float32, by the names of the taps."""


class TappedNetwork:
    """Runs a network as far as its taps, and gives their features.

    Of a functional or sequential network, and of a torch Sequential, only what the taps need is run; any other module
    is run whole. A layer that is called several times counts at its first call, as `layer.output` does.

    Args:
        module: the network, built.
        taps: the places.
        pool: see `pooled`.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
        >>> tapped = TappedNetwork(network, [Tap("0", network[0])], "none")
        >>> with tapped.ready():
        ...     tapped(torch.zeros(4, 2))["0"].shape
        torch.Size([4, 3])
    """

    def __init__(self, module: torch.nn.Module, taps: Sequence[Tap], pool: str) -> None:
        self.module, self.taps, self.pool = module, list(taps), pool
        self._found: dict[str, torch.Tensor] = {}
        self._hooked: list[Tap] = []  # seen by hooks
        self._direct: list[Tap] = []  # outputs of the shortened network, in order
        self._run: Callable[[Any], Any] = module
        if isinstance(module, (Network, SequentialNetwork)):
            self._shorten_network(module)
        elif type(module) is torch.nn.Sequential:
            self._shorten_chain(module)
        else:
            self._hooked = self.taps

    def _shorten_network(self, network: Network | SequentialNetwork) -> None:
        ends: list[SymbolicTensor] = []
        others: list[SymbolicTensor] = []
        for tap in self.taps:
            if tap.module is network:
                self._hooked = self.taps
                return
            top = next(layer for layer in network.layers if tap.module in set(layer.modules()))
            call = first_call(network, top)
            if tap.module is not top:
                self._hooked.append(tap)
                others.append(call.output)
            elif not tap.before:
                self._direct.append(tap)
                ends.append(call.output)
            elif len(call.inputs) == 1:
                self._direct.append(tap)
                ends.append(call.inputs[0])
            else:
                raise ArgumentError(
                    f"extract: {tap.name!r}: {len(call.inputs)} tensors go into that layer; name one before it."
                )
        self._run = Network(network.inputs, [*ends, *others], name=network.name)

    def _shorten_chain(self, chain: torch.nn.Sequential) -> None:
        self._hooked = self.taps
        last = 0
        for tap in self.taps:
            if tap.module is chain:
                return
            last = max(last, next(i for i, child in enumerate(chain) if tap.module in set(child.modules())))
        self._run = torch.nn.Sequential(*list(chain)[: last + 1])

    @property
    def needed(self) -> torch.nn.Module:
        """What is run: the network as far as its taps, or the whole where it cannot be cut."""
        return self._run if isinstance(self._run, torch.nn.Module) else self.module

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Hook the taps as long as the block runs."""
        with ExitStack() as stack:
            stack.enter_context(kept_memory())
            for tap in self._hooked:
                stack.enter_context(
                    hooked(tap.module, before=partial(self._note_input, tap))
                    if tap.before
                    else hooked(tap.module, after=partial(self._note_output, tap))
                )
            yield

    def __call__(self, x: Any) -> dict[str, torch.Tensor]:
        """Return the features of a batch, float32, by the names of the taps; to be called within `ready`."""
        self._found = {}
        with torch.inference_mode(), mode(self.module, training=False):
            outputs = self._run(x)
        for tap, output in zip(self._direct, outputs if self._direct else (), strict=False):
            self._note(tap, output)
        missing = [tap.name for tap in self.taps if tap.name not in self._found]
        if missing:
            raise ArgumentError(
                f"extract: layer {missing[0]!r} takes no part in the forward pass; name another layer."
            )
        found, self._found = self._found, {}
        return {tap.name: found[tap.name] for tap in self.taps}

    def _note_input(self, tap: Tap, module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
        self._note(tap, inputs[0] if len(inputs) == 1 else inputs)

    def _note_output(self, tap: Tap, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        self._note(tap, output)

    def _note(self, tap: Tap, x: Any) -> None:
        if tap.name not in self._found:  # its own copy: what comes next may write over the tensor
            self._found[tap.name] = pooled(tap.name, x, self.pool)


def first_call(network: Network | SequentialNetwork, layer: torch.nn.Module) -> Node:
    """Return the first call of a layer in a network."""
    return next(node for node in network.nodes if node.layer is layer)
