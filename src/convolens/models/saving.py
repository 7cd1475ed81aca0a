"""Models on disk: the file's ending chooses the form, for weights and for whole models."""

import json
from pathlib import Path
from typing import Any

import torch

from convolens import losses, metrics
from convolens.checkpoints import legacy_hdf5, tensors
from convolens.errors import ArgumentError, CheckpointError, ConvolensError, MissingFileError, WriteError
from convolens.layers import InputLayer, Layer
from convolens.models.configuration import deserialize, serialize

HDF5 = (".h5", ".hdf5")
WEIGHT_ENDINGS = (*HDF5, ".safetensors")


def _ending(where: str, path: Path, known: tuple[str, ...]) -> str:
    if path.name.endswith(".weights.h5") or path.suffix == ".keras":
        raise ArgumentError(
            f"{where}: {path.name}: this form is not written or read yet; use .h5 or .safetensors."
        )
    if path.suffix.lower() not in known:
        raise ArgumentError(f"{where}: the file must end in {', '.join(known)}; received {path.name!r}.")
    return path.suffix.lower()


def _prepare(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise WriteError(f"{path} exists already; give overwrite=True or another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"cannot make folder {path.parent}: {error.strerror}; choose another place."
        ) from error


def _check_there(path: Path) -> None:
    if path.is_file():
        return
    beside = sorted(file.name for file in path.parent.glob("*") if file.suffix in (*WEIGHT_ENDINGS, ".keras"))
    listed = f" Weights there: {', '.join(beside[:8])}." if beside else ""
    raise MissingFileError(f"{path}: no such weights file.{listed}")


def _keras_layers(model: Any) -> list[Layer]:
    if not isinstance(model.module, Layer):
        raise ArgumentError(
            "A plain torch module has no Keras layers: save and load its weights as .safetensors."
        )
    layers = getattr(model.module, "layers", [model.module])
    return [layer for layer in layers if not isinstance(layer, InputLayer)]


def save_weights(model: Any, filepath: str | Path, overwrite: bool = True) -> None:
    """Write a model's weights: .h5 / .hdf5 in Keras' legacy layout, .safetensors as torch's state_dict.

    Raises:
        ArgumentError: another ending. WriteError: the file cannot be written.
    """
    path = Path(filepath)
    ending = _ending("save_weights", path, WEIGHT_ENDINGS)
    _prepare(path, overwrite)
    if ending in HDF5:
        legacy_hdf5.write(path, _legacy_weights(model))
    else:
        tensors.write(path, model.module.state_dict(), {"format": "pt", "writer": "convolens"})


def _legacy_weights(model: Any) -> legacy_hdf5.Weights:
    layers = []
    for layer in _keras_layers(model):
        taken: set[str] = set()
        weights = []
        for entry in layer.weight_entries():
            name, count = entry.name, 0
            while name in taken:  # a network inside: its layers' weights share names
                count += 1
                name = f"{entry.name}_{count}"
            taken.add(name)
            weights.append((name, entry.value()))
        layers.append((str(layer.name), weights))
    return layers


def load_weights(model: Any, filepath: str | Path) -> None:
    """Read weights from a file that Keras or we wrote; layers are matched by order, as Keras does.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, or of another architecture.
    """
    path = Path(filepath)
    ending = _ending("load_weights", path, WEIGHT_ENDINGS)
    _check_there(path)
    model._check_built("load_weights")
    if ending in HDF5:
        _load_legacy(model, path)
        return
    given, expected = tensors.read(path), model.module.state_dict()
    missing, extra = sorted(expected.keys() - given.keys()), sorted(given.keys() - expected.keys())
    shapes = [name for name in expected.keys() & given.keys() if expected[name].shape != given[name].shape]
    if missing or extra or shapes:
        wrong = [f"{n} {tuple(given[n].shape)} instead of {tuple(expected[n].shape)}" for n in sorted(shapes)]
        raise CheckpointError(
            f"{path}: weights of another architecture: missing {missing[:3]}, unexpected {extra[:3]}, "
            f"of another shape {wrong[:3]}."
        )
    with torch.no_grad():
        for name, tensor in expected.items():
            tensor.copy_(given[name])


def _load_legacy(model: Any, path: Path) -> None:
    given = legacy_hdf5.read(path)
    layers = [layer for layer in _keras_layers(model) if layer.weight_entries()]
    if len(given) != len(layers):
        raise CheckpointError(
            f"{path}: holds {len(given)} layers with weights ({', '.join(name for name, _ in given[:6])} ...); "
            f"the model has {len(layers)} ({', '.join(str(layer.name) for layer in layers[:6])} ...)."
        )
    plan = []
    for layer, (name, weights) in zip(layers, given, strict=True):
        entries = layer.weight_entries()
        have = [tuple(array.shape) for _, array in weights]
        want = [tuple(entry.value().shape) for entry in entries]
        if have != want:
            raise CheckpointError(
                f"{path}: layer {name!r} holds weights of shapes {have}; {layer.title} expects {want}."
            )
        plan += [(entry, array) for entry, (_, array) in zip(entries, weights, strict=True)]
    for entry, array in plan:  # only once everything fits: a refused file changes nothing
        entry.assign(array, str(path))


def _training_config(model: Any) -> dict[str, Any] | None:
    if model.optimizer is None:
        return None
    try:
        return {
            "loss": model.loss if isinstance(model.loss, str) else _serialize(model.compiled_loss),
            "loss_weights": None,
            "metrics": [_serialize(metric) for metric in model.compiled_metrics] or None,
            "weighted_metrics": None,
            "optimizer_config": {
                "class_name": type(model.optimizer).__name__,
                "config": model.optimizer.get_config(),
            },
        }
    except ConvolensError:
        return None  # a function of the user's own has no written form; weights and architecture have


def _serialize(thing: Any) -> Any:
    if thing is None:
        return None
    name = type(thing).__name__
    if name in ("AccuracyByShape", "MeanMetric"):
        return thing.name
    return {"class_name": name, "config": thing.get_config()}


def save_model(model: Any, filepath: str | Path, overwrite: bool = True) -> None:
    """Write a whole model (.h5, .hdf5): architecture, weights, and how it was compiled.

    Raises:
        ArgumentError: another ending, or a plain torch module. WriteError: the file cannot be written.
    """
    path = Path(filepath)
    _ending("save", path, HDF5)
    weights = _legacy_weights(model)
    _prepare(path, overwrite)
    config = serialize(model.module)
    config["config"]["name"] = model.name
    legacy_hdf5.write(path, weights, config, _training_config(model))


def load_model(filepath: str | Path, compile: bool = True) -> Any:
    """Read a whole model (.h5, .hdf5) that Keras or we wrote, compiled as it was.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, or weights only.
        UnknownNameError: it has a layer that we do not have.

    Example:
        >>> import tempfile
        >>> from convolens.layers import Dense
        >>> from convolens.models import Sequential
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Sequential([Dense(2, input_shape=(3,))]).save(f"{folder}/model.h5")
        ...     load_model(f"{folder}/model.h5").count_params()
        8
    """
    from convolens.models.model import Model
    from convolens.models.sequential import Sequential
    from convolens.models.sequential_network import SequentialNetwork

    path = Path(filepath)
    _ending("load_model", path, HDF5)
    _check_there(path)
    description = legacy_hdf5.read_config(path)
    if description is None:
        raise CheckpointError(
            f"{path}: holds weights only; build the model and call model.load_weights({path.name!r})."
        )
    module = deserialize(description)
    kind: Any = Sequential if isinstance(module, SequentialNetwork) else Model
    model = kind._of(module, module.name)
    load_weights(model, path)
    training = legacy_hdf5.read_config(path, "training_config") if compile else None
    if training:
        _compile(model, training)
    return model


def _compile(model: Any, training: dict[str, Any]) -> None:
    optimizer = training.get("optimizer_config") or training.get("optimizer")
    names = training.get("metrics") or []
    while len(names) == 1 and isinstance(names[0], list):  # Keras nests metrics by output
        names = names[0]
    loss = training.get("loss")
    model.compile(
        optimizer=optimizer if isinstance(optimizer, (str, dict)) else "rmsprop",
        loss=losses.get(loss) if isinstance(loss, dict) else loss,
        metrics=[metrics.get(name) for name in names],
    )


def to_json(model: Any) -> str:
    """Return the architecture as JSON."""
    return json.dumps(serialize(model.module))
