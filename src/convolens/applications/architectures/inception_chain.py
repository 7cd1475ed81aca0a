"""chain and side_by_side: what Inception-v3 and v4 are made of, normalised convolutions in rows and next to each other."""

from collections.abc import Sequence
from typing import NamedTuple

from convolens.layers import Concatenate, SymbolicTensor
from convolens.layers.chains.inception_module import convolution


class Step(NamedTuple):
    """One convolution of a chain, with batch normalisation and a ReLU behind it.

    Attributes:
        name: behind the chain's own, as torchvision or timm calls it.
        filters: output channels.
        kernel_size: rows and columns, one integer or a pair, in pixels.
        strides: step of the kernel, in pixels.
        padding: "same" or "valid".
    """

    name: str
    filters: int
    kernel_size: int | tuple[int, int] = 1
    strides: int = 1
    padding: str = "same"


def chain(x: SymbolicTensor, prefix: str, *steps: Step) -> SymbolicTensor:
    """Return `x` after convolutions one behind another; their layers are named PREFIX + STEP + .conv, .bn, .relu.

    Example:
        >>> from convolens.layers import Input
        >>> chain(Input((9, 9, 3)), "stem.", Step("0", 4), Step("1", 8, 3, 2, "valid")).shape
        (None, 4, 4, 8)
    """
    for step in steps:
        name = f"{prefix}{step.name}"
        for layer in convolution(name, step.filters, step.kernel_size, True, step.strides, step.padding):
            x = layer(x)
    return x


def side_by_side(name: str, branches: Sequence[SymbolicTensor]) -> SymbolicTensor:
    """Return the branches' channels one after another, by a layer named NAME.concatenate.

    Example:
        >>> from convolens.layers import Input
        >>> side_by_side("mixed", [Input((9, 9, 3)), Input((9, 9, 4))]).shape
        (None, 9, 9, 7)
    """
    return Concatenate(name=f"{name}.concatenate")(list(branches))
