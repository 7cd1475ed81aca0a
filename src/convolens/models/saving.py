"""Whole models on disk, as Keras writes them: architecture, weights, and how they were compiled."""

import contextlib
import functools
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from convolens import losses, metrics, optimizers
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.errors import ArgumentError, CheckpointError, ConvolensError
from convolens.files import plain_json
from convolens.layers import Layer
from convolens.models.files import optimizer_state
from convolens.models.files.description_size import check_calls
from convolens.models.files.file_names import ARCHIVE, MODELS, check_there, ending, prepare
from convolens.models.files.keras_form import describe, in_keras_form
from convolens.models.files.legacy_matching import legacy_plan
from convolens.models.files.old_keras import Modern, modern, modern_training
from convolens.models.files.weight_files import (
    archive_plan,
    archive_weights,
    assign,
    layers_of,
    legacy_weights,
    load_weights,
    save_weights,
)
from convolens.models.graph.configuration import deserialize, serialize
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork

__all__ = ["load_model", "load_weights", "save_model", "save_weights", "to_json"]

# What a hostile or damaged description makes of code that trusts it.
_MALFORMED = (
    AttributeError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


def save_model(model: Any, filepath: str | Path, overwrite: bool = True) -> None:
    """Write a whole model (.keras, .h5, .hdf5): architecture, weights, and how it was compiled.

    Auxiliary classifiers, which no output depends on, are left out. A .keras file of a model that was trained holds the optimizer's state too. An .h5 file does not: Keras 3.15 refuses
    to train on from one that does, also from its own.

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


def load_model(filepath: str | Path, compile: bool = True) -> Any:
    """Read a whole model (.keras, .h5, .hdf5) that Keras or we wrote, compiled as it was.

    Args:
        filepath: the file; nothing in it is executed or unpickled.
        compile: False leaves the model uncompiled.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, weights only, or a network that is larger than the file.
        UnknownNameError: it has a layer that we do not have.

    Example:
        >>> import tempfile
        >>> from convolens.layers import Dense
        >>> from convolens.models import Sequential
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Sequential([Dense(2, input_shape=(3,))]).save(f"{folder}/model.keras")
        ...     load_model(f"{folder}/model.keras").count_params()
        8
    """
    from convolens.models.model import Model
    from convolens.models.sequential import Sequential

    path = Path(filepath)
    form = ending("load_model", path, MODELS)
    check_there(path)
    if form == ARCHIVE:
        config = keras_archive.read_config(path)
        told = _modern(path, config, keras_archive.read_version(path))
        training = config.get("compile_config")
        weights = keras_archive.read_weights(path)
        find = functools.partial(archive_plan, path=path, given=weights)
    else:
        file = legacy_hdf5.read_file(path)
        if not file.model_config:
            raise CheckpointError(
                f"{path}: holds weights only; build the model and call model.load_weights({path.name!r})."
            )
        told = _modern(path, plain_json.parse(path, "model_config", file.model_config), file.version)
        training = (
            plain_json.parse(path, "training_config", file.training_config or "null") if compile else None
        )
        find = functools.partial(legacy_plan, file=file, by_name=True)
    with torch.device("meta"):  # without memory: what the file asks for is compared with what it holds
        find(_network(path, told.description))
    module = _network(path, told.description)
    assign(find(module), path)
    kind: Any = Sequential if isinstance(module, SequentialNetwork) else Model
    model = kind._of(module, module.name)
    if told.left_out:
        warnings.warn(
            f"{path}: {_some(told.left_out)} left out: predictions are the same, training on is not.",
            stacklevel=2,
        )
    if compile and training:
        _compile(path, model, training)
        state = (keras_archive if form == ARCHIVE else legacy_hdf5).read_optimizer(path)
        if state and not optimizer_state.restore(model, state, str(path)):
            warnings.warn(
                f"{path}: the optimizer's state in it is not of Keras 3's {type(model.optimizer).__name__}, and left "
                "out: training goes on with a fresh one.",
                stacklevel=2,
            )
    return model


def _some(things: list[str]) -> str:
    rest = f" and {len(things) - 3} more are" if len(things) > 3 else " are" if len(things) > 1 else " is"
    return ", ".join(things[:3]) + rest


def _modern(path: Path, description: Any, version: int) -> Modern:
    """Return a description in today's words, once it is known to ask for no endless work."""
    with _blaming(path, "the description of the model"):
        check_calls(path, description)
        return modern(description, version)


@contextlib.contextmanager
def _blaming(path: Path, what: str, attempt: str = "", advice: str = "") -> Iterator[None]:
    """Turn whatever goes wrong with what a file says into one line that names the file.

    Args:
        path: the file; an error that begins with it goes on as it is.
        what: of the file is damaged where code that trusts it stumbles.
        attempt: said before the reason of an error of ours.
        advice: said last.
    """
    try:
        yield
    except ConvolensError as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise type(error)(f"{path}: {attempt}{_short(error)}{advice and f' {advice}.'}") from error
    except _MALFORMED as error:
        reason = _short(repr(error))
        raise CheckpointError(f"{path}: {what} is damaged ({reason}){advice and f'; {advice}'}.") from error


def _short(text: object) -> str:
    """Return what an error says, in one line; names in a hostile file can be of any length."""
    line = " ".join(str(text).split())
    return line if len(line) < 600 else f"{line[:280]} ... {line[-280:]}"


def _network(path: Path, description: Any) -> Layer:
    with _blaming(path, "the description of the model"):
        network = deserialize(description)
    if not isinstance(network, (Network, SequentialNetwork)):
        raise CheckpointError(f"{path}: describes a {type(network).__name__} layer, not a model.")
    if not network.built:
        raise CheckpointError(f"{path}: describes a model without an input shape or without layers.")
    return network


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


def _compile(path: Path, model: Any, training: Any) -> None:
    """Compile as a file says; what it says may be of Keras, old or new, and may be unknown here."""
    advice = f"load_model({path.name!r}, compile=False) gives the network"
    if not isinstance(training, Mapping):
        raise CheckpointError(f"{path}: how the model was compiled is damaged; {advice}.")
    with _blaming(path, "how the model was compiled", "cannot be compiled as it was: ", advice):
        training = modern_training(training)
        optimizer, loss = training.get("optimizer"), training.get("loss")
        model.compile(
            optimizer=optimizer if isinstance(optimizer, (str, dict)) else "rmsprop",
            loss=losses.get(loss) if isinstance(loss, dict) else loss,
            metrics=_metrics(training.get("metrics")),
            weighted_metrics=_metrics(training.get("weighted_metrics")),
        )


def _metrics(names: Any) -> list[Any]:
    while isinstance(names, list) and len(names) == 1 and isinstance(names[0], list):  # Keras nests by output
        names = names[0]
    return [metrics.get(name) for name in ([names] if isinstance(names, (str, dict)) else names or [])]


def to_json(model: Any) -> str:
    """Return the architecture as JSON."""
    return json.dumps(serialize(model.module))
