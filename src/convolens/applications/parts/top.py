"""What all architectures share: what they are asked for, the end of a network, and its first weights."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convolens.applications.parts.architecture import same_name
from convolens.applications.parts.matching import load_pretrained
from convolens.applications.weights.pretrained import Pretrained
from convolens.errors import ShapeError
from convolens.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Layer, SymbolicTensor
from convolens.models import Model


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
        renamed: from a name in the publisher's file of weights to the name here.
    """

    name: str
    include_top: bool
    pooling: str | None
    classes: int
    classifier_activation: Any
    inputs: SymbolicTensor
    source: SymbolicTensor
    weights: Pretrained | None = None
    renamed: Callable[[str], str] = same_name

    def model(self, features: SymbolicTensor, outputs: SymbolicTensor | None = None, **options: Any) -> Model:
        """Return the model that ends in `outputs`, or, where that is None, in the (pooled) features."""
        if outputs is None and self.pooling is not None:
            layer = GlobalAveragePooling2D if self.pooling == "avg" else GlobalMaxPooling2D
            features = layer(name=f"{self.pooling}_pool")(features)
        model = Model(self.source, features if outputs is None else outputs, name=self.name, **options)
        begin_with(model, self.weights, self.renamed, self.include_top)
        return model

    def classifier(self, x: SymbolicTensor, name: str, initializer: Any = "glorot_uniform") -> SymbolicTensor:
        """Return the last dense layer's output."""
        activation = self.classifier_activation
        return Dense(self.classes, activation=activation, kernel_initializer=initializer, name=name)(x)


def begin_with(
    model: Model,
    weights: Pretrained | None,
    renamed: Callable[[str], str] = same_name,
    include_top: bool = True,
) -> None:
    """Copy first weights into a new model; a warning says what stays fresh.

    Args:
        model: built.
        weights: what `find_weights` returned; None leaves all fresh.
        renamed: from a name in the file to the name here.
        include_top: whether the model ends in its classifier.
    """
    if weights is not None:
        warn_of(load_pretrained(model, weights, renamed, include_top))


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
