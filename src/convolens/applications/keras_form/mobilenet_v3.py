"""Keras' MobileNetV3Small and MobileNetV3Large."""

from collections.abc import Sequence
from typing import NamedTuple

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.naming import Numbered
from convolens.applications.keras_form.padding import correct_pad, divisible
from convolens.applications.keras_form.weights import ADDRESS, KerasFiles
from convolens.arguments import one_of
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

ORDER = (
    "input_shape", "alpha", "minimalistic", "include_top", "weights", "input_tensor", "classes", "pooling", "dropout_rate",
    "classifier_activation", "include_preprocessing", "name",
)  # fmt: skip

# MD5 of Keras' files, with a classifier and without.
HASHES = {
    "large_224_0.75_float": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0_float": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0_float": ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
    "small_224_0.75_float": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0_float": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0_float": ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
}  # fmt: skip


class Block(NamedTuple):
    """A row of tables 1 and 2 of the paper.

    Attributes:
        expansion: how many times more channels there are inside.
        filters: output channels, before they are scaled.
        kernel_size: of the depthwise convolution, in pixels.
        strides: of the depthwise convolution, in pixels.
        weighed: whether squeeze-and-excitation weighs the channels.
        hard: whether its activation is the hard swish, else ReLU.
    """

    expansion: float
    filters: int
    kernel_size: int
    strides: int
    weighed: bool
    hard: bool


LARGE = (
    Block(1, 16, 3, 1, False, False), Block(4, 24, 3, 2, False, False), Block(3, 24, 3, 1, False, False),
    Block(3, 40, 5, 2, True, False), Block(3, 40, 5, 1, True, False), Block(3, 40, 5, 1, True, False),
    Block(6, 80, 3, 2, False, True), Block(2.5, 80, 3, 1, False, True), Block(2.3, 80, 3, 1, False, True),
    Block(2.3, 80, 3, 1, False, True), Block(6, 112, 3, 1, True, True), Block(6, 112, 3, 1, True, True),
    Block(6, 160, 5, 2, True, True), Block(6, 160, 5, 1, True, True), Block(6, 160, 5, 1, True, True),
)  # fmt: skip
SMALL = (
    Block(1, 16, 3, 2, True, False), Block(72 / 16, 24, 3, 2, False, False), Block(88 / 24, 24, 3, 1, False, False),
    Block(4, 40, 5, 2, True, True), Block(6, 40, 5, 1, True, True), Block(6, 40, 5, 1, True, True),
    Block(3, 48, 5, 1, True, True), Block(3, 48, 5, 1, True, True), Block(6, 96, 5, 2, True, True),
    Block(6, 96, 5, 1, True, True), Block(6, 96, 5, 1, True, True),
)  # fmt: skip


class _Activating:
    """ReLU and the hard swish, numbered in the order of their making, as Keras does."""

    def __init__(self, minimalistic: bool) -> None:
        self.minimalistic = minimalistic
        self.numbered = Numbered()

    def __call__(self, x: SymbolicTensor, hard: bool) -> SymbolicTensor:
        if hard and not self.minimalistic:
            return Activation("hard_swish", name=self.numbered("activation"))(x)
        return ReLU(name=self.numbered("re_lu"))(x)

    def weights(self, x: SymbolicTensor) -> SymbolicTensor:
        """Return the hard sigmoid, which Keras makes of a ReLU of at most 6 and numbers as one."""
        return Activation("hard_sigmoid", name=self.numbered("re_lu"))(x)


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_bn")(x)


def _mobilenet_v3(
    given: Given,
    blocks: Sequence[Block],
    hidden: int,
    alpha: float,
    minimalistic: bool,
    dropout_rate: float,
    include_preprocessing: bool,
) -> Model:
    size = "large" if blocks is LARGE else "small"
    if isinstance(given.weights, str) and given.weights == "imagenet":
        one_of(given.where, "alpha", alpha, (1.0,) if minimalistic else (0.75, 1.0))
    activating = _Activating(minimalistic)
    x = given.images
    if include_preprocessing:
        x = Rescaling(1 / 127.5, offset=-1.0)(x)
    x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = activating(_normalised(x, "conv"), hard=True)
    for place, block in enumerate(blocks):
        x = _block(x, block, divisible(block.filters * alpha), place, activating)
    x = Conv2D(divisible((x.shape[3] or 0) * 6), 1, padding="same", use_bias=False, name="conv_1")(x)
    x = activating(_normalised(x, "conv_1"), hard=True)
    model = f"{size}{'_minimalistic' if minimalistic else ''}_224_{float(alpha)}_float"
    names = f"weights_mobilenet_v3_{model}.h5", f"weights_mobilenet_v3_{model}_no_top_v2.h5"
    files = KerasFiles(f"{ADDRESS}mobilenet_v3/", names, HASHES.get(model, ("", "")))
    if not given.include_top:
        return given.model(given.pooled(x), files)
    x = GlobalAveragePooling2D(keepdims=True)(x)  # -> 1 x 1
    x = Conv2D(divisible(hidden * alpha) if alpha > 1 else hidden, 1, padding="same", name="conv_2")(x)
    x = activating(x, hard=True)
    if dropout_rate > 0:
        x = Dropout(dropout_rate)(x)
    x = Flatten()(Conv2D(given.classes, 1, padding="same", name="logits")(x))
    return given.model(Activation(given.classifier_activation, name="predictions")(x), files)


