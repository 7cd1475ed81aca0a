"""The names that Keras makes of class names."""

import re


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it in logs and names of layers.

    Example:
        >>> snake_case("MaxPooling2D"), snake_case("F1Score"), snake_case("AUC")
        ('max_pooling2d', 'f1_score', 'auc')
    """
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
