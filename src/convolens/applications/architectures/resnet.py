"""ResNet18, 34, 50, 101 and 152: blocks that learn what to add to what comes in."""

from collections.abc import Callable, Sequence

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times
FILTERS = (64, 128, 256, 512)  # of the four stages
EXPANSION = 4  # a bottleneck ends in this many times more channels

# A block's convolutions as (kernel, times the stage's filters); the 3x3 that comes first takes the stage's step.
BASIC = ((3, 1), (3, 1))
BOTTLENECK = ((1, 1), (3, 1), (1, EXPANSION))

# Convolutions of a block, and blocks in each of the four stages.
DEPTHS = {
    "ResNet18": (BASIC, (2, 2, 2, 2)),
    "ResNet34": (BASIC, (3, 4, 6, 3)),
    "ResNet50": (BOTTLENECK, (3, 4, 6, 3)),
    "ResNet101": (BOTTLENECK, (3, 4, 23, 3)),
    "ResNet152": (BOTTLENECK, (3, 8, 36, 3)),
}


def _resnet(
    given: Arguments, convolutions: Sequence[tuple[int, int]], blocks: Sequence[int], zero_init_residual: bool
) -> Model:
    x = _normalised(given.inputs, 64, 7, 2, "conv1", "bn1")  # 224 x 224 x 3 -> 112 x 112 x 64
    x = ReLU(name="relu")(x)
    x = ZeroPadding2D(1, name="maxpool_padding")(x)  # zeros are below nothing that a ReLU gives
    x = MaxPooling2D(3, strides=2, name="maxpool")(x)  # -> 56 x 56
    for stage, (count, filters) in enumerate(zip(blocks, FILTERS, strict=True), 1):
        for place in range(count):
            step = 2 if place == 0 and stage > 1 else 1  # 56 -> 28 -> 14 -> 7
            x = _block(x, convolutions, filters, step, zero_init_residual, f"layer{stage}.{place}")
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 7 x 7 x 512 (or 2048) -> 512 (2048)
    return given.model(x, given.classifier(y, "fc"))


def _block(
    x: SymbolicTensor,
    convolutions: Sequence[tuple[int, int]],
    filters: int,
    step: int,
    zero_init_residual: bool,
    name: str,
) -> SymbolicTensor:
    """Return x plus what the block's convolutions make of it; where the shapes differ, x goes through a 1x1 convolution."""
    first = next(place for place, (kernel, _) in enumerate(convolutions) if kernel == 3)
    y = x
    for place, (kernel, times) in enumerate(convolutions):
        if place > 0:
            y = ReLU(name=f"{name}.relu{place}")(y)
        gamma = "zeros" if zero_init_residual and place == len(convolutions) - 1 else "ones"
        names = f"{name}.conv{place + 1}", f"{name}.bn{place + 1}"
        y = _normalised(y, filters * times, kernel, step if place == first else 1, *names, gamma)
    if step > 1 or x.shape[3] != y.shape[3]:
        x = _normalised(x, y.shape[3] or 0, 1, step, f"{name}.downsample.0", f"{name}.downsample.1")
    return ReLU(name=f"{name}.relu")(Add(name=f"{name}.add")([x, y]))


def _normalised(
    x: SymbolicTensor, filters: int, kernel: int, strides: int, conv: str, norm: str, gamma: str = "ones"
) -> SymbolicTensor:
    """Return a convolution without bias, padded alike on all sides, and normalised."""
    if strides > 1 and kernel > 1:  # Keras' "same" pads one more behind than before
        x = ZeroPadding2D(kernel // 2, name=f"{conv}_padding")(x)
    padding = "valid" if strides > 1 else "same"
    x = Conv2D(
        filters, kernel, strides=strides, padding=padding, use_bias=False, kernel_initializer="he_normal", name=conv
    )(x)  # fmt: skip
    return BatchNormalization(momentum=0.9, epsilon=1e-5, gamma_initializer=gamma, name=norm)(x)


@application(MINIMUM_SIZE)
def ResNet18(given: Arguments, zero_init_residual: bool = True) -> Model:
    """Return ResNet18: two 3x3 convolutions a block. 11,689,512 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet18(input_shape=(64, 64, 3), classes=10).output_shape
        (None, 10)
    """
    return _resnet(given, *DEPTHS["ResNet18"], zero_init_residual)


@application(MINIMUM_SIZE)
def ResNet34(given: Arguments, zero_init_residual: bool = True) -> Model:
    """Return ResNet34: two 3x3 convolutions a block. 21,797,672 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet34(include_top=False, input_shape=(64, 64, 3)).output_shape
        (None, 2, 2, 512)
    """
    return _resnet(given, *DEPTHS["ResNet34"], zero_init_residual)


@application(MINIMUM_SIZE)
def ResNet50(given: Arguments, zero_init_residual: bool = True) -> Model:
    """Return ResNet50 (He et al., 2015): 50 layers with weights, 25,557,032 parameters.

    What it introduced: a block's convolutions learn what to add to what comes in, so that gradients pass by them unchanged and a hundred
    layers learn. From 50 layers on a block is a bottleneck: 1x1 to fewer channels, 3x3, 1x1 to four times as many.

    Where a stage halves rows and columns, the 3x3 convolution does it: torchvision's form ("v1.5", Goyal et al., 2017). The paper's, and that of
    `keras.applications`, halves in the first 1x1 and has the same number of weights without biases; weights of one do not serve the other.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights; torchvision's fit by their names.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        zero_init_residual: fresh blocks add nothing to what comes in (Goyal et al., 2017): the last batch normalisation of each has 0 for
            its factors. torchvision's are 1 unless asked; a deep network whose averages are young then gives huge numbers.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> ResNet50(include_top=False, input_shape=(64, 64, 3), pooling="avg").output_shape
        (None, 2048)
    """
    return _resnet(given, *DEPTHS["ResNet50"], zero_init_residual)


@application(MINIMUM_SIZE)
def ResNet101(given: Arguments, zero_init_residual: bool = True) -> Model:
    """Return ResNet101: bottlenecks. 44,549,160 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet101(include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet(given, *DEPTHS["ResNet101"], zero_init_residual)


@application(MINIMUM_SIZE)
def ResNet152(given: Arguments, zero_init_residual: bool = True) -> Model:
    """Return ResNet152: bottlenecks. 60,192,808 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet152(include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet(given, *DEPTHS["ResNet152"], zero_init_residual)


def _entry(build: Callable[..., Model], summary: str) -> Architecture:
    layers = build.__name__.removeprefix("ResNet")
    return Architecture(
        name=f"resnet-{layers}",
        build=build,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary=f"{layers} layers with weights, residual blocks of {summary}; 2015",
    )


RESNETS = (
    *(_entry(build, "two 3x3 convolutions") for build in (ResNet18, ResNet34)),
    *(_entry(build, "1x1, 3x3 and 1x1") for build in (ResNet50, ResNet101, ResNet152)),
)
