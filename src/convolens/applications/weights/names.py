"""Names of architectures however they are spelt: capitals, hyphens, underscores, dots and spaces make no difference."""

from collections.abc import Iterable, Mapping


def simple(name: str) -> str:
    """Return a name without what spellings differ in.

    Example:
        >>> simple("ResNet18") == simple("resnet-18") == simple("ResNet_18")
        True
    """
    return "".join(letter for letter in name.casefold() if letter not in "-_. ")


def spelt_as(name: str, known: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """Return the one of the known names that is meant, or None.

    Args:
        name: in any spelling.
        known: names that are different in any spelling.
        aliases: further words, and the known name that each stands for; a known name comes first.

    Example:
        >>> spelt_as("VGG-16", ["vgg11", "vgg16"]), spelt_as("vgg12", ["vgg11", "vgg16"])
        ('vgg16', None)
    """
    wanted = simple(name)
    found = {simple(word): meant for word, meant in (aliases or {}).items()}
    found |= {simple(word): word for word in known}
    return found.get(wanted)
