"""Tracer: sees every operation of a network at work, and notes what each call of a layer does."""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torch.utils.weak import WeakTensorKeyDictionary

from convolens.analysis.cost.receptive_axes import tensors_in
from convolens.analysis.cost.receptive_field import UNKNOWN, ReceptiveField, State, described, image_state
from convolens.analysis.cost.receptive_rules import follow
from convolens.training.hooks import hooked

OWN = " (own)"  # behind the name of a module that holds others, for what it does itself


@dataclass
class Row:
    """What one call of a module did by itself, its children's work not included."""

    name: str
    kind: str
    call: int
    output_shape: tuple[int, ...] | None = None
    multiply_accumulates: int = 0
    activations_bytes: int = 0
    kept_bytes: int = 0
    receptive_field: ReceptiveField | None = None


@dataclass
class _Frame:
    """A call that has not ended."""

    title: str
    name: str
    kind: str
    call: int
    leaf: bool
    row: Row | None = None


class Tracer(TorchDispatchMode):
    """A mode that counts; use `hooked(module)` around the call as well, so that it knows the layers.

    Args:
        image: the (rows, columns) of an NCHW input, to follow receptive fields; None follows none.

    Attributes:
        rows: one for each call of a layer, in order of execution.
        stopped_at: name and class of the innermost module at work, for error messages.
    """

    def __init__(self, image: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.stopped_at = ""
        self._image = image
        self._states: Any = WeakTensorKeyDictionary()
        self._overwritten: set[int] = set()  # memory whose content is no longer followed
        self._stack: list[_Frame] = []
        self._calls: dict[str, int] = {}
        self._given_bytes: set[int] = set()
        self._kept: set[int] = set()
        self._numbers: list[int] = []  # autograd's sequence numbers at which another frame began ...
        self._owners: list[_Frame | None] = []  # ... and that frame

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Tell torch not to keep its compiler from looking in here: for that it would import it."""
        return False

    def begin(self, x: torch.Tensor) -> None:
        """Take `x` as the image."""
        if self._image is not None:
            self._states[x] = image_state(*self._image)

    # -- operations --------------------------------------------------------------------------------

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.ops.prim.device.default:
            return func(*args, **kwargs)
        with self:
            decomposed = func.decompose(*args, **kwargs)
        if decomposed is not NotImplemented:
            return decomposed
        out = func(*args, **kwargs)
        self._count(func, args, kwargs, out)
        return out

    def _count(self, func: Any, args: Any, kwargs: dict[str, Any], out: Any) -> None:
        node: Any = torch._C._current_autograd_node()  # None in a forward pass
        frame = self._owner(node) if node is not None else (self._stack[-1] if self._stack else None)
        if func.overloadpacket in flop_registry:
            flops = flop_registry[func.overloadpacket](*args, **kwargs, out_val=out)
            if frame is not None:
                self._row(frame).multiply_accumulates += flops // 2  # one each to multiply and to add
        if node is not None:
            return
        if frame is not None and not frame.leaf:
            self._note_own(frame, tensors_in([*args, *kwargs.values()]), tensors_in([out]))
        if self._image is not None:
            self._follow(func, args, kwargs, out)

    def _note_own(self, frame: _Frame, given: list[torch.Tensor], made: list[torch.Tensor]) -> None:
        """Add what a module that holds others makes itself; views and changes in place are not new."""
        known = {memory(tensor) for tensor in given}
        size = sum(_bytes(tensor) for tensor in made if memory(tensor) not in known)
        if size:
            self._row(frame).activations_bytes += size

    def _row(self, frame: _Frame) -> Row:
        if frame.row is None:
            frame.row = Row(frame.name + ("" if frame.leaf else OWN), frame.kind, frame.call)
            self.rows.append(frame.row)
        return frame.row

    # -- receptive fields --------------------------------------------------------------------------

    def _state(self, tensor: Any) -> State | None:
        if not isinstance(tensor, torch.Tensor):
            return None
        return UNKNOWN if memory(tensor) in self._overwritten else self._states.get(tensor)

    def _follow(self, func: Any, args: Any, kwargs: dict[str, Any], out: Any) -> None:
        made = tensors_in([out])
        state = follow(func, args, kwargs, out, self._state)
        name = func.overloadpacket.__name__
        follows = torch.Tag.pointwise in func.tags or "norm" in name or name == "as_strided_"
        if func._schema.is_mutable and not follows:
            if state is not None:  # copied into a part of it, say
                self._overwritten |= {memory(tensor) for tensor in made}
            return
        for tensor in made:
            if state is not None:
                self._states[tensor] = state

    # -- layers ------------------------------------------------------------------------------------

    @contextmanager
    def hooked(self, module: torch.nn.Module) -> Iterator[None]:
        """Listen to the calls of all modules; the hooks are removed at the end."""
        with ExitStack() as stack:
            for name, child in module.named_modules():
                leaf = next(child.children(), None) is None

                def enter(layer: torch.nn.Module, inputs: Any, name: str = name, leaf: bool = leaf) -> None:
                    self._enter(name or type(layer).__name__, type(layer).__name__, leaf)
                    self._given_bytes = {memory(tensor) for tensor in tensors_in(inputs)}

                stack.enter_context(hooked(child, after=self._leave, before=enter))
            stack.enter_context(torch.autograd.graph.saved_tensors_hooks(self._keep, lambda tensor: tensor))
            yield

    def _enter(self, name: str, kind: str, leaf: bool) -> None:
        self._calls[name] = self._calls.get(name, 0) + 1
        frame = _Frame(f"{name!r} ({kind})", name, kind, self._calls[name], leaf)
        self._stack.append(frame)
        self.stopped_at = frame.title
        if leaf:
            self._row(frame)
        self._mark(frame)

    def _leave(self, layer: torch.nn.Module, inputs: Any, outputs: Any) -> None:
        frame = self._stack.pop()
        if self._stack:
            self.stopped_at = self._stack[-1].title
        self._mark(self._stack[-1] if self._stack else None)
        row = frame.row
        made = tensors_in([*outputs.values()] if isinstance(outputs, dict) else [outputs])
        if row is None or not made:
            return
        row.output_shape = keras_shape(made[0])
        if self._image is not None:
            row.receptive_field = described(self._state(made[0]))
        if frame.leaf:
            new = [tensor for tensor in made if memory(tensor) not in self._given_bytes]
            row.activations_bytes = sum(_bytes(tensor) for tensor in new)

    # -- backward ----------------------------------------------------------------------------------

    def _mark(self, frame: _Frame | None) -> None:
        self._numbers.append(torch.autograd._get_sequence_nr())
        self._owners.append(frame)

    def _owner(self, node: Any) -> _Frame | None:
        """Return the call whose forward pass made a node of autograd's graph."""
        place = bisect_right(self._numbers, node._sequence_nr()) - 1
        return self._owners[place] if place >= 0 else None

    def _keep(self, tensor: torch.Tensor) -> torch.Tensor:
        """Note a tensor that is kept for the backward pass; parameters are no news."""
        if memory(tensor) not in self._kept:
            self._kept.add(memory(tensor))
            if self._stack:
                self._row(self._stack[-1]).kept_bytes += tensor.untyped_storage().nbytes()
        return tensor

    def known(self, tensors: Any) -> None:
        """Take these tensors' memory (the weights) as there anyway: keeping them costs nothing."""
        self._kept |= {memory(tensor) for tensor in tensors}


def memory(tensor: torch.Tensor) -> int:
    """Return a number that tells a tensor's memory from that of all others alive, also where it is not real."""
    return int(tensor.untyped_storage()._cdata)


def keras_shape(tensor: torch.Tensor) -> tuple[int, ...]:
    """Return a shape in Keras' order: (n, c, h, w) -> (n, h, w, c)."""
    shape = tuple(int(size) for size in tensor.shape)
    return (shape[0], *shape[2:], shape[1]) if len(shape) == 4 else shape


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()
