"""Keras' MobileNet, the first version."""

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.weights import ADDRESS, KerasFiles
from convolens.arguments import one_of
from convolens.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

SIZES = (128, 160, 192, 224)  # that there are learnt weights for
WIDTHS = {1.0: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5"}  # and how their files are called

# Filters of the thirteen blocks, and the ones that halve rows and columns.
FILTERS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
HALVING = (2, 4, 6, 12)

ORDER = (
    "input_shape", "alpha", "depth_multiplier", "dropout", "include_top", "weights", "input_tensor", "pooling", "classes",
    "classifier_activation", "name",
)  # fmt: skip


def _activated(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return ReLU(6.0, name=f"{name}_relu")(BatchNormalization(name=f"{name}_bn")(x))


@keras_application(32, sizes=SIZES, order=ORDER, name=None)
def MobileNet(given: Given, alpha: float = 1.0, depth_multiplier: int = 1, dropout: float = 1e-3) -> Model:
    """Return Keras' MobileNet (Howard et al., 2017): 4,253,864 parameters.

    What it introduced: a convolution of each channel alone and a mixing at each pixel in place of full convolutions, for small
    devices. Images as `applications.mobilenet.preprocess_input` gives them, in -1..1.

    Args:
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3), and without a classifier free sides.
        alpha: times the filters of every layer.
        depth_multiplier: kernels of each channel.
        dropout: rate before the classifier.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as of `VGG16`.

    Raises: as of `VGG16`.

    Example:
        >>> MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3), alpha=0.25).output_shape
        (None, 1, 1, 256)
    """
    learnt = isinstance(given.weights, str) and given.weights == "imagenet"
    if learnt:
        one_of("MobileNet", "alpha", alpha, tuple(WIDTHS))
        one_of("MobileNet", "depth_multiplier", depth_multiplier, (1,))
    size = given.side if given.side in SIZES else 224
    x = Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(given.images)
    x = _activated(x, "conv1")
    for block, filters in enumerate(FILTERS, 1):
        halves = block in HALVING
        if halves:
            x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{block}")(x)
        x = DepthwiseConv2D(
            3, strides=2 if halves else 1, padding="valid" if halves else "same", depth_multiplier=depth_multiplier,
            use_bias=False, name=f"conv_dw_{block}",
        )(x)  # fmt: skip
        x = _activated(x, f"conv_dw_{block}")
        x = Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{block}")(x)
        x = _activated(x, f"conv_pw_{block}")
    stem = f"mobilenet_{WIDTHS.get(alpha)}_{size}_tf"
    files = KerasFiles(f"{ADDRESS}mobilenet/", (f"{stem}.h5", f"{stem}_no_top.h5"))
    given = given.named(f"mobilenet_{alpha:0.2f}_{size if learnt else given.images.shape[1]}")
    if not given.include_top:
        return given.model(given.pooled(x, named=False), files)
    x = GlobalAveragePooling2D(keepdims=True)(x)  # -> 1 x 1
    x = Dropout(dropout, name="dropout")(x)
    x = Conv2D(given.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((given.classes,), name="reshape_2")(x)
    return given.model(Activation(given.classifier_activation, name="predictions")(x), files)
