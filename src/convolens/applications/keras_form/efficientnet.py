"""Keras' EfficientNetB0 to B7."""

import math
from typing import Any, NamedTuple

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.padding import correct_pad, divisible
from convolens.applications.keras_form.weights import KerasFiles
from convolens.applications.weights.imagenet import USUAL
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Normalization,
    Rescaling,
    Reshape,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

FOLDER = "https://storage.googleapis.com/keras-applications/"
DROPPED = 0.2  # how often the last block is left out of an image's way in training; the blocks before it less

# Of B0 to B7: times the channels, times the blocks, rows and columns, dropout before the classifier; MD5 of Keras' files, with a
# classifier and without.
SCALES = {
    "b0": (1.0, 1.0, 224, 0.2, ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d")),
    "b1": (1.0, 1.1, 240, 0.2, ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432")),
    "b2": (1.1, 1.2, 260, 0.3, ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39")),
    "b3": (1.2, 1.4, 300, 0.3, ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226")),
    "b4": (1.4, 1.8, 380, 0.4, ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba")),
    "b5": (1.6, 2.2, 456, 0.4, ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f")),
    "b6": (1.8, 2.6, 528, 0.5, ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743")),
    "b7": (2.0, 3.1, 600, 0.5, ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a")),
}  # fmt: skip

KERNELS = {
    "class_name": "VarianceScaling",
    "config": {"scale": 2.0, "mode": "fan_out", "distribution": "truncated_normal"},
}
CLASSIFIER = {
    "class_name": "VarianceScaling",
    "config": {"scale": 1 / 3, "mode": "fan_out", "distribution": "uniform"},
}


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
    Stage(1, 3, 1, 1, 16), Stage(2, 3, 2, 6, 24), Stage(2, 5, 2, 6, 40), Stage(3, 3, 2, 6, 80), Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192), Stage(1, 3, 1, 6, 320),
)  # fmt: skip


def _convolved(x: SymbolicTensor, filters: int, name: str, **options: Any) -> SymbolicTensor:
    options = {
        "padding": "same",
        "use_bias": False,
        "kernel_initializer": KERNELS,
        "kernel_size": 1,
        **options,
    }
    return Conv2D(filters, name=f"{name}conv", **options)(x)


def _activated(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return Activation("swish", name=f"{name}activation")(BatchNormalization(name=f"{name}bn")(x))


def _efficientnet(given: Given, scale: str) -> Model:
    width, depth, _, dropout, hashes = SCALES[scale]
    x = Rescaling(1 / 255.0, name="rescaling")(given.images)
    x = Normalization(axis=3)(x)
    if isinstance(given.weights, str) and given.weights == "imagenet":
        # Its files hold a variance where the weights were learnt with a deviation; Keras divides once more.
        x = Rescaling([1 / math.sqrt(std) for std in USUAL.std], name="rescaling_1")(x)
    x = ZeroPadding2D(correct_pad(x, 3), name="stem_conv_pad")(x)
    x = _convolved(x, divisible(32 * width), "stem_", kernel_size=3, strides=2, padding="valid")
    x = _activated(x, "stem_")
    counts = [math.ceil(stage.blocks * depth) for stage in STAGES]
    place = 0
    for number, (stage, count) in enumerate(zip(STAGES, counts, strict=True), 1):
        for block in range(count):
            strides = stage.strides if block == 0 else 1
            rate = DROPPED * place / sum(counts)
            name = f"block{number}{chr(ord('a') + block)}_"
            x = _block(x, stage, divisible(stage.filters * width), strides, rate, name)
            place += 1
    x = _activated(_convolved(x, divisible(1280 * width), "top_"), "top_")
    name = f"efficientnet{scale}"
    files = KerasFiles(FOLDER, (f"{name}.h5", f"{name}_notop.h5"), hashes)
    if not given.include_top:
        return given.model(given.pooled(x), files)
    x = Dropout(dropout, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
    return given.model(given.predictions(x, kernel_initializer=CLASSIFIER), files)


def _block(
    x: SymbolicTensor, stage: Stage, filters: int, strides: int, rate: float, name: str
) -> SymbolicTensor:
    """Return a block: widen, convolve each channel, weigh the channels, narrow; with what came in added where it fits."""
    channels, y = x.shape[3] or 0, x
    expanded = channels * stage.expansion
    if stage.expansion > 1:
        y = Conv2D(
            expanded, 1, padding="same", use_bias=False, kernel_initializer=KERNELS, name=f"{name}expand_conv"
        )(y)  # fmt: skip
        y = _activated(y, f"{name}expand_")
    if strides == 2:
        y = ZeroPadding2D(correct_pad(y, stage.kernel_size), name=f"{name}dwconv_pad")(y)
    y = DepthwiseConv2D(
        stage.kernel_size, strides=strides, padding="valid" if strides == 2 else "same", use_bias=False,
        depthwise_initializer=KERNELS, name=f"{name}dwconv",
    )(y)  # fmt: skip
    y = _activated(y, name)
    means = Reshape((1, 1, expanded), name=f"{name}se_reshape")(
        GlobalAveragePooling2D(name=f"{name}se_squeeze")(y)
    )
    squeezed = Conv2D(
        max(1, channels // 4), 1, padding="same", activation="swish", kernel_initializer=KERNELS, name=f"{name}se_reduce"
    )(means)  # fmt: skip
    weights = Conv2D(
        expanded, 1, padding="same", activation="sigmoid", kernel_initializer=KERNELS, name=f"{name}se_expand"
    )(squeezed)  # fmt: skip
    y = Multiply(name=f"{name}se_excite")([y, weights])
    y = BatchNormalization(name=f"{name}project_bn")(_convolved(y, filters, f"{name}project_"))
    if strides > 1 or channels != filters:
        return y
    if rate > 0:
        y = Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(y)
    return Add(name=f"{name}add")([y, x])


@keras_application(32)
def EfficientNetB0(given: Given) -> Model:
    """Return Keras' EfficientNetB0 (Tan & Le, 2019): 5,330,571 parameters.

    What it introduced: width, depth and resolution scaled together. It takes images in 0..255 and normalises them itself.

    Args, Raises: as of `VGG16`.

    Example:
        >>> EfficientNetB0(include_top=False, weights=None, input_shape=(64, 64, 3)).output_shape
        (None, 2, 2, 1280)
    """
    return _efficientnet(given, "b0")


@keras_application(32, default_size=240)
def EfficientNetB1(given: Given) -> Model:
    """Return Keras' EfficientNetB1, for images of 240 x 240: 7,856,239 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB1(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)
    """
    return _efficientnet(given, "b1")


@keras_application(32, default_size=260)
def EfficientNetB2(given: Given) -> Model:
    """Return Keras' EfficientNetB2, for images of 260 x 260: 9,177,569 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB2(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1408)
    """
    return _efficientnet(given, "b2")


@keras_application(32, default_size=300)
def EfficientNetB3(given: Given) -> Model:
    """Return Keras' EfficientNetB3, for images of 300 x 300: 12,320,535 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB3(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1536)
    """
    return _efficientnet(given, "b3")


@keras_application(32, default_size=380)
def EfficientNetB4(given: Given) -> Model:
    """Return Keras' EfficientNetB4, for images of 380 x 380: 19,466,823 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB4(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1792)
    """
    return _efficientnet(given, "b4")


@keras_application(32, default_size=456)
def EfficientNetB5(given: Given) -> Model:
    """Return Keras' EfficientNetB5, for images of 456 x 456: 30,562,527 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB5(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _efficientnet(given, "b5")


@keras_application(32, default_size=528)
def EfficientNetB6(given: Given) -> Model:
    """Return Keras' EfficientNetB6, for images of 528 x 528: 43,265,143 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB6(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2304)
    """
    return _efficientnet(given, "b6")


@keras_application(32, default_size=600)
def EfficientNetB7(given: Given) -> Model:
    """Return Keras' EfficientNetB7, for images of 600 x 600: 66,658,687 parameters.

    Args, Raises: as of `EfficientNetB0`.

    Example:
        >>> EfficientNetB7(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2560)
    """
    return _efficientnet(given, "b7")
