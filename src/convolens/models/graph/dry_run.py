"""Runs on tensors that have a shape and no memory: what layers give is seen, and nothing is computed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.training.hooks import hooked
from convolens.training.mode import mode


def output_shapes(
    module: torch.nn.Module, input_shape: Sequence[int]
) -> dict[torch.nn.Module, tuple[Any, ...]]:
    """Return what each module gives for one image (the first of several tensors), in Keras' order with None for the batch.

    The modules are in the order in which they end.

    Args:
        module: any network of one input.
        input_shape: (rows, columns, channels) or (features,), without the batch.

    Raises:
        ShapeError: the network cannot take it.

    Example:
        >>> layer = torch.nn.Conv2d(3, 8, 3)
        >>> output_shapes(layer, (5, 6, 3))[layer]
        (None, 3, 4, 8)
    """
    shapes: dict[torch.nn.Module, tuple[Any, ...]] = {}

    def note(layer: torch.nn.Module, inputs: Any, output: Any) -> None:
        output = output[0] if isinstance(output, (tuple, list)) and output else output
        if isinstance(output, torch.Tensor):
            size = tuple(output.shape)
            shapes.setdefault(layer, (None, *size[2:], size[1]) if len(size) == 4 else (None, *size[1:]))

    try:
        with ExitStack() as stack:
            for child in module.modules():
                stack.enter_context(hooked(child, after=note))
            stack.enter_context(torch.no_grad())
            call = stack.enter_context(ready(module, fake=True, training=False))
            call(inputs_for(module, [tuple(input_shape)], 1, fake=True)[0])
    except Exception as error:
        raise ShapeError(
            f"the network cannot take one input of shape {tuple(input_shape)} ({' '.join(str(error).split())[:300]}); "
            "give (rows, columns, channels) of the images that it was made for."
        ) from error
    return shapes


def inputs_for(
    module: torch.nn.Module, shapes: list[tuple[int, ...]], batch_size: int, fake: bool
) -> list[torch.Tensor]:
    """Return a batch of zeros for each shape, images as NCHW."""
    first = next((item for item in module.parameters() if item.is_floating_point()), torch.zeros(0))
    device = "cpu" if fake else first.device
    batches = [torch.zeros((batch_size, *shape), dtype=first.dtype, device=device) for shape in shapes]
    return [x.permute(0, 3, 1, 2) if x.ndim == 4 else x for x in batches]  # (n, h, w, c) -> (n, c, h, w)


def held(module: torch.nn.Module) -> list[torch.Tensor]:
    """Return a module's parameters and buffers."""
    return [*module.parameters(), *module.buffers()]


@contextmanager
def ready(module: torch.nn.Module, fake: bool, training: bool) -> Iterator[Callable[..., Any]]:
    """Yield a function that calls the module in a mode, on weights without memory if `fake`; all is put back."""
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.func import functional_call

    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)  # it hides the products of attention
        with mode(module, training), ExitStack() as stack:
            stack.enter_context(torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH))
            if not fake:
                stack.enter_context(_restored(module))
                yield lambda x, known=None: module(x)
                return
            stack.enter_context(FakeTensorMode(allow_non_fake_inputs=True))
            weights = {name: _without_memory(item) for name, item in module.named_parameters()}
            buffers = {name: _without_memory(item) for name, item in module.named_buffers()}

            def call(x: Any, known: Any = None) -> Any:
                if known is not None:
                    known([*weights.values(), *buffers.values()])
                return functional_call(module, weights | buffers, (x,))

            yield call
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _without_memory(tensor: torch.Tensor) -> torch.Tensor:
    empty = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="cpu")
    return empty.requires_grad_(tensor.requires_grad)


@contextmanager
def _restored(module: torch.nn.Module) -> Iterator[None]:
    """Put buffers, gradients and random numbers back after a real run."""
    buffers = [
        (child, name, buffer, buffer.detach().clone())
        for child in module.modules()
        for name, buffer in child.named_buffers(recurse=False)
    ]
    gradients = {parameter: parameter.grad for parameter in module.parameters()}
    devices = {item.device.index for item in module.parameters() if item.device.type == "cuda"}
    with torch.random.fork_rng(devices=sorted(devices)):
        try:
            for parameter in gradients:
                parameter.grad = None
            yield
        finally:
            for parameter, gradient in gradients.items():
                parameter.grad = gradient
            with torch.no_grad():
                for child, name, buffer, before in buffers:
                    buffer.copy_(before)
                    setattr(child, name, buffer)  # a forward pass may have put another tensor there
