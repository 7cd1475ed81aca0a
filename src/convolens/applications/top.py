"""What all architectures share: Keras' arguments, checked, and the end of a network."""

from dataclasses import dataclass
from typing import Any

from convolens import activations
from convolens.applications.architecture import check_input_shape
from convolens.arguments import integer, one_of
from convolens.errors import ArgumentError
from convolens.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input, SymbolicTensor
from convolens.models import Model

IMAGENET = (224, 224, 3)  # rows, columns, channels


@dataclass(frozen=True)
class Arguments:
    """Keras' arguments of an application, checked.

    Attributes:
        name: of the network, for messages and as the model's name.
        include_top: whether the network ends in its classifier.
        pooling: without a classifier, "avg" or "max" over rows and columns, or None for the last feature map.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        inputs: the symbolic tensor at the beginning.
        weights: None for fresh ones, or a file of weights.
    """

    name: str
    include_top: bool
    pooling: str | None
    classes: int
    classifier_activation: Any
    inputs: SymbolicTensor
    weights: Any = None

    def model(self, features: SymbolicTensor, outputs: SymbolicTensor | None = None, **options: Any) -> Model:
        """Return the model that ends in `outputs`, or, where that is None, in the (pooled) features."""
        if outputs is None and self.pooling is not None:
            layer = GlobalAveragePooling2D if self.pooling == "avg" else GlobalMaxPooling2D
            features = layer(name=f"{self.pooling}_pool")(features)
        model = Model(self.inputs, features if outputs is None else outputs, name=self.name, **options)
        if self.weights is not None:
            model.load_weights(self.weights)
        return model

    def classifier(self, x: SymbolicTensor, name: str, initializer: Any = "glorot_uniform") -> SymbolicTensor:
        """Return the last dense layer's output."""
        activation = self.classifier_activation
        return Dense(self.classes, activation=activation, kernel_initializer=initializer, name=name)(x)


def check_arguments(
    where: str,
    minimum_size: int,
    include_top: bool,
    weights: Any,
    input_shape: Any,
    pooling: str | None,
    classes: int,
    classifier_activation: Any,
    name: str | None,
    default_shape: tuple[int, int, int] = IMAGENET,
) -> Arguments:
    """Return the arguments of an application, checked.

    Args:
        where: the function's name.
        minimum_size: the fewest rows and columns.
        default_shape: where `input_shape` is None.

    Raises:
        ShapeError: an input too small, or not (rows, columns, channels). UnknownNameError: no such activation.
        ArgumentError: another pooling, pooling with a classifier, or fewer than one class.
    """
    shape = check_input_shape(where, default_shape if input_shape is None else input_shape, minimum_size)
    if pooling is not None:
        one_of(where, "pooling", pooling, ("avg", "max"))
        if include_top:
            raise ArgumentError(
                f"{where}: pooling={pooling!r} is for include_top=False; leave one of them out."
            )
    activations.get(classifier_activation)
    return Arguments(
        name=name or where.lower(),
        include_top=bool(include_top),
        pooling=pooling,
        classes=integer(where, "classes", classes),
        classifier_activation=classifier_activation,
        inputs=Input(shape=shape, name="input_layer"),
        weights=weights,
    )
