"""ImageNet's 1,000 classes, in the order of the outputs: names of torchvision's (see NOTICE), WordNet's numbers, Keras' names."""

from functools import cache
from importlib import resources

# Keras has these two names twice, and as in WordNet; torchvision tells each from the other of the name.
_KERAS_NAMES = {"crane bird": "crane", "maillot tank suit": "maillot"}


@cache
def imagenet_classes() -> tuple[str, ...]:
    """Return the names, each once.

    `examples/write_imagenet_classes.py` wrote the file of them from a wheel of torchvision.

    Example:
        >>> names = imagenet_classes()
        >>> len(names), names[698], names[985]
        (1000, 'palace', 'daisy')
    """
    return _lines("imagenet_classes.txt")


@cache
def imagenet_index() -> tuple[tuple[str, str], ...]:
    """Return (WordNet's number, Keras' name) of each class: what Keras downloads as `imagenet_class_index.json`.

    Example:
        >>> imagenet_index()[985]
        ('n11939491', 'daisy')
    """
    names = (_KERAS_NAMES.get(name, name).replace(" ", "_") for name in imagenet_classes())
    return tuple(zip(_lines("imagenet_wnids.txt"), names, strict=True))


def _lines(name: str) -> tuple[str, ...]:
    text = resources.files("convolens.applications.weights").joinpath(name).read_text(encoding="utf-8")
    return tuple(text.splitlines())