def _block(
    x: SymbolicTensor, block: Block, filters: int, place: int, activating: _Activating
) -> SymbolicTensor:
    """Return a block: widen, convolve each channel, weigh the channels, narrow; with what came in added where it fits."""
    channels, y = x.shape[3] or 0, x
    expanded = divisible(channels * block.expansion)
    minimal = activating.minimalistic
    kernel = 3 if minimal else block.kernel_size
    name = f"expanded_conv_{place}_" if place else "expanded_conv_"
    if place:
        y = Conv2D(expanded, 1, padding="same", use_bias=False, name=f"{name}expand")(y)
        y = activating(_normalised(y, f"{name}expand"), block.hard)
    if block.strides == 2:
        y = ZeroPadding2D(correct_pad(y, kernel), name=f"{name}depthwise_pad")(y)
    y = DepthwiseConv2D(
        kernel, strides=block.strides, padding="same" if block.strides == 1 else "valid", use_bias=False,
        name=f"{name}depthwise",
    )(y)  # fmt: skip
    y = activating(_normalised(y, f"{name}depthwise"), block.hard)
    if block.weighed and not minimal:
        part = f"{name}squeeze_excite"
        means = GlobalAveragePooling2D(keepdims=True, name=f"{part}_avg_pool")(y)
        squeezed = Conv2D(divisible(expanded * 0.25), 1, padding="same", name=f"{part}_conv")(means)
        squeezed = ReLU(name=f"{part}_relu")(squeezed)
        weights = activating.weights(Conv2D(expanded, 1, padding="same", name=f"{part}_conv_1")(squeezed))
        y = Multiply(name=f"{part}_mul")([y, weights])
    y = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(y)
    y = _normalised(y, f"{name}project")
    return Add(name=f"{name}add")([x, y]) if block.strides == 1 and channels == filters else y


@keras_application(32, default_size=None, order=ORDER, name="MobileNetV3Small")
def MobileNetV3Small(
    given: Given,
    alpha: float = 1.0,
    minimalistic: bool = False,
    dropout_rate: float = 0.2,
    include_preprocessing: bool = True,
) -> Model:
    """Return Keras' MobileNetV3Small: 2,554,968 parameters.

    Args, Raises: as of `MobileNetV3Large`.

    Example:
        >>> MobileNetV3Small(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 576)
    """
    return _mobilenet_v3(given, SMALL, 1024, alpha, minimalistic, dropout_rate, include_preprocessing)


@keras_application(32, default_size=None, order=ORDER, name="MobileNetV3Large")
def MobileNetV3Large(
    given: Given,
    alpha: float = 1.0,
    minimalistic: bool = False,
    dropout_rate: float = 0.2,
    include_preprocessing: bool = True,
) -> Model:
    """Return Keras' MobileNetV3Large (Howard et al., 2019): 5,507,432 parameters.

    It takes images in 0..255, and brings them to -1..1 itself. torchvision's form, which pads otherwise, is
    `applications.build("mobilenet-v3-large", ...)`.

    Args:
        input_shape: (rows, columns, channels), at least 32 x 32; None leaves rows and columns free.
        alpha: times the filters of every layer.
        minimalistic: without weighed channels, hard swish and 5x5 kernels.
        dropout_rate: before the classifier.
        include_preprocessing: begin with the layer that takes 0..255; False wants -1..1.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as of `VGG16`.

    Raises: as of `VGG16`.

    Example:
        >>> MobileNetV3Large(include_top=False, weights=None, input_shape=(64, 64, 3), pooling="avg").output_shape
        (None, 960)
    """
    return _mobilenet_v3(given, LARGE, 1280, alpha, minimalistic, dropout_rate, include_preprocessing)
