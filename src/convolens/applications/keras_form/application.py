"""keras_application: gives a function that makes one of Keras' networks Keras' arguments, checked in one place."""

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

from convolens import activations
from convolens.applications.keras_form.weights import KerasFiles, load, weights_file
from convolens.arguments import integer, one_of, refuse_unknown
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input, SymbolicTensor
from convolens.layers.calls.symbols import sources_of
from convolens.models import Model

CLASSES = 1000  # of ImageNet
FIRST = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation", "name")  # fmt: skip

# What every network takes, and what Keras begins with.
SHARED: dict[str, Any] = {
    "include_top": True,
    "weights": "imagenet",
    "input_tensor": None,
    "input_shape": None,
    "pooling": None,
    "classes": CLASSES,
    "classifier_activation": "softmax",
    "name": None,
}
MODULES = (
    "backend",
    "layers",
    "models",
    "utils",
    "engine",
)  # of Keras, which `keras_applications` wants to be given


@dataclass(frozen=True)
class Given:
    """Keras' arguments of a network, checked, and the ends that its networks share.

    Attributes:
        where: the function's name, for messages.
        include_top: whether the network ends in its classifier.
        weights: None for fresh ones, "imagenet", or a file.
        images: the symbolic tensor that the first layer takes.
        pooling: without a classifier, "avg" or "max" over rows and columns, or None for the last feature map.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model; None where the network finds one.
    """

    where: str
    include_top: bool
    weights: str | PathLike[str] | None
    images: SymbolicTensor
    pooling: str | None
    classes: int
    classifier_activation: Any
    name: str | None

    @property
    def side(self) -> int | None:
        """Rows of the images where there are as many columns, else None."""
        rows, columns = self.images.shape[1:3]
        return rows if rows == columns else None

    def named(self, name: str) -> "Given":
        """Return these with a name for the model, where none was given."""
        return self if self.name else replace(self, name=name)

    def predictions(self, x: SymbolicTensor, **options: Any) -> SymbolicTensor:
        """Return the last dense layer's output."""
        return Dense(self.classes, activation=self.classifier_activation, name="predictions", **options)(x)

    def pooled(self, x: SymbolicTensor, named: bool = True) -> SymbolicTensor:
        """Return the end without a classifier: the features, their means or their largest values.

        Args:
            x: the last feature map.
            named: whether Keras has a name for the pooling in this network.
        """
        if self.pooling is None:
            return x
        layer = GlobalAveragePooling2D if self.pooling == "avg" else GlobalMaxPooling2D
        return layer(name=f"{self.pooling}_pool" if named else None)(x)

    def mean_and_predictions(self, x: SymbolicTensor) -> SymbolicTensor:
        """Return the end of most networks, with a classifier or without."""
        if not self.include_top:
            return self.pooled(x)
        return self.predictions(GlobalAveragePooling2D(name="avg_pool")(x))

    def model(self, outputs: SymbolicTensor, files: KerasFiles, renamed: Callable[[str], str] = str) -> Model:
        """Return the model from the images to `outputs`, with the weights that were asked for.

        Args:
            outputs: the network's end.
            files: what "imagenet" means.
            renamed: from a layer's name in a file to the name here.
        """
        sources = sources_of(self.images)
        model = Model(sources[0] if len(sources) == 1 else sources, outputs, name=self.name)
        if self.weights is not None:
            load(model, weights_file(self.where, self.weights, files.file(self.include_top)), renamed)
        return model


