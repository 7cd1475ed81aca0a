"""Keras' MobileNetV2."""

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.padding import correct_pad, divisible
from convolens.applications.keras_form.weights import ADDRESS, KerasFiles
from convolens.arguments import one_of
from convolens.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    ReLU,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

SIZES = (96, 128, 160, 192, 224)  # that there are learnt weights for
WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)

# (filters, blocks, step of the first, times more channels inside), a row of the paper's table each.
STAGES = (
    (16, 1, 1, 1),
    (24, 2, 2, 6),
    (32, 3, 2, 6),
    (64, 4, 2, 6),
    (96, 3, 1, 6),
    (160, 3, 2, 6),
    (320, 1, 1, 6),
)

ORDER = (
    "input_shape", "alpha", "include_top", "weights", "input_tensor", "pooling", "classes", "classifier_activation", "name",
)  # fmt: skip


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)


@keras_application(32, sizes=SIZES, order=ORDER, name=None)
def MobileNetV2(given: Given, alpha: float = 1.0) -> Model:
    """Return Keras' MobileNetV2 (Sandler et al., 2018): 3,538,984 parameters.

    What it introduced: blocks that widen, convolve each channel alone and narrow without an activation, with what came in added.
    Images as `applications.mobilenet_v2.preprocess_input` gives them, in -1..1.

    Args:
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3), and without a classifier free sides.
        alpha: times the filters of every layer.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as of `VGG16`.

    Raises: as of `VGG16`.

    Example:
        >>> MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3)).output_shape
        (None, 3, 3, 1280)
    """
    learnt = isinstance(given.weights, str) and given.weights == "imagenet"
    if learnt:
        one_of("MobileNetV2", "alpha", alpha, WIDTHS)
    size = given.side if given.side in SIZES else 224
    x = Conv2D(divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(
        given.images
    )
    x = ReLU(6.0, name="Conv1_relu")(_normalised(x, "bn_Conv1"))
    place = 0
    for filters, blocks, strides, expansion in STAGES:
        for block in range(blocks):
            x = _block(x, place, divisible(int(filters * alpha)), strides if block == 0 else 1, expansion)
            place += 1
    x = Conv2D(divisible(1280 * max(1.0, alpha)), 1, use_bias=False, name="Conv_1")(x)
    x = ReLU(6.0, name="out_relu")(_normalised(x, "Conv_1_bn"))
    stem = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{size}"
    files = KerasFiles(f"{ADDRESS}mobilenet_v2/", (f"{stem}.h5", f"{stem}_no_top.h5"))
    given = given.named(f"mobilenetv2_{alpha:0.2f}_{size if learnt else given.images.shape[1]}")
    if not given.include_top:
        return given.model(given.pooled(x, named=False), files)
    return given.model(given.predictions(GlobalAveragePooling2D()(x)), files)


def _block(x: SymbolicTensor, place: int, filters: int, strides: int, expansion: int) -> SymbolicTensor:
    channels, y = x.shape[3] or 0, x
    name = f"block_{place}_" if place else "expanded_conv_"
    if place:
        y = Conv2D(expansion * channels, 1, padding="same", use_bias=False, name=f"{name}expand")(y)
        y = ReLU(6.0, name=f"{name}expand_relu")(_normalised(y, f"{name}expand_BN"))
    if strides == 2:
        y = ZeroPadding2D(correct_pad(y, 3), name=f"{name}pad")(y)
    y = DepthwiseConv2D(
        3, strides=strides, padding="same" if strides == 1 else "valid", use_bias=False, name=f"{name}depthwise"
    )(y)  # fmt: skip
    y = ReLU(6.0, name=f"{name}depthwise_relu")(_normalised(y, f"{name}depthwise_BN"))
    y = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(y)
    y = _normalised(y, f"{name}project_BN")
    return Add(name=f"{name}add")([x, y]) if channels == filters and strides == 1 else y
