"""count: parameters, multiply-accumulates and activations of one image, measured by running it once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convolens.errors import ArgumentTypeError, NotBuiltError, ShapeError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Cost:
    """What one image costs.

    Attributes:
        parameters: weights that training can change or has frozen (moving averages are not counted); one that
            is used twice counts once.
        multiply_accumulates: multiplications with an addition, of the convolutions and dense layers.
        activations_bytes: bytes of what the layers put out, added up; a view or an in-place change adds none.
    """

    parameters: int
    multiply_accumulates: int
    activations_bytes: int


def count(module_or_model: Any, input_shape: Sequence[int]) -> Cost:
    """Measure a network by one forward pass of one black image, in inference mode; the network stays as it was.

    Args:
        module_or_model: a `Model` or any `torch.nn.Module` that takes one NCHW tensor (or (n, features)).
        input_shape: (rows, columns, channels) of an image, or (features,), without the batch.

    Raises:
        ArgumentTypeError: not a network. NotBuiltError: its weights do not exist yet.
        ShapeError: it cannot take an input of that shape.

    Example:
        >>> import torch
        >>> count(torch.nn.Conv2d(256, 192, 3, padding=1), (28, 28, 256)).multiply_accumulates
        346816512
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module = _module(module_or_model)
    shape = _shape(input_shape)
    first = next((item for item in module.parameters() if item.is_floating_point()), torch.zeros(0))
    x = torch.zeros((1, *shape), dtype=first.dtype, device=first.device)
    x = x.permute(0, 3, 1, 2) if x.ndim == 4 else x  # (n, h, w, c) -> (n, c, h, w)
    counter = FlopCounterMode(display=False)
    with _unchanged(module), _outputs(module) as sizes, torch.no_grad():
        try:
            with counter:
                module(x)
        except (RuntimeError, ValueError, TypeError) as error:
            raise ShapeError(
                f"count: the network cannot take one input of shape {tuple(input_shape)} "
                f"({str(error).splitlines()[0] if str(error) else type(error).__name__}); give (rows, columns, "
                "channels) of the images that it was made for."
            ) from error
    return Cost(
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        multiply_accumulates=counter.get_total_flops() // 2,  # an operation each for multiplying and adding
        activations_bytes=sum(sizes),
    )


def _module(thing: Any) -> "torch.nn.Module":
    import torch
    from torch.nn.parameter import is_lazy

    module = thing if isinstance(thing, torch.nn.Module) else getattr(thing, "module", None)
    if not isinstance(module, torch.nn.Module):
        raise ArgumentTypeError(
            f"count: expected a Model or a torch.nn.Module; received {type(thing).__name__}."
        )
    unbuilt = any(getattr(child, "built", True) is False for child in module.modules())
    if unbuilt or any(is_lazy(parameter) for parameter in module.parameters()):
        raise NotBuiltError(
            "count: the network has no weights yet; add an Input(shape=...) first, or call build or predict."
        )
    return module


def _shape(input_shape: Any) -> tuple[int, ...]:
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    whole = all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in shape)
    if len(shape) not in (1, 3) or not whole:
        raise ShapeError(
            "count: input_shape must be (rows, columns, channels) or (features,), positive integers without "
            f"the batch; received {input_shape!r}."
        )
    return shape


@contextmanager
def _unchanged(module: "torch.nn.Module") -> Iterator[None]:
    """Put the module into inference mode, and afterwards modes, buffers and random numbers back."""
    import torch

    modes = {child: child.training for child in module.modules()}
    buffers = [
        (child, name, buffer, buffer.detach().clone())
        for child in modes
        for name, buffer in child.named_buffers(recurse=False)
    ]
    devices = {item.device.index for item in module.parameters() if item.device.type == "cuda"}
    with torch.random.fork_rng(devices=sorted(devices)):
        module.eval()
        try:
            yield
        finally:
            for child, training in modes.items():
                child.training = training
            with torch.no_grad():
                for child, name, buffer, before in buffers:
                    buffer.copy_(before)
                    setattr(child, name, buffer)  # a forward pass may have put another tensor there


@contextmanager
def _outputs(module: "torch.nn.Module") -> Iterator[list[int]]:
    """Yield a list that fills with the bytes of each layer's new tensors; the hooks are removed at the end."""
    import torch

    sizes: list[int] = []

    def note(layer: torch.nn.Module, inputs: tuple[Any, ...], outputs: Any) -> None:
        given = {_storage(tensor) for tensor in _tensors(inputs)}
        sizes.extend(
            tensor.numel() * tensor.element_size()
            for tensor in _tensors(outputs)
            if _storage(tensor) not in given
        )

    leaves = [child for child in module.modules() if next(child.children(), None) is None]
    hooks = [leaf.register_forward_hook(note) for leaf in leaves]
    try:
        yield sizes
    finally:
        for hook in hooks:
            hook.remove()


def _storage(tensor: "torch.Tensor") -> int:
    return tensor.untyped_storage().data_ptr()


def _tensors(value: Any) -> "Iterator[torch.Tensor]":
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)