def keras_application(
    minimum_size: int,
    default_size: int | None = 224,
    sizes: Sequence[int] = (),
    order: Sequence[str] = FIRST,
    name: str | None = "",
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """Return a decorator for functions that make a network of `Given` and options of their own.

    Args:
        minimum_size: the fewest rows and columns that the network can take.
        default_size: rows and columns with a classifier, where nobody says otherwise; None leaves them free.
        sizes: rows and columns of further images that there are ImageNet weights with a classifier for.
        order: of the arguments; those of the network's own among them have the defaults of its function.
        name: of the model; "" is the function's name in small letters, None leaves it to the network.

    Raises (the decorated function):
        ShapeError: an input too small, or not (rows, columns, channels), or not what the ImageNet weights want.
        ArgumentError: another pooling, another number of classes or activation than the weights', an input tensor of another kind.
        ArgumentTypeError: an option that the network does not have; the nearest is offered.
        Others: those of `weights_file` and `load`.

    Example:
        >>> @keras_application(minimum_size=8)
        ... def Tiny(given):
        ...     return Model(given.images, given.pooled(given.images))
        >>> Tiny(include_top=False, weights=None, pooling="avg").output_shape
        (None, 3)
    """

    def decorate(network: Callable[..., Model]) -> Callable[..., Model]:
        where = network.__name__
        own = {
            parameter.name: parameter.default
            for parameter in list(inspect.signature(network).parameters.values())[1:]
        }
        known = {**SHARED, "name": where.lower() if name == "" else name, **own}
        signature = inspect.Signature(
            [
                inspect.Parameter(argument, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=known[argument])
                for argument in order
            ],
            return_annotation=Model,
        )

        @functools.wraps(network)
        def build(*arguments: Any, **options: Any) -> Model:
            options = {argument: value for argument, value in options.items() if argument not in MODULES}
            refuse_unknown(where, options, order)
            bound = signature.bind(*arguments, **options)
            bound.apply_defaults()
            asked = dict(bound.arguments)
            further = {argument: asked.pop(argument) for argument in own}
            return network(_checked(where, asked, minimum_size, default_size, sizes), **further)

        described: Any = build
        described.__signature__ = signature
        return build

    return decorate


def _checked(
    where: str, asked: dict[str, Any], minimum_size: int, default_size: int | None, sizes: Sequence[int]
) -> Given:
    top, weights = bool(asked["include_top"]), asked["weights"]
    if asked["pooling"] is not None:
        one_of(where, "pooling", asked["pooling"], ("avg", "max"))
    classes = integer(where, "classes", asked["classes"])
    activation = activations.get(asked["classifier_activation"])
    if top and isinstance(weights, str) and weights == "imagenet" and classes != CLASSES:
        raise ArgumentError(
            f"{where}: the imagenet weights are of {CLASSES} classes; received classes={classes}. Take include_top=False and "
            "layers of your own behind it, or weights=None."
        )
    if top and weights is not None and activation not in (activations.get("softmax"), activations.linear):
        raise ArgumentError(
            f"{where}: learnt weights of a classifier are for 'softmax' or None (logits); received "
            f"classifier_activation={asked['classifier_activation']!r}."
        )
    images = asked["input_tensor"]
    if images is None:
        shape = _shape(where, asked["input_shape"], top, weights, default_size, sizes)
        images = Input(shape=shape)
    elif not isinstance(images, SymbolicTensor):
        raise ArgumentTypeError(
            f"{where}: input_tensor must be what Input(shape=...) gives, or a layer made of it; received a "
            f"{type(images).__name__}."
        )
    rows, columns = images.shape[1:3] if images.ndim == 4 else (0, 0)
    if any(size is not None and size < minimum_size for size in (rows, columns)):
        raise ShapeError(
            f"{where}: the input must be images of at least {minimum_size} x {minimum_size} pixels; received shape "
            f"{images.shape[1:]}. Use larger images, or scale them up."
        )
    return Given(
        where, top, weights, images, asked["pooling"], classes, asked["classifier_activation"], asked["name"]
    )  # fmt: skip


def _shape(
    where: str, given: Any, top: bool, weights: Any, default_size: int | None, sizes: Sequence[int]
) -> tuple[int | None, ...]:
    """Return (rows, columns, channels), None where a side is free."""
    size = default_size if top else None
    if given is None:
        return (size, size, 3)
    shape = tuple(given) if isinstance(given, Sequence) else (given,)
    if len(shape) != 3 or shape[2] is None:
        raise ShapeError(
            f"{where}: input_shape must be (rows, columns, channels) without the batch; received {given!r}."
        )
    if isinstance(weights, str) and weights == "imagenet":
        if shape[2] != 3:
            raise ShapeError(
                f"{where}: the imagenet weights take 3 channels, and input_shape has {shape[2]}; turn grey images into "
                "colours, or take weights=None."
            )
        fitting = {(known, known, 3) for known in (default_size, *sizes)}
        if top and default_size is not None and shape not in fitting:
            raise ShapeError(
                f"{where}: with include_top=True the imagenet weights are for input_shape="
                f"{' or '.join(str(known) for known in sorted(fitting))}; received {shape}. Leave the top out with "
                "include_top=False."
            )
    if top and default_size is not None and None in shape:
        raise ShapeError(
            f"{where}: with include_top=True input_shape needs fixed rows and columns; received {shape}."
        )
    return shape
