"""What all architectures share: Keras' arguments, checked, and the end of a network."""

import warnings
from dataclasses import dataclass
from typing import Any

from convolens import activations
from convolens.applications.architecture import check_input_shape, same_name
from convolens.applications.imagenet import simple
from convolens.applications.matching import load_pretrained
from convolens.applications.pretrained import Pretrained, find_weights
from convolens.arguments import integer, one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input, Layer, SymbolicTensor
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
        inputs: the symbolic tensor that the first layer takes: the images, normalised where the weights want it.
        source: the symbolic tensor of the images.
        weights: what `find_weights` found; None for fresh ones.
        full_name: of the network with its variant, by which the registry knows it.
    """

    name: str
    include_top: bool
    pooling: str | None
    classes: int
    classifier_activation: Any
    inputs: SymbolicTensor
    source: SymbolicTensor
    weights: Pretrained | None = None
    full_name: str = ""

    def model(self, features: SymbolicTensor, outputs: SymbolicTensor | None = None, **options: Any) -> Model:
        """Return the model that ends in `outputs`, or, where that is None, in the (pooled) features."""
        if outputs is None and self.pooling is not None:
            layer = GlobalAveragePooling2D if self.pooling == "avg" else GlobalMaxPooling2D
            features = layer(name=f"{self.pooling}_pool")(features)
        model = Model(self.source, features if outputs is None else outputs, name=self.name, **options)
        begin_with(model, self.weights, self.full_name, self.include_top)
        return model

    def classifier(self, x: SymbolicTensor, name: str, initializer: Any = "glorot_uniform") -> SymbolicTensor:
        """Return the last dense layer's output."""
        activation = self.classifier_activation
        return Dense(self.classes, activation=activation, kernel_initializer=initializer, name=name)(x)


def begin_with(model: Model, weights: Pretrained | None, name: str, include_top: bool = True) -> None:
    """Copy first weights into a new model; a warning says what stays fresh.

    Args:
        model: built.
        weights: what `find_weights` returned.
        name: of the architecture or its function.
        include_top: whether the model ends in its classifier.
    """
    from convolens.applications import APPLICATIONS  # the registry holds the functions that call this

    if weights is None:
        return
    known = [entry for entry in APPLICATIONS.values() if simple(entry.name) == simple(name)]
    warn_of(load_pretrained(model, weights, known[0].renamed if known else same_name, include_top))


def warn_of(lines: list[str]) -> None:
    """Warn of each line."""
    for line in lines:
        warnings.warn(f"{line}.", stacklevel=4)


def normalizing(where: str, shape: tuple[int, int, int], weights: Pretrained | None) -> list[Layer]:
    """Return the layers that make of images what first weights want: one, or none.

    Raises:
        ShapeError: images of other channels than these were learnt from.
    """
    if weights is None or weights.normalization is None:
        return []
    wanted, channels = len(weights.normalization.mean), shape[-1]
    if wanted != channels:
        raise ShapeError(
            f"{where}: the weights ({weights.title}) take images of {wanted} channels, and input_shape has {channels}; give "
            f"images of {wanted} channels, or begin without weights."
        )
    return [weights.normalization.layer()]


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
    variant: str = "",
) -> Arguments:
    """Return the arguments of an application, checked.

    Args:
        where: the function's name.
        minimum_size: the fewest rows and columns.
        weights: as `find_weights` takes them.
        default_shape: where `input_shape` is None.
        variant: what the registry's name has behind the function's, "-bn" say.

    Raises:
        ShapeError: an input too small, or not (rows, columns, channels). UnknownNameError: no such activation.
        ArgumentError: another pooling, pooling with a classifier, or fewer than one class.
        Others: those of `find_weights`.
    """
    shape = check_input_shape(where, default_shape if input_shape is None else input_shape, minimum_size)
    if pooling is not None:
        one_of(where, "pooling", pooling, ("avg", "max"))
        if include_top:
            raise ArgumentError(
                f"{where}: pooling={pooling!r} is for include_top=False; leave one of them out."
            )
    activations.get(classifier_activation)
    classes = integer(where, "classes", classes)
    found = find_weights(where, weights, where + variant)
    source = inputs = Input(shape=shape, name="input_layer")
    for layer in normalizing(where, shape, found):
        inputs = layer(inputs)
    return Arguments(
        name=name or where.lower(),
        include_top=bool(include_top),
        pooling=pooling,
        classes=classes,
        classifier_activation=classifier_activation,
        inputs=inputs,
        source=source,
        weights=found,
        full_name=where + variant,
    )
