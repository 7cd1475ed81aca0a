"""save_model: a whole model as Keras writes it: architecture, weights, and how it was compiled."""

from pathlib import Path
from typing import Any

from convolens import losses, metrics, optimizers
from convolens.arguments import look_up, refuse_unknown
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.errors import ArgumentError, ConvolensError
from convolens.models.files import optimizer_state
from convolens.models.files.file_names import ARCHIVE, MODELS, ending, prepare
from convolens.models.files.keras_form import describe, in_keras_form
from convolens.models.files.weight_files import archive_weights, layers_of, legacy_weights
from convolens.models.outputs.several_losses import OutputMetric, SeveralLosses

_INERT_SAVE = ("signatures", "options", "save_traces", "zipped")
_FORMATS = {"h5": None, "hdf5": None, "tf": None, "keras": None}


def save_model(
    model: Any,
    filepath: str | Path,
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
    **options: Any,
) -> None:
    """Write a whole model (.keras, .h5, .hdf5): architecture, weights, and how it was compiled.

    Auxiliary classifiers, which no output depends on, are left out. A .keras file of a model that was trained holds the optimizer's state too. An .h5 file does not: Keras 3.15 refuses
    to train on from one that does, also from its own.

    Args:
        model: a `Model` that is built.
        filepath: the file; its folder is made. A name without an ending, of which TensorFlow makes a folder, is a file of the .h5 form.
        overwrite: False refuses to replace a file.
        include_optimizer: False leaves out how the model was compiled.
        save_format: "h5", "keras" or "tf"; accepted, the file's ending chooses the form.
        options: TensorFlow's `signatures`, `options`, `save_traces` are accepted.

    Raises:
        ArgumentError: another ending, or a plain torch module. WriteError: the file cannot be written.
    """
    refuse_unknown(
        "save", options, ["filepath", "overwrite", "include_optimizer", "save_format", *_INERT_SAVE]
    )
    if save_format is not None:
        look_up("save", "save_format", save_format, _FORMATS)
    path = Path(filepath)
    form = ending("save", path, MODELS)
    network = in_keras_form(layers_of(model))
    config = describe(network)
    layers = archive_weights(network) if form == ARCHIVE else []
    weights = legacy_weights(network) if form != ARCHIVE else []
    config["config"]["name"] = model.name
    compiled = _compile_config(model) if include_optimizer else None
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
            "loss": _losses(model),
            "loss_weights": model.loss_weights,
            "metrics": _metrics(model, model.compiled_metrics),
            "weighted_metrics": _metrics(model, model.weighted_metrics),
        }
    except ConvolensError:
        return None  # a function of the user's own has no written form; weights and architecture have


def _losses(model: Any) -> Any:
    if isinstance(model.loss, str):
        return model.loss
    if isinstance(model.loss_function, SeveralLosses):
        return [_loss(loss) for loss in model.loss_function.losses]
    return _loss(model.loss_function)


def _loss(loss: Any) -> Any:
    """Return a loss as Keras writes it: one of Keras' functions by its name."""
    function = getattr(loss, "_function", None)
    name = getattr(function, "__name__", "")
    if name and getattr(losses, name, None) is function and loss.reduction == "sum_over_batch_size":
        return name
    return _serialize("losses", loss)


def _metrics(model: Any, found: Any) -> Any:
    """Return metrics as Keras writes them; of several outputs a list for each."""
    if not isinstance(model.loss_function, SeveralLosses):
        return [_serialize("metrics", metric) for metric in found] or None
    of_outputs = [metric for metric in found if isinstance(metric, OutputMetric)]
    places = range(len(model.output_names))
    return [[_serialize("metrics", m.metric) for m in of_outputs if m.place == place] for place in places]


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
