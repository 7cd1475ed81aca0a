"""ConvNeXtTiny: a residual network of large depthwise kernels, made in the manner of transformers."""

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.arguments import number_in
from convolens.initializers import TruncatedNormal
from convolens.layers import (
    Add,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    LayerNormalization,
    LayerScale,
    StochasticDepth,
    SymbolicTensor,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # a quarter, then halved three times

TINY = {96: 3, 192: 3, 384: 9, 768: 3}  # channels of each stage, and its blocks


def _start() -> TruncatedNormal:
    return TruncatedNormal(stddev=0.02)  # of all kernels, as in the paper


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return LayerNormalization(epsilon=1e-6, name=name)(x)


def _convnext(given: Arguments, stages: dict[int, int], stochastic_depth: float) -> Model:
    x, place, block = given.inputs, 0, 0
    last = max(1, sum(stages.values()) - 1)
    for channels, blocks in stages.items():
        if place == 0:  # the stem: patches of 4 x 4 pixels
            x = Conv2D(channels, 4, strides=4, kernel_initializer=_start(), name="features.0.0")(x)
            x = _normalised(x, "features.0.1")
        else:
            x = _normalised(x, f"features.{place}.0")
            x = Conv2D(channels, 2, strides=2, kernel_initializer=_start(), name=f"features.{place}.1")(x)
        for number in range(blocks):
            x = _block(x, f"features.{place + 1}.{number}", channels, stochastic_depth * block / last)
            block += 1
        place += 2
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 7 x 7 x 768 -> 768
    y = _normalised(y, "classifier.0")
    return given.model(x, given.classifier(y, "classifier.2", _start()))


def _block(x: SymbolicTensor, name: str, channels: int, rate: float) -> SymbolicTensor:
    """Return a block: a 7x7 look at each channel, two dense layers at each place, added to what came in."""
    y = DepthwiseConv2D(7, padding="same", depthwise_initializer=_start(), name=f"{name}.block.0")(x)
    y = _normalised(y, f"{name}.block.2")
    y = Dense(4 * channels, activation="gelu", kernel_initializer=_start(), name=f"{name}.block.3")(y)
    y = Dense(channels, kernel_initializer=_start(), name=f"{name}.block.5")(y)
    y = LayerScale(1e-6, name=f"{name}.layer_scale")(y)
    y = StochasticDepth(rate, name=f"{name}.stochastic_depth")(y)
    return Add(name=f"{name}.add")([x, y])


def renamed(name: str) -> str:
    """Return what a weight of torchvision's ConvNeXt is called here: a layer's scale is a layer of its own.

    Example:
        >>> renamed("features.1.0.layer_scale"), renamed("features.0.0.weight")
        ('features.1.0.layer_scale.weight', 'features.0.0.weight')
    """
    return f"{name}.weight" if name.endswith(".layer_scale") else name


@application(MINIMUM_SIZE, renamed=renamed)
def ConvNeXtTiny(given: Arguments, stochastic_depth: float = 0.1) -> Model:
    """Return ConvNeXt-Tiny (Liu et al., 2022): 28,589,128 parameters.

    What it introduced: a residual network changed step by step into what vision transformers do, and then as good as they:
    patches of 4x4 pixels at the beginning, 7x7 depthwise kernels, layer normalisation, GELU, one activation a block.

    It is torchvision's form; one name differs there, see `convnext.renamed`. Its layers `LayerScale` and `StochasticDepth`
    are not in Keras, so it is saved as safetensors and not as .keras.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        stochastic_depth: how often the last block is left out of an image's way in training, in [0, 1); the blocks before
            it less, the first never.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> ConvNeXtTiny(include_top=False, input_shape=(64, 64, 3)).output_shape
        (None, 2, 2, 768)
    """
    rate = number_in("ConvNeXtTiny", "stochastic_depth", stochastic_depth, 0.0, 1.0, open_high=True)
    return _convnext(given, TINY, rate)


CONVNEXTS = (
    Architecture(
        name="convnext-tiny",
        build=ConvNeXtTiny,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary="large depthwise kernels and layer normalisation, in the manner of transformers; 2022",
        renamed=renamed,
    ),
)
