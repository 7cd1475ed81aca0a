"""InceptionV3: Inception modules with large kernels split into small and flat ones."""

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
    ZeroPadding2D,
)
from convolens.models import Model

MINIMUM_SIZE = 75  # leaves one pixel at the end, none of the kernels without padding finds too few
DEFAULT_SHAPE = (299, 299, 3)
AUXILIARY_WEIGHT = (
    0.4  # of the auxiliary classifier's loss: the authors' training program, and PyTorch's tutorial
)

POOL_FILTERS = {"5b": 32, "5c": 64, "5d": 64}  # behind the pooling
FLAT_FILTERS = {"6b": 128, "6c": 160, "6d": 160, "6e": 192}  # between the 1 x 7 and 7 x 1 kernels


@application(MINIMUM_SIZE, DEFAULT_SHAPE)
def InceptionV3(given: Arguments, auxiliary_heads: bool = False, dropout: float = 0.5) -> Model:
    """Return Inception-v3 (Szegedy et al., 2015): 48 layers deep with 23,834,568 parameters that are trained.

    What it introduced: large kernels made of small ones (5x5 as two 3x3) and of flat ones (7x7 as 1x7 and 7x1), and steps down
    that pool and convolve side by side, so that no information is squeezed. Batch normalisation is everywhere.

    It is torchvision's form: the poolings inside the modules count the zeros around the image, and names and outputs are
    equal. torchvision's own weights expect pixels in [-1, 1] (its `transform_input` turns ImageNet's mean and deviation
    into that).

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights; torchvision's fit by their names.
        input_shape: (rows, columns, channels), at least 75 x 75; None is (299, 299, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        auxiliary_heads: a further classifier on the way, whose loss enters training with a weight of 0.4 and which predicts
            nothing: 27,161,264 parameters.
        dropout: rate before the classifier.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> InceptionV3(include_top=False, input_shape=(75, 75, 3)).output_shape
        (None, 1, 1, 2048)
    """
    x = _stem(given.inputs)  # 299 x 299 -> 35 x 35
    for label, filters in POOL_FILTERS.items():
        x = _small_kernels(x, f"Mixed_{label}", filters)
    x = _first_step_down(x, "Mixed_6a")  # -> 17 x 17
    for label, filters in FLAT_FILTERS.items():
        x = _flat_kernels(x, f"Mixed_{label}", filters)
    auxiliary = []
    if auxiliary_heads and given.include_top:
        auxiliary.append((_head(x, given, "AuxLogits"), AUXILIARY_WEIGHT))
    x = _second_step_down(x, "Mixed_7a")  # -> 8 x 8
    for label in ("7b", "7c"):
        x = _spread_kernels(x, f"Mixed_{label}")
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 8 x 8 x 2048 -> 2048
    y = Dropout(dropout, name="dropout")(y)
    return given.model(x, given.classifier(y, "fc"), auxiliary=auxiliary)


def _stem(x: SymbolicTensor) -> SymbolicTensor:
    """Return the features before the first module: 299 x 299 x 3 -> 35 x 35 x 192."""
    x = chain(
        x,
        "Conv2d_",
        Step("1a_3x3", 32, 3, 2, "valid"),
        Step("2a_3x3", 32, 3, 1, "valid"),
        Step("2b_3x3", 64, 3),
    )
    x = MaxPooling2D(3, strides=2, name="maxpool1")(x)  # 147 -> 73
    x = chain(x, "Conv2d_", Step("3b_1x1", 80), Step("4a_3x3", 192, 3, 1, "valid"))
    return MaxPooling2D(3, strides=2, name="maxpool2")(x)  # 71 -> 35


