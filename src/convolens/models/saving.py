"""save_model: a whole model as Keras writes it: architecture, weights, and how it was compiled."""

from pathlib import Path
from typing import Any

from convolens import losses, metrics, optimizers
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.errors import ArgumentError, ConvolensError
from convolens.models.files import optimizer_state
from convolens.models.files.file_names import ARCHIVE, MODELS, ending, prepare
from convolens.models.files.keras_form import describe, in_keras_form
from convolens.models.files.weight_files import archive_weights, layers_of, legacy_weights


def save_model(model: Any, filepath: str | Path, overwrite: bool = True) -> None:
    """Write a whole model (.keras, .h5, .hdf5): architecture, weights, and how it was compiled.

    Auxiliary classifiers, which no output depends on, are left out. A .keras file of a model that was trained holds the optimizer's state too. An .h5 file does not: Keras 3.15 refuses
    to train on from one that does, also from its own.

    Args:
        model: a `Model` that is built.
        filepath: the file; its folder is made.
        overwrite: False refuses to replace a file.

    Raises:
        ArgumentError: another ending, or a plain torch module. WriteError: the file cannot be written.
    """
    path = Path(filepath)
    form = ending("save", path, MODELS)
    network = in_keras_form(layers_of(model))
    config = describe(network)
    layers = archive_weights(network) if form == ARCHIVE else []
    weights = legacy_weights(network) if form != ARCHIVE else []
    config["config"]["name"] = model.name
    compiled = _compile_config(model)
    prepare(path, overwrite)
    if form == ARCHIVE:
        whole = (
            compiled is not None and network is model.module
        )  # else there are slots of weights that are left out
        state = optimizer_state.variables(model) if whole else []
        optimizer = keras_archive.Variables(model.optimizer.name, state) if state else None
        config |= {"compile_config": compiled or {}}
        keras_archive.write_model(path, layers, model.name, config, optimizer)
        return
    if compiled is not None:
        compiled["optimizer_config"] = compiled.pop("optimizer")
    legacy_hdf5.write(path, weights, config, compiled)


def _compile_config(model: Any) -> dict[str, Any] | None:
    """Return how a model was compiled, in Keras 3's dialect; None where that has no written form."""
    if model.optimizer is None:
        return None
    try:
        return {
            "optimizer": _serialize("optimizers", model.optimizer),
            "loss": model.loss if isinstance(model.loss, str) else _serialize("losses", model.compiled_loss),
            "loss_weights": None,
            "metrics": [_serialize("metrics", metric) for metric in model.compiled_metrics] or None,
            "weighted_metrics": [_serialize("metrics", m) for m in model.weighted_metrics] or None,
        }
    except ConvolensError:
        return None  # a function of the user's own has no written form; weights and architecture have


def _serialize(kind: str, thing: Any) -> Any:
    """Return an optimizer, loss or metric as Keras writes it; raise an `ArgumentError` where it is not of Keras."""
    if thing is None:
        return None
    name = type(thing).__name__
    if name in ("AccuracyByShape", "MeanMetric") and thing.name in metrics.METRICS:
        return thing.name
    if name.casefold() not in optimizers.OPTIMIZERS and name not in {**losses.LOSSES, **metrics.METRICS}:
        raise ArgumentError(f"{name}: a thing of your own has no written form.")
    config = thing.get_config()
    return {"module": f"keras.{kind}", "class_name": name, "config": config, "registered_name": None}
