"""ENet's encoder as a classifier: narrow bottlenecks with dilated and asymmetric kernels."""

from collections.abc import Sequence
from typing import Any

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.initializers import Constant
from convolens.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Permute,
    PReLU,
    SpatialDropout2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

MINIMUM_SIZE = 8  # halved three times
REDUCTION = 4  # a bottleneck is this many times narrower inside
SLOPE = 0.25  # of what is negative, at the beginning (He et al., 2015)

# The middle convolutions of sections 2 and 3 of the paper's table 1, kernel and dilation of each.
PLAIN, ASYMMETRIC = ((3, 1),), (((5, 1), 1), ((1, 5), 1))
SECTION = (
    PLAIN, ((3, 2),), ASYMMETRIC, ((3, 4),), PLAIN, ((3, 8),), ASYMMETRIC, ((3, 16),),
)  # fmt: skip


@application(MINIMUM_SIZE)
def ENet(given: Arguments) -> Model:
    """Return the encoder of ENet (Paszke et al., 2016) with a classifier: 466,519 parameters.

    What it introduced: a network small enough for video on a phone. It halves rows and columns early, is narrow inside its bottlenecks
    (1x1 reduction, a middle convolution, 1x1 expansion, all added to what came in), and sees far by dilated kernels and by 5x1 and 1x5
    ones in place of 5x5.

    The encoder is the paper's, up to bottleneck 3.8: an initial block, five bottlenecks of 64 channels and 17 of 128, batch normalisation
    and PReLU (one slope for each channel) behind each convolution, whole channels dropped at the end of a branch, no biases. The paper's decoder paints
    each pixel; here the mean over rows and columns and one dense layer name the photo, the form that Canziani et al. (2016) count. Where rows or
    columns are odd, the rest is Keras' "same" padding.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights.
        input_shape: (rows, columns, channels), at least 8 x 8; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> ENet(include_top=False, input_shape=(64, 64, 3)).output_shape
        (None, 8, 8, 128)
    """
    x = _initial(given.inputs)  # 224 x 224 x 3 -> 112 x 112 x 16
    for place in range(5):
        x = _bottleneck(x, f"bottleneck1.{place}", 64, PLAIN, 0.01, halve=place == 0)  # -> 56 x 56
    x = _bottleneck(x, "bottleneck2.0", 128, PLAIN, 0.1, halve=True)  # -> 28 x 28
    for section in (2, 3):
        for place, middle in enumerate(SECTION, 1):
            x = _bottleneck(x, f"bottleneck{section}.{place}", 128, middle, 0.1)
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 28 x 28 x 128 -> 128
    return given.model(x, given.classifier(y, "classifier"))


def _initial(x: SymbolicTensor) -> SymbolicTensor:
    """Return 13 filters and the largest of each 2x2 of the photo, side by side: half the rows and columns."""
    conv = _convolution(13, 3, "initial.conv", strides=2)(x)
    pool = MaxPooling2D(2, padding="same", name="initial.pool")(x)
    return _normalised(Concatenate(name="initial.concatenate")([conv, pool]), "initial")


def _bottleneck(
    x: SymbolicTensor,
    name: str,
    filters: int,
    middle: Sequence[tuple[Any, int]],
    dropout: float,
    halve: bool = False,
) -> SymbolicTensor:
    """Return x plus a branch that is narrow inside.

    Args:
        filters: channels of the result.
        middle: kernel and dilation of the convolutions between reduction and expansion.
        dropout: share of the branch's channels that training drops.
        halve: halve rows and columns; what x lacks in channels becomes zeros.
    """
    inside = filters // REDUCTION
    step = 2 if halve else 1
    y = _convolution(inside, step, f"{name}.reduce.conv", strides=step)(x)
    y = _normalised(y, f"{name}.reduce")
    for place, (kernel, dilation) in enumerate(middle):
        y = _convolution(inside, kernel, f"{name}.middle.conv{place + 1}", dilation_rate=dilation)(y)
    y = _normalised(y, f"{name}.middle")
    y = _convolution(filters, 1, f"{name}.expand.conv")(y)
    y = BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}.expand.bn")(y)
    y = SpatialDropout2D(dropout, name=f"{name}.dropout")(y)
    if halve:
        x = _wider(MaxPooling2D(2, padding="same", name=f"{name}.pool")(x), filters, name)
    return _prelu(Add(name=f"{name}.add")([x, y]), name)


def _convolution(filters: int, kernel: Any, name: str, **options: Any) -> Conv2D:
    return Conv2D(filters, kernel, padding="same", use_bias=False, name=name, **options)


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    x = BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}.bn")(x)
    return _prelu(x, name)


def _prelu(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return PReLU(Constant(SLOPE), shared_axes=[1, 2], name=f"{name}.prelu")(x)


def _wider(x: SymbolicTensor, channels: int, name: str) -> SymbolicTensor:
    """Return x with channels of zeros behind its own: padded as rows are, with the channels in the rows' place."""
    x = Permute((3, 2, 1), name=f"{name}.channels_first")(x)
    x = ZeroPadding2D(((0, channels - (x.shape[1] or 0)), (0, 0)), name=f"{name}.zeros")(x)
    return Permute((3, 2, 1), name=f"{name}.channels_last")(x)


ENET = Architecture(
    name="enet",
    build=ENet,
    size=224,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="the encoder of ENet: narrow bottlenecks, dilated and asymmetric kernels, half a million weights; 2016",
)
