"""load_model: a whole model out of a file that Keras or we wrote, compiled as it was."""

import functools
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convolens import losses, metrics
from convolens.arguments import refuse_unknown
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.custom_objects import custom_object_scope, known
from convolens.errors import CheckpointError
from convolens.files import plain_json
from convolens.models.files import optimizer_state
from convolens.models.files.blaming import blaming
from convolens.models.files.described_network import described_network
from convolens.models.files.file_names import ARCHIVE, MODELS, check_there, ending
from convolens.models.files.legacy_matching import legacy_plan
from convolens.models.files.old_keras import Modern, modern, modern_training
from convolens.models.files.weight_files import archive_plan, assign
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.models.model import Model
from convolens.models.sequential import Sequential


def load_model(
    filepath: str | Path,
    custom_objects: Mapping[str, Any] | bool | None = None,
    compile: bool = True,
    safe_mode: bool = True,
    **options: Any,
) -> Any:
    """Read a whole model (.keras, .h5, .hdf5) that Keras or we wrote, compiled as it was.

    Args:
        filepath: the file; nothing in it is executed or unpickled. A name without an ending is that of `model.save`.
        custom_objects: name -> class or function of your own that the file speaks of.
        compile: False leaves the model uncompiled.
        safe_mode: accepted; no program is run out of a file, whatever it says.
        options: TensorFlow's `options` is accepted.

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
    refuse_unknown("load_model", options, ["filepath", "custom_objects", "compile", "safe_mode", "options"])
    if isinstance(custom_objects, bool):
        return load_model(filepath, None, custom_objects)
    with custom_object_scope(custom_objects or {}):
        return _load(Path(filepath), compile)


def _load(path: Path, compile: bool) -> Any:
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
    with blaming(path, "the description of the model"):
        module = described_network(path, told.description, find)
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
    """Return a description in today's words."""
    with blaming(path, "the description of the model"):
        return modern(description, version)


def _compile(path: Path, model: Any, training: Any) -> None:
    """Compile as a file says; what it says may be of Keras, old or new, and may be unknown here."""
    advice = f"load_model({path.name!r}, compile=False) gives the network"
    if not isinstance(training, Mapping):
        raise CheckpointError(f"{path}: how the model was compiled is damaged; {advice}.")
    with blaming(path, "how the model was compiled", "cannot be compiled as it was: ", advice):
        training = modern_training(training)
        optimizer, loss = training.get("optimizer"), training.get("loss")
        model.compile(
            optimizer=optimizer if isinstance(optimizer, (str, dict)) else "rmsprop",
            loss=_loss(loss),
            loss_weights=training.get("loss_weights"),
            metrics=_metrics(training.get("metrics")),
            weighted_metrics=_metrics(training.get("weighted_metrics")),
        )


def _loss(told: Any) -> Any:
    """Return a loss that a file names, or those of several outputs."""
    if isinstance(told, list):
        return [_loss(one) for one in told]
    told = _named(told)
    if isinstance(told, dict) and "class_name" not in told:
        return {name: _loss(one) for name, one in told.items()}
    if isinstance(told, str) and known(told) is not None:
        return known(told)
    return losses.get(told) if isinstance(told, dict) else told


def _named(told: Any) -> Any:
    """Return the name of a function that Keras 3 describes; all else as it is."""
    is_function = isinstance(told, dict) and told.get("class_name") == "function"
    return told["config"] if is_function and isinstance(told.get("config"), str) else told


def _metrics(names: Any) -> list[Any]:
    while isinstance(names, list) and len(names) == 1 and isinstance(names[0], list):  # Keras nests by output
        names = names[0]
    if isinstance(names, list) and any(isinstance(one, (list, type(None))) for one in names):
        return [None if one is None else _metrics(one) for one in names]
    listed = [_named(one) for one in ([names] if isinstance(names, (str, dict)) else names or [])]
    return [metrics.get(known(name) or name if isinstance(name, str) else name) for name in listed]
