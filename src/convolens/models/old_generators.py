"""OldGenerators: fit_generator and its kin, in the words of Keras 1 and 2."""

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

from convolens.callbacks import History
from convolens.training.batches import inputs, unpack

# Words of Keras 1 for what is called otherwise now; None for what asks for nothing.
_RENAMED = {
    "nb_epoch": "epochs",
    "max_q_size": None,
    "nb_worker": None,
    "pickle_safe": None,
    "wait_time": None,
}
_FIT = (
    "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps", "class_weight",
    "max_queue_size", "workers", "use_multiprocessing", "shuffle", "initial_epoch",
)  # fmt: skip
_OTHERS = ("steps", "callbacks", "max_queue_size", "workers", "use_multiprocessing", "verbose")


class OldGenerators:
    """The part of `Model` that has the old names of `fit`, `evaluate` and `predict` for generators."""

    fit: Any
    evaluate: Any
    predict: Any

    def fit_generator(self, generator: Any, *arguments: Any, **keywords: Any) -> History:
        """Call `fit`, which takes generators; the old name warns.

        Args:
            generator: the `x` of `fit`.
            arguments: `steps_per_epoch`, `epochs`, `verbose`, `callbacks`, `validation_data`, `validation_steps`, ..., in Keras 2's order.
            keywords: others of `fit`; or Keras 1's `samples_per_epoch`, `nb_epoch`, `nb_val_samples` (samples, not batches), ...

        Raises: as of `Model.fit`.
        """
        given, is_old = _words("fit_generator", "fit", _FIT, arguments, keywords)
        generator = _in_steps(given, "samples_per_epoch", "steps_per_epoch", generator, is_old)
        validation = given.get("validation_data")
        if isinstance(validation, (tuple, list)):  # arrays: all of them
            given.pop("nb_val_samples", None)
        elif validation is not None:
            given["validation_data"] = _in_steps(
                given, "nb_val_samples", "validation_steps", validation, is_old
            )
        given["class_weight"] = given.get("class_weight") or None
        found: History = self.fit(generator, **given)
        return found

    def evaluate_generator(self, generator: Any, *arguments: Any, **keywords: Any) -> Any:
        """Call `evaluate`, which takes generators; the old name warns.

        Args:
            generator: the `x` of `evaluate`.
            arguments: `steps`, `callbacks`, ..., in Keras 2's order.
            keywords: others of `evaluate`; or Keras 1's `val_samples` (samples, not batches), ...

        Raises: as of `Model.evaluate`.
        """
        given, is_old = _words("evaluate_generator", "evaluate", _OTHERS, arguments, keywords)
        generator = _in_steps(given, "val_samples", "steps", generator, is_old)
        return self.evaluate(generator, **{"verbose": 0} | given)

    def predict_generator(self, generator: Any, *arguments: Any, **keywords: Any) -> Any:
        """Call `predict`, which takes generators; the old name warns.

        Args:
            generator: the `x` of `predict`.
            arguments: `steps`, `callbacks`, ..., in Keras 2's order.
            keywords: others of `predict`; or Keras 1's `val_samples` (samples, not batches), ...

        Raises: as of `Model.predict`.
        """
        given, is_old = _words("predict_generator", "predict", _OTHERS, arguments, keywords)
        generator = _in_steps(given, "val_samples", "steps", generator, is_old)
        return self.predict(generator, **given)


def _words(
    old: str, new: str, names: Sequence[str], arguments: Sequence[Any], keywords: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Return arguments under the names of today, and whether some are Keras 1's; warn of the old name."""
    warnings.warn(f"{old} is deprecated; {new} takes generators.", UserWarning, stacklevel=3)
    is_old = any(name in _RENAMED or name.endswith(("samples", "samples_per_epoch")) for name in keywords)
    given = dict(zip(names, arguments, strict=False))
    for name, value in keywords.items():
        today = _RENAMED.get(name, name)
        if today is not None:
            given[today] = value
    return given, is_old


def _in_steps(given: dict[str, Any], samples: str, steps: str, data: Any, is_old: bool) -> Any:
    """Put a number of batches where Keras 1 has one of samples; return the data, of which a batch may have been looked at."""
    count = given.pop(samples, given.get(steps) if is_old else None)
    if count is None:
        return data
    size = getattr(data, "batch_size", None)
    if size is None and hasattr(data, "__getitem__"):
        size = _size(data[0])
    elif size is None:
        batches = iter(data)
        for first in batches:
            size, data = _size(first), itertools.chain([first], batches)
            break
    given[steps] = math.ceil(count / size) if size else None
    return data


def _size(batch: Any) -> int:
    x = inputs(unpack(batch)[0])
    return len(x[0] if isinstance(x, list) else x)
