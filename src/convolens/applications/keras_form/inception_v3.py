"""Keras' InceptionV3."""

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.naming import Numbered
from convolens.applications.keras_form.weights import KerasFiles
from convolens.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
)
from convolens.models import Model

WIDE, HIGH = (1, 7), (7, 1)

POOL_FILTERS = (32, 64, 64)  # behind the pooling, of mixed0 to mixed2
FLAT_FILTERS = (128, 160, 160, 192)  # between the flat kernels, of mixed4 to mixed7


class _Convolving:
    """Convolutions without bias, normalised and activated, numbered in the order of their making, as Keras does."""

    def __init__(self) -> None:
        self.numbered = Numbered()

    def __call__(
        self,
        x: SymbolicTensor,
        filters: int,
        kernel: int | tuple[int, int] = 1,
        strides: int = 1,
        padding: str = "same",
    ) -> SymbolicTensor:
        named = self.numbered
        x = Conv2D(
            filters, kernel, strides=strides, padding=padding, use_bias=False, name=named("conv2d")
        )(x)  # fmt: skip
        x = BatchNormalization(scale=False, name=named("batch_normalization"))(x)
        return Activation("relu", name=named("activation"))(x)

    def averaged(self, x: SymbolicTensor, filters: int) -> SymbolicTensor:
        """Return the branch of the means of 3x3 windows."""
        x = AveragePooling2D(3, strides=1, padding="same", name=self.numbered("average_pooling2d"))(x)
        return self(x, filters)

    def largest(self, x: SymbolicTensor) -> SymbolicTensor:
        """Return the largest values of 3x3 windows, half as many."""
        return MaxPooling2D(3, strides=2, name=self.numbered("max_pooling2d"))(x)


@keras_application(75, default_size=299, name="inception_v3")
def InceptionV3(given: Given) -> Model:
    """Return Keras' InceptionV3 (Szegedy et al., 2015): 23,851,784 parameters.

    Images as `applications.inception_v3.preprocess_input` gives them, in -1..1. The poolings inside its modules do not count the
    zeros around the image; torchvision's do, and its form is `applications.build("inception-v3", ...)`.

    Args:
        input_shape: (rows, columns, channels), at least 75 x 75; None is (299, 299, 3), and without a classifier free sides.
        include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as of `VGG16`.

    Raises: as of `VGG16`.

    Example:
        >>> model = InceptionV3(include_top=False, weights=None, input_shape=(75, 75, 3))
        >>> model.get_layer("mixed7").output_shape
        (None, 3, 3, 768)
    """
    convolving = _Convolving()
    x = convolving(given.images, 32, 3, strides=2, padding="valid")
    x = convolving(x, 32, 3, padding="valid")
    x = convolving(x, 64, 3)
    x = convolving.largest(x)
    x = convolving(x, 80, padding="valid")
    x = convolving(x, 192, 3, padding="valid")
    x = convolving.largest(x)  # 299 x 299 -> 35 x 35
    for place, filters in enumerate(POOL_FILTERS):
        x = _small_kernels(convolving, x, filters, f"mixed{place}")
    x = _first_step_down(convolving, x)  # -> 17 x 17
    for place, filters in enumerate(FLAT_FILTERS, 4):
        x = _flat_kernels(convolving, x, filters, f"mixed{place}")
    x = _second_step_down(convolving, x)  # -> 8 x 8
    for place in range(2):
        x = _spread_kernels(convolving, x, place)
    files = KerasFiles.usual(
        "inception_v3/", "inception_v3", ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63")
    )  # fmt: skip
    if given.include_top:
        return given.model(given.mean_and_predictions(x), files)
    return given.model(given.pooled(x, named=False), files)


def _small_kernels(convolving: _Convolving, x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """Return a module at 35 x 35: 1x1, 5x5, two 3x3 in a row, and a pooling."""
    one = convolving(x, 64)
    five = convolving(convolving(x, 48), 64, 5)
    double = convolving(convolving(convolving(x, 64), 96, 3), 96, 3)
    return Concatenate(name=name)([one, five, double, convolving.averaged(x, filters)])


def _first_step_down(convolving: _Convolving, x: SymbolicTensor) -> SymbolicTensor:
    single = convolving(x, 384, 3, strides=2, padding="valid")
    double = convolving(convolving(x, 64), 96, 3)
    double = convolving(double, 96, 3, strides=2, padding="valid")
    return Concatenate(name="mixed3")([single, double, convolving.largest(x)])


def _flat_kernels(convolving: _Convolving, x: SymbolicTensor, filters: int, name: str) -> SymbolicTensor:
    """Return a module at 17 x 17: 7x7 kernels as pairs of 1x7 and 7x1."""
    one = convolving(x, 192)
    single = convolving(convolving(convolving(x, filters), filters, WIDE), 192, HIGH)
    double = convolving(convolving(x, filters), filters, HIGH)
    double = convolving(convolving(double, filters, WIDE), filters, HIGH)
    double = convolving(double, 192, WIDE)
    return Concatenate(name=name)([one, single, double, convolving.averaged(x, 192)])


def _second_step_down(convolving: _Convolving, x: SymbolicTensor) -> SymbolicTensor:
    single = convolving(convolving(x, 192), 320, 3, strides=2, padding="valid")
    large = convolving(convolving(convolving(x, 192), 192, WIDE), 192, HIGH)
    large = convolving(large, 192, 3, strides=2, padding="valid")
    return Concatenate(name="mixed8")([single, large, convolving.largest(x)])


def _spread_kernels(convolving: _Convolving, x: SymbolicTensor, place: int) -> SymbolicTensor:
    """Return a module at 8 x 8: 3x3 kernels as a 1x3 and a 3x1 side by side."""
    one = convolving(x, 320)
    single = convolving(x, 384)
    single = Concatenate(name=f"mixed9_{place}")(
        [convolving(single, 384, (1, 3)), convolving(single, 384, (3, 1))]
    )
    double = convolving(convolving(x, 448), 384, 3)
    both = [convolving(double, 384, (1, 3)), convolving(double, 384, (3, 1))]
    double = Concatenate(name=convolving.numbered("concatenate"))(both)
    return Concatenate(name=f"mixed{9 + place}")([one, single, double, convolving.averaged(x, 192)])
