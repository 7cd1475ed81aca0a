"""The sentence about a name that is not here."""

import difflib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

KERAS = "use the keras package for it (pip install keras)"
# Names of Keras and TensorFlow -> what to use instead; the first pattern that fits a whole name.
ADVICE = (
    (
        r"keras\.layers\.(.*(LSTM|GRU|RNN|Cell).*|Bidirectional|TimeDistributed|Masking)",
        f"Convolens is for images, not for sequences; {KERAS}",
    ),
    (r".*", KERAS),
)


@cache
def known_names() -> dict[str, str]:
    """Return every public name of Keras 3.15 and of tf.keras 2.15 with what it does; "" where it does not say.

    Example:
        >>> "keras.layers.LSTM" in known_names()
        True
    """
    text = files("convolens.missing").joinpath("keras_names.txt").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return {name: summary for name, _, summary in lines}


def sentence(name: str, public: Iterable[str] = ()) -> str:
    """Return a line about a name that is not here: what it does, and what to use instead.

    Args:
        name: its full name in Keras ("keras.layers.LSTM") or TensorFlow ("tf.nn.conv3d").
        public: names of ours in that module; the nearest is offered where Keras does not know the name.

    Example:
        >>> sentence("keras.layers.Conv2d", ["Conv2D"])
        "keras.layers.Conv2d is not here, nor in Keras. Did you mean 'Conv2D'?"
    """
    summary = known_names().get(name)
    if summary is None and name.startswith("keras."):
        near = difflib.get_close_matches(name.rpartition(".")[2], list(public), 1)
        return f"{name} is not here, nor in Keras.{f' Did you mean {near[0]!r}?' if near else ''}"
    advice = next(advice for pattern, advice in ADVICE if re.fullmatch(pattern, name))
    return f"{name} is not here{f' ({summary})' if summary else ''}: {advice}."
