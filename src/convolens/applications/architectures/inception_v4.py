"""InceptionV4: a deeper, more regular Inception network, whose stem has branches too."""

from convolens.applications.architectures.inception_chain import Step, chain, side_by_side
from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    AveragePooling2D,
    Dropout,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SymbolicTensor,
)
from convolens.models import Model

MINIMUM_SIZE = 75  # leaves one pixel at the end, none of the kernels without padding finds too few
DEFAULT_SHAPE = (299, 299, 3)

WIDE, HIGH = (1, 7), (7, 1)  # a 7 x 7 kernel as two flat ones
WIDE_3, HIGH_3 = (1, 3), (3, 1)


@application(MINIMUM_SIZE, DEFAULT_SHAPE)
def InceptionV4(given: Arguments, dropout: float = 0.2) -> Model:
    """Return Inception-v4 (Szegedy et al., 2016): 42,679,816 parameters that are trained.

    What it introduced: one plan for all modules of a size (4, 7 and 3 of them), a stem with branches of its own, and a
    comparison in which residual connections made such networks learn faster but not better.

    Neither Keras nor torchvision has it; layers are named as timm's, whose weights fit. They expect pixels in [-1, 1].

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights; timm's `inception_v4` fit by their names.
        input_shape: (rows, columns, channels), at least 75 x 75; None is (299, 299, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        dropout: rate before the classifier.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> InceptionV4(include_top=False, input_shape=(75, 75, 3)).output_shape
        (None, 1, 1, 1536)
    """
    x = _stem(given.inputs)  # 299 x 299 -> 35 x 35
    modules = [_module_a] * 4 + [_reduction_a] + [_module_b] * 7 + [_reduction_b] + [_module_c] * 3
    for place, module in enumerate(modules, start=6):
        x = module(x, f"features.{place}")
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="global_pool")(x)  # 8 x 8 x 1536 -> 1536
    y = Dropout(dropout, name="head_drop")(y)
    return given.model(x, given.classifier(y, "last_linear"))


def _stem(x: SymbolicTensor) -> SymbolicTensor:
    """Return the features before the first module: 299 x 299 x 3 -> 35 x 35 x 384; figure 3 of the paper."""
    x = chain(
        x,
        "features.",
        Step("0", 32, 3, 2, "valid"),  # -> 149 x 149
        Step("1", 32, 3, 1, "valid"),
        Step("2", 64, 3),  # -> 147 x 147
    )
    pooled = MaxPooling2D(3, strides=2, name="features.3.maxpool")(x)  # -> 73 x 73
    x = side_by_side("features.3", [pooled, chain(x, "features.3.", Step("conv", 96, 3, 2, "valid"))])
    short = chain(x, "features.4.branch0.", Step("0", 64), Step("1", 96, 3, 1, "valid"))
    long = chain(
        x,
        "features.4.branch1.",
        Step("0", 64),
        Step("1", 64, WIDE),
        Step("2", 64, HIGH),
        Step("3", 96, 3, 1, "valid"),
    )
    x = side_by_side("features.4", [short, long])  # -> 71 x 71
    pooled = MaxPooling2D(3, strides=2, name="features.5.maxpool")(x)  # -> 35 x 35
    return side_by_side("features.5", [chain(x, "features.5.", Step("conv", 192, 3, 2, "valid")), pooled])


def _projected(x: SymbolicTensor, name: str, filters: int) -> SymbolicTensor:
    """Return the branch of a mean over 3 x 3 pixels (those outside are not counted) and a 1x1 convolution."""
    pooled = AveragePooling2D(3, strides=1, padding="same", name=f"{name}.branch3.0")(x)
    return chain(pooled, f"{name}.branch3.", Step("1", filters))


def _module_a(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return a module at 35 x 35, 384 channels; figure 4."""
    branches = [
        chain(x, f"{name}.", Step("branch0", 96)),
        chain(x, f"{name}.branch1.", Step("0", 64), Step("1", 96, 3)),
        chain(x, f"{name}.branch2.", Step("0", 64), Step("1", 96, 3), Step("2", 96, 3)),
        _projected(x, name, 96),
    ]
    return side_by_side(name, branches)


def _reduction_a(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return the module from 35 x 35 to 17 x 17; figure 7."""
    branches = [
        chain(x, f"{name}.", Step("branch0", 384, 3, 2, "valid")),
        chain(x, f"{name}.branch1.", Step("0", 192), Step("1", 224, 3), Step("2", 256, 3, 2, "valid")),
        MaxPooling2D(3, strides=2, name=f"{name}.branch2")(x),
    ]
    return side_by_side(name, branches)


def _module_b(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return a module at 17 x 17, 1024 channels; figure 5."""
    long = chain(
        x,
        f"{name}.branch2.",
        Step("0", 192),
        Step("1", 192, HIGH),
        Step("2", 224, WIDE),
        Step("3", 224, HIGH),
        Step("4", 256, WIDE),
    )
    branches = [
        chain(x, f"{name}.", Step("branch0", 384)),
        chain(x, f"{name}.branch1.", Step("0", 192), Step("1", 224, WIDE), Step("2", 256, HIGH)),
        long,
        _projected(x, name, 128),
    ]
    return side_by_side(name, branches)


def _reduction_b(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return the module from 17 x 17 to 8 x 8; figure 8."""
    long = chain(
        x,
        f"{name}.branch1.",
        Step("0", 256),
        Step("1", 256, WIDE),
        Step("2", 320, HIGH),
        Step("3", 320, 3, 2, "valid"),
    )
    branches = [
        chain(x, f"{name}.branch0.", Step("0", 192), Step("1", 192, 3, 2, "valid")),
        long,
        MaxPooling2D(3, strides=2, name=f"{name}.branch2")(x),
    ]
    return side_by_side(name, branches)


def _module_c(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return a module at 8 x 8, 1536 channels, whose flat kernels lie side by side; figure 6."""
    prefix = f"{name}."
    short = chain(x, prefix, Step("branch1_0", 384))
    long = chain(
        x, prefix, Step("branch2_0", 384), Step("branch2_1", 448, HIGH_3), Step("branch2_2", 512, WIDE_3)
    )
    branches = [
        chain(x, prefix, Step("branch0", 256)),
        chain(short, prefix, Step("branch1_1a", 256, WIDE_3)),
        chain(short, prefix, Step("branch1_1b", 256, HIGH_3)),
        chain(long, prefix, Step("branch2_3a", 256, WIDE_3)),
        chain(long, prefix, Step("branch2_3b", 256, HIGH_3)),
        _projected(x, name, 256),
    ]
    return side_by_side(name, branches)


INCEPTION_V4 = Architecture(
    name="inception-v4",
    build=InceptionV4,
    size=299,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="a deeper and more regular Inception network; 2016",
)
