"""parse_layers: a chain of layers written in words, such as "conv 128 1x1, conv 192 3x3", as a real network."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, ShapeError, UnknownNameError

if TYPE_CHECKING:
    from convolens.models import Sequential

FORMS = {
    "conv": "conv FILTERS KERNEL [stride S] [same|valid]",
    "maxpool": "maxpool WINDOW [stride S] [same|valid]",
    "avgpool": "avgpool WINDOW [stride S] [same|valid]",
    "globalavgpool": "globalavgpool",
    "flatten": "flatten",
    "dense": "dense UNITS",
}
_PADDINGS = ("same", "valid")


def parse_layers(text: str, input_shape: Sequence[int]) -> "Sequential":
    """Return the network that a text describes: layers with commas between them.

    Args:
        text: "conv FILTERS KERNEL [stride S] [same|valid]" (default same), "maxpool WINDOW [stride S] [same|valid]"
            and "avgpool ..." (default: valid, and a stride as large as the window), "globalavgpool",
            "flatten", "dense UNITS". KERNEL, WINDOW and S are "3" or "3x5" (rows x columns), in pixels.
        input_shape: (rows, columns, channels), or (features,).

    Raises:
        ArgumentError: a text of another form; the message says which word. UnknownNameError: no such layer.
        ShapeError: a layer that does not fit on the one before it.

    Example:
        >>> parse_layers("conv 128 1x1, conv 192 3x3", (28, 28, 256)).output_shape
        (None, 28, 28, 192)
    """
    from convolens.layers import Input
    from convolens.models import Sequential

    model = Sequential([Input(shape=tuple(input_shape))], name="layers")
    for place, item in enumerate(text.split(","), start=1):
        words = _Words(item, place)
        try:
            model.add(_layer(words))
        except ShapeError as error:
            raise ShapeError(f"{words.where}: does not fit there: {error}") from error
    return model


def is_layers(text: str) -> bool:
    """Return whether a text is meant as layers in words: several words or a comma, or a layer's word alone.

    Example:
        >>> is_layers("conv 192 3x3"), is_layers("flatten"), is_layers("shallow-vgg")
        (True, True, False)
    """
    return "," in text or len(text.split()) > 1 or text.strip().casefold() in FORMS


class _Words:
    """The words of one layer, taken one by one; each error says which is wrong."""

    def __init__(self, item: str, place: int) -> None:
        self.words = item.casefold().split()
        self.where = f"LAYERS, layer {place} ({' '.join(item.split())!r})"
        if not self.words:
            raise ArgumentError(
                f"LAYERS, layer {place}: is empty; give {_forms()}, with commas between layers."
            )
        self.kind = self.words.pop(0)
        if self.kind not in FORMS:
            raise UnknownNameError(
                f"{self.where}: unknown layer {self.kind!r}.{did_you_mean(self.kind, FORMS)} Known: {_forms()}."
            )

    def wrong(self, what: str, expected: str, given: str | None) -> ArgumentError:
        got = "nothing" if given is None else repr(given)
        return ArgumentError(
            f"{self.where}: {what} must be {expected}; received {got}. Write: {FORMS[self.kind]}."
        )

    def whole(self, what: str) -> int:
        """Take the next word as a positive whole number."""
        word = self.words.pop(0) if self.words else None
        if word is None or not re.fullmatch(r"[0-9]{1,9}", word) or int(word) < 1:
            raise self.wrong(what, "a whole number of at least 1", word)
        return int(word)

    def pair(self, what: str) -> tuple[int, int]:
        """Take the next word as "3" or "3x5", positive whole numbers."""
        word = self.words.pop(0) if self.words else None
        found = re.fullmatch(r"([0-9]{1,9})(?:x([0-9]{1,9}))?", word or "")
        sides = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if min(sides) < 1:
            raise self.wrong(what, 'one whole number, or two such as "3x3" (rows x columns)', word)
        return sides

    def options(self, padding: str) -> dict[str, Any]:
        """Take the words that may follow: stride S, same, valid, in any order."""
        found: dict[str, Any] = {"padding": padding}
        while self.words:
            word = self.words.pop(0)
            if word == "stride" and "strides" not in found:
                found["strides"] = self.pair("stride")
            elif word in _PADDINGS:
                found["padding"] = word
            else:
                near = did_you_mean(word, ["stride", *_PADDINGS])
                raise ArgumentError(
                    f"{self.where}: unexpected word {word!r}.{near} Write: {FORMS[self.kind]}."
                )
        return found

    def end(self) -> None:
        """Refuse words that are left over."""
        if self.words:
            raise ArgumentError(
                f"{self.where}: unexpected word {self.words[0]!r}. Write: {FORMS[self.kind]}."
            )


def _forms() -> str:
    return "; ".join(FORMS.values())


def _layer(words: _Words) -> Any:
    from convolens import layers

    if words.kind == "conv":
        filters, kernel = words.whole("FILTERS"), words.pair("KERNEL")
        return layers.Conv2D(filters, kernel, **words.options("same"))
    if words.kind in ("maxpool", "avgpool"):
        window = words.pair("WINDOW")
        pool: Callable[..., Any] = layers.MaxPooling2D if words.kind == "maxpool" else layers.AveragePooling2D
        return pool(window, **words.options("valid"))
    units = words.whole("UNITS") if words.kind == "dense" else 0
    words.end()
    if words.kind == "dense":
        return layers.Dense(units)
    return layers.Flatten() if words.kind == "flatten" else layers.GlobalAveragePooling2D()