def _pooled(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return the mean of each 3 x 3 window; zeros around the image are counted, as in torchvision."""
    x = ZeroPadding2D(1, name=f"{name}.padding")(x)
    return AveragePooling2D(3, strides=1, name=f"{name}.pool")(x)


def _small_kernels(x: SymbolicTensor, name: str, pool_filters: int) -> SymbolicTensor:
    """Return a module at 35 x 35: 1x1, 5x5, two 3x3 in a row, and a pooling."""
    prefix = f"{name}.branch"
    branches = [
        chain(x, prefix, Step("1x1", 64)),
        chain(x, prefix, Step("5x5_1", 48), Step("5x5_2", 64, 5)),
        chain(x, prefix, Step("3x3dbl_1", 64), Step("3x3dbl_2", 96, 3), Step("3x3dbl_3", 96, 3)),
        chain(_pooled(x, name), prefix, Step("_pool", pool_filters)),
    ]
    return side_by_side(name, branches)


def _first_step_down(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return the module that halves 35 x 35 to 17 x 17."""
    prefix = f"{name}.branch"
    double = chain(
        x, prefix, Step("3x3dbl_1", 64), Step("3x3dbl_2", 96, 3), Step("3x3dbl_3", 96, 3, 2, "valid")
    )
    branches = [
        chain(x, prefix, Step("3x3", 384, 3, 2, "valid")),
        double,
        MaxPooling2D(3, strides=2, name=f"{name}.pool")(x),
    ]
    return side_by_side(name, branches)


def _flat_kernels(x: SymbolicTensor, name: str, filters: int) -> SymbolicTensor:
    """Return a module at 17 x 17: 7x7 kernels as pairs of 1x7 and 7x1."""
    prefix, wide, high = f"{name}.branch", (1, 7), (7, 1)
    double = chain(
        x,
        prefix,
        Step("7x7dbl_1", filters),
        Step("7x7dbl_2", filters, high),
        Step("7x7dbl_3", filters, wide),
        Step("7x7dbl_4", filters, high),
        Step("7x7dbl_5", 192, wide),
    )
    branches = [
        chain(x, prefix, Step("1x1", 192)),
        chain(x, prefix, Step("7x7_1", filters), Step("7x7_2", filters, wide), Step("7x7_3", 192, high)),
        double,
        chain(_pooled(x, name), prefix, Step("_pool", 192)),
    ]
    return side_by_side(name, branches)


def _second_step_down(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return the module that halves 17 x 17 to 8 x 8."""
    prefix = f"{name}.branch"
    large = chain(
        x,
        prefix,
        Step("7x7x3_1", 192),
        Step("7x7x3_2", 192, (1, 7)),
        Step("7x7x3_3", 192, (7, 1)),
        Step("7x7x3_4", 192, 3, 2, "valid"),
    )
    branches = [
        chain(x, prefix, Step("3x3_1", 192), Step("3x3_2", 320, 3, 2, "valid")),
        large,
        MaxPooling2D(3, strides=2, name=f"{name}.pool")(x),
    ]
    return side_by_side(name, branches)


def _spread_kernels(x: SymbolicTensor, name: str) -> SymbolicTensor:
    """Return a module at 8 x 8: 3x3 kernels as a 1x3 and a 3x1 side by side."""
    prefix = f"{name}.branch"
    single = chain(x, prefix, Step("3x3_1", 384))
    double = chain(x, prefix, Step("3x3dbl_1", 448), Step("3x3dbl_2", 384, 3))
    branches = [
        chain(x, prefix, Step("1x1", 320)),
        chain(single, prefix, Step("3x3_2a", 384, (1, 3))),
        chain(single, prefix, Step("3x3_2b", 384, (3, 1))),
        chain(double, prefix, Step("3x3dbl_3a", 384, (1, 3))),
        chain(double, prefix, Step("3x3dbl_3b", 384, (3, 1))),
        chain(_pooled(x, name), prefix, Step("_pool", 192)),
    ]
    return side_by_side(name, branches)


def _head(x: SymbolicTensor, given: Arguments, name: str) -> SymbolicTensor:
    """Return the auxiliary classifier's output: 17 x 17 -> 5 x 5 -> 1 x 1 -> classes.

    Images below 299 x 299 leave fewer than 5 x 5 pixels to its last kernel, which then sees zeros around them.
    """
    window = tuple(min(5, size or 5) for size in x.shape[1:3])
    x = AveragePooling2D(window, strides=3, name=f"{name}.pool")(x)
    padding = "valid" if min(size or 5 for size in x.shape[1:3]) >= 5 else "same"
    x = chain(x, f"{name}.", Step("conv0", 128), Step("conv1", 768, 5, 1, padding))
    return given.classifier(GlobalAveragePooling2D(name=f"{name}.avgpool")(x), f"{name}.fc")


INCEPTION_V3 = Architecture(
    name="inception-v3",
    build=InceptionV3,
    size=299,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="Inception modules of small and flat kernels, with batch normalisation; 2015",
    training={"auxiliary_heads": True},
)
