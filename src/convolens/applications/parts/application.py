"""application: gives a function that makes a network Keras' arguments, checked in one place."""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from convolens import activations
from convolens.applications.parts.architecture import check_input_shape, same_name
from convolens.applications.parts.top import Arguments, normalizing
from convolens.applications.weights.pretrained import find_weights
from convolens.arguments import integer, one_of, refuse_unknown
from convolens.errors import ArgumentError
from convolens.layers import Input
from convolens.models import Model

USUAL_SHAPE = (224, 224, 3)  # rows, columns, channels


class Application(Protocol):
    """What `application` makes of a function: Keras' arguments, then the network's own by their names."""

    __name__: str

    def __call__(
        self,
        include_top: bool = True,
        weights: Any = None,
        input_shape: Sequence[int] | None = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = None,
        **options: Any,
    ) -> Model: ...


def application(
    minimum_size: int,
    default_shape: tuple[int, int, int] = USUAL_SHAPE,
    renamed: Callable[[str], str] = same_name,
) -> Callable[[Callable[..., Model]], Application]:
    """Return a decorator for functions that make a network of `Arguments` and options of their own.

    Args:
        minimum_size: the fewest rows and columns that the network can take.
        default_shape: where `input_shape` is None.
        renamed: from a name in the publisher's file of weights to the name here.

    Raises (the decorated function):
        ShapeError: an input too small, or not (rows, columns, channels). UnknownNameError: no such activation.
        ArgumentError: another pooling, pooling with a classifier, or fewer than one class.
        ArgumentTypeError: an option that the network does not have; the nearest is offered.
        Others: those of `find_weights`.

    Example:
        >>> @application(minimum_size=8)
        ... def Tiny(given, wide=False):
        ...     return given.model(given.inputs)
        >>> Tiny(include_top=False, input_shape=(8, 9, 3), wide=True).output_shape
        (None, 8, 9, 3)
    """

    def decorate(network: Callable[..., Model]) -> Application:
        where = network.__name__
        own = list(inspect.signature(network).parameters.values())[1:]

        @functools.wraps(network)
        def build(
            include_top: bool = True,
            weights: Any = None,
            input_shape: Sequence[int] | None = None,
            pooling: str | None = None,
            classes: int = 1000,
            classifier_activation: Any = "softmax",
            name: str | None = None,
            **options: Any,
        ) -> Model:
            refuse_unknown(where, options, [*shared, *(parameter.name for parameter in own)])
            shape = check_input_shape(
                where, default_shape if input_shape is None else input_shape, minimum_size
            )
            if pooling is not None:
                one_of(where, "pooling", pooling, ("avg", "max"))
                if include_top:
                    raise ArgumentError(
                        f"{where}: pooling={pooling!r} is for include_top=False; leave one of them out."
                    )
            activations.get(classifier_activation)
            number = integer(where, "classes", classes)
            # The registry, and so the table of ImageNet weights, knows the normalised form as another network.
            found = find_weights(where, weights, f"{where}-bn" if options.get("batch_norm") else where)
            source = inputs = Input(shape=shape, name="input_layer")
            for layer in normalizing(where, shape, found):
                inputs = layer(inputs)
            given = Arguments(
                name=name or where.lower(),
                include_top=bool(include_top),
                pooling=pooling,
                classes=number,
                classifier_activation=classifier_activation,
                inputs=inputs,
                source=source,
                weights=found,
                renamed=renamed,
            )
            return network(given, **options)

        theirs = list(inspect.signature(Application.__call__).parameters.values())[
            1:-1
        ]  # without self, options
        shared = [parameter.name for parameter in theirs]
        described: Any = build
        described.__signature__ = inspect.Signature(
            [*theirs, *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own)],
            return_annotation=Model,
        )
        return build

    return decorate
