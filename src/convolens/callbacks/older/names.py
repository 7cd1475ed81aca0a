"""Names of logs that are others today: "acc" for "accuracy" and the reverse, "lr" for "learning_rate"."""

from collections.abc import Collection
from typing import Any

_WORDS = {"acc": "accuracy", "accuracy": "acc", "lr": "learning_rate", "learning_rate": "lr"}


def name_in(known: Collection[str], name: str) -> str:
    """Return the name under which the logs have what is asked for; the name itself where they have it, or neither.

    Keras 2.2 logged `metrics=["accuracy"]` as "acc"; today the log has the word that `compile` was given.

    Args:
        known: the names in the logs.
        name: asked for.

    Example:
        >>> name_in(["loss", "val_accuracy"], "val_acc"), name_in(["acc"], "accuracy"), name_in(["loss"], "acc")
        ('val_accuracy', 'acc', 'acc')
    """
    if name in known:
        return name
    stem, last = name.rpartition("_")[::2] if name != "learning_rate" else ("", name)
    other = f"{stem}_{_WORDS[last]}" if stem and last in _WORDS else _WORDS.get(last, name)
    return other if other in known else name


class NamedLogs(dict[str, Any]):
    """Logs that are found under their older names too; only the names that they have are listed.

    Example:
        >>> logs = NamedLogs(accuracy=0.5)
        >>> logs["acc"], logs.get("acc"), logs.get("wobble"), list(logs)
        (0.5, 0.5, None, ['accuracy'])
    """

    def __missing__(self, name: str) -> Any:
        known = name_in(self.keys(), name)
        if known == name:
            raise KeyError(name)
        return self[known]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a name, or the default.

        Args:
            name: today's or an older one.
            default: returned where there is no such log.
        """
        return self[name] if name_in(self.keys(), name) in self else default
