"""MobileNetV3Small and MobileNetV3Large: inverted residual blocks that weigh their channels, for small devices."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times


class Block(NamedTuple):
    """A row of tables 1 and 2 of the paper.

    Attributes:
        kernel_size: of the depthwise convolution, in pixels.
        expanded: channels between the two 1x1 convolutions.
        filters: output channels.
        weighed: whether squeeze-and-excitation weighs the channels.
        activation: "relu" or "hard_silu".
        strides: of the depthwise convolution, in pixels.
    """

    kernel_size: int
    expanded: int
    filters: int
    weighed: bool
    activation: str
    strides: int


LARGE = (
    Block(3, 16, 16, False, "relu", 1),
    Block(3, 64, 24, False, "relu", 2),
    Block(3, 72, 24, False, "relu", 1),
    Block(5, 72, 40, True, "relu", 2),
    Block(5, 120, 40, True, "relu", 1),
    Block(5, 120, 40, True, "relu", 1),
    Block(3, 240, 80, False, "hard_silu", 2),
    Block(3, 200, 80, False, "hard_silu", 1),
    Block(3, 184, 80, False, "hard_silu", 1),
    Block(3, 184, 80, False, "hard_silu", 1),
    Block(3, 480, 112, True, "hard_silu", 1),
    Block(3, 672, 112, True, "hard_silu", 1),
    Block(5, 672, 160, True, "hard_silu", 2),
    Block(5, 960, 160, True, "hard_silu", 1),
    Block(5, 960, 160, True, "hard_silu", 1),
)
SMALL = (
    Block(3, 16, 16, True, "relu", 2),
    Block(3, 72, 24, False, "relu", 2),
    Block(3, 88, 24, False, "relu", 1),
    Block(5, 96, 40, True, "hard_silu", 2),
    Block(5, 240, 40, True, "hard_silu", 1),
    Block(5, 240, 40, True, "hard_silu", 1),
    Block(5, 120, 48, True, "hard_silu", 1),
    Block(5, 144, 48, True, "hard_silu", 1),
    Block(5, 288, 96, True, "hard_silu", 2),
    Block(5, 576, 96, True, "hard_silu", 1),
    Block(5, 576, 96, True, "hard_silu", 1),
)


def _mobilenet_v3(given: Arguments, blocks: Sequence[Block], hidden: int, dropout: float) -> Model:
    channels = 16
    x = ZeroPadding2D(1, name="features.0.padding")(given.inputs)
    x = _normalised(
        x, "features.0", Conv2D(channels, 3, strides=2, **_convolving("features.0.0")), "hard_silu"
    )
    for place, block in enumerate(blocks, start=1):
        x = _inverted_residual(x, f"features.{place}", channels, block)
        channels = block.filters
    last = f"features.{len(blocks) + 1}"
    x = _normalised(x, last, Conv2D(6 * channels, 1, **_convolving(f"{last}.0")), "hard_silu")
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)
    y = Dense(hidden, activation="hard_silu", name="classifier.0")(y)
    y = Dropout(dropout, name="classifier.2")(y)
    return given.model(x, given.classifier(y, "classifier.3"))


def _convolving(name: str) -> dict[str, Any]:
    return {"use_bias": False, "kernel_initializer": "he_normal", "name": name}


def _normalised(
    x: SymbolicTensor, name: str, layer: Callable[..., Any], activation: str | None
) -> SymbolicTensor:
    """Return a convolution's output after batch normalisation (NAME.1) and the activation (NAME.2)."""
    x = BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}.1")(layer(x))
    return x if activation is None else Activation(activation, name=f"{name}.2")(x)


def _inverted_residual(x: SymbolicTensor, name: str, channels: int, block: Block) -> SymbolicTensor:
    """Return a block: widen, convolve each channel, weigh the channels, narrow; with what came in added where it fits."""
    y, place = x, 0
    if block.expanded != channels:
        part = f"{name}.block.{place}"
        y = _normalised(y, part, Conv2D(block.expanded, 1, **_convolving(f"{part}.0")), block.activation)
        place += 1
    part = f"{name}.block.{place}"
    if block.strides > 1:
        y = ZeroPadding2D(block.kernel_size // 2, name=f"{part}.padding")(y)
    depthwise = DepthwiseConv2D(
        block.kernel_size,
        strides=block.strides,
        padding="valid" if block.strides > 1 else "same",
        use_bias=False,
        depthwise_initializer="he_normal",
        name=f"{part}.0",
    )
    y = _normalised(y, part, depthwise, block.activation)
    place += 1
    if block.weighed:
        y = _squeeze_and_excitation(y, f"{name}.block.{place}", block.expanded)
        place += 1
    part = f"{name}.block.{place}"
    y = _normalised(y, part, Conv2D(block.filters, 1, **_convolving(f"{part}.0")), None)
    if block.strides > 1 or block.filters != channels:
        return y
    return Add(name=f"{name}.add")([x, y])


def _squeeze_and_excitation(x: SymbolicTensor, name: str, channels: int) -> SymbolicTensor:
    """Return the channels weighed by what their means say (Hu et al., 2017)."""
    means = GlobalAveragePooling2D(keepdims=True, name=f"{name}.avgpool")(x)  # -> 1 x 1
    squeezed = Conv2D(_squeezed(channels), 1, activation="relu", name=f"{name}.fc1")(means)
    weights = Conv2D(channels, 1, activation="hard_sigmoid", name=f"{name}.fc2")(squeezed)
    return Multiply(name=f"{name}.multiply")([x, weights])


def _squeezed(channels: int) -> int:
    """Return the multiple of 8 that is nearest to a quarter of the channels, the next one where that is over a tenth less."""
    quarter = channels // 4
    rounded = max(8, (quarter + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * quarter else rounded


@application(MINIMUM_SIZE)
def MobileNetV3Small(given: Arguments, dropout: float = 0.2) -> Model:
    """Return MobileNetV3-Small. 2,542,856 parameters that are trained.

    Args, Raises: as of `MobileNetV3Large`.

    Example:
        >>> MobileNetV3Small(include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 576)
    """
    return _mobilenet_v3(given, SMALL, 1024, dropout)


@application(MINIMUM_SIZE)
def MobileNetV3Large(given: Arguments, dropout: float = 0.2) -> Model:
    """Return MobileNetV3-Large (Howard et al., 2019): 5,483,032 parameters that are trained.

    What it introduced: a plan found by search and then trimmed by hand, and the hard swish, x * min(max(x + 3, 0), 6) / 6,
    which small devices compute quickly. Its blocks widen, convolve each channel by itself, weigh the channels and narrow again.

    It is torchvision's form, so that its weights fit: the end of the network is a mean and two dense layers. Its moving averages
    follow slowly (momentum 0.99), so validation means little in the first few hundred steps from fresh weights.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights; torchvision's fit by their names.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        dropout: rate behind the hidden dense layer.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> MobileNetV3Large(include_top=False, input_shape=(64, 64, 3), pooling="avg").output_shape
        (None, 960)
    """
    return _mobilenet_v3(given, LARGE, 1280, dropout)


MOBILENETS_V3 = (
    Architecture(
        name="mobilenet-v3-small",
        build=MobileNetV3Small,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary="the smallest and fastest: depthwise convolutions, weighed channels; 2019",
    ),
    Architecture(
        name="mobilenet-v3-large",
        build=MobileNetV3Large,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary="depthwise convolutions and weighed channels, for small devices; 2019",
    ),
)
