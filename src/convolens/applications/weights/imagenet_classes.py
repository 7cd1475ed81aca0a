"""ImageNet's 1,000 class names, in the order of the outputs; a file of torchvision's names (see NOTICE)."""

from functools import cache
from importlib import resources


@cache
def imagenet_classes() -> tuple[str, ...]:
    """Return the names, each once.

    `examples/write_imagenet_classes.py` wrote the file of them from a wheel of torchvision.

    Example:
        >>> names = imagenet_classes()
        >>> len(names), names[698], names[985]
        (1000, 'palace', 'daisy')
    """
    text = (
        resources.files("convolens.applications.weights")
        .joinpath("imagenet_classes.txt")
        .read_text(encoding="utf-8")
    )
    return tuple(text.splitlines())
