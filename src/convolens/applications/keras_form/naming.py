"""Numbered: names of layers that Keras numbers in the order of their making, as in a session's first network."""

from collections import Counter


class Numbered:
    """Gives conv2d, conv2d_1, ... in the order of asking.

    Example:
        >>> numbered = Numbered()
        >>> numbered("conv2d"), numbered("conv2d"), numbered("activation")
        ('conv2d', 'conv2d_1', 'activation')
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, stem: str) -> str:
        count = self._counts[stem]
        self._counts[stem] += 1
        return f"{stem}_{count}" if count else stem
