"""Keras' Xception."""

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.naming import Numbered
from convolens.applications.keras_form.weights import KerasFiles
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SeparableConv2D,
    SymbolicTensor,
)
from convolens.models import Model

# The blocks that halve rows and columns, and the filters of their two convolutions.
HALVING = {2: (128, 128), 3: (256, 256), 4: (728, 728), 13: (728, 1024)}


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(name=f"{name}_bn")(x)


def _activated(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return Activation("relu", name=f"{name}_act")(x)


def _separable(x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    return _normalised(SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x), name)


@keras_application(71, default_size=299)
def Xception(given: Given) -> Model:
    """Return Keras' Xception (Chollet, 2017): 22,910,480 parameters.

    What it introduced: Inception modules taken to their end, where each channel is convolved alone and all are mixed at each pixel.
    Images as `applications.xception.preprocess_input` gives them, in -1..1.

    Args:
        input_shape: (rows, columns, channels), at least 71 x 71; None is (299, 299, 3), and without a classifier free sides.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as of `VGG16`.

    Raises: as of `VGG16`.

    Example:
        >>> Xception(include_top=False, weights=None, input_shape=(71, 71, 3)).output_shape
        (None, 3, 3, 2048)
    """
    x, numbered = given.images, Numbered()
    for place, (filters, strides) in enumerate(((32, 2), (64, 1)), 1):
        name = f"block1_conv{place}"
        x = _activated(
            _normalised(Conv2D(filters, 3, strides=strides, use_bias=False, name=name)(x), name), name
        )
    for block in range(2, 14):
        x = _halving(x, block, numbered) if block in HALVING else _middle(x, block, numbered)
    for place, filters in enumerate((1536, 2048), 1):
        name = f"block14_sepconv{place}"
        x = _activated(_separable(x, filters, name), name)
    files = KerasFiles.usual(
        "xception/", "xception", ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97")
    )  # fmt: skip
    if given.include_top:
        return given.model(given.mean_and_predictions(x), files)
    return given.model(given.pooled(x, named=False), files)


def _halving(x: SymbolicTensor, block: int, numbered: Numbered) -> SymbolicTensor:
    """Return half as many rows and columns: two separable convolutions and a pooling, beside a 1x1 convolution."""
    filters = HALVING[block]
    shortcut = Conv2D(
        filters[1], 1, strides=2, padding="same", use_bias=False, name=numbered("conv2d")
    )(x)  # fmt: skip
    shortcut = BatchNormalization(name=numbered("batch_normalization"))(shortcut)
    for place in (1, 2):
        name = f"block{block}_sepconv{place}"
        if block > 2 or place > 1:  # what comes into the second block is activated already
            x = _activated(x, name)
        x = _separable(x, filters[place - 1], name)
    x = MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
    return Add(name=numbered("add"))([x, shortcut])


def _middle(x: SymbolicTensor, block: int, numbered: Numbered) -> SymbolicTensor:
    """Return x plus what three separable convolutions make of it."""
    y = x
    for place in (1, 2, 3):
        name = f"block{block}_sepconv{place}"
        y = _separable(_activated(y, name), 728, name)
    return Add(name=numbered("add"))([y, x])
