"""Descriptions in the dialects of Keras 1 and 2, told in that of Keras 3; what has no place here is named.

Keras 1 said `Convolution2D(nb_filter, nb_row, nb_col, border_mode, subsample, dim_ordering, init, W_regularizer)`,
`Dense(output_dim)`, `Dropout(p)` and `Merge(mode)`, and kept a `Sequential` as a bare list. Keras 2 has today's names
and some values of its own. As Keras' own `legacy/interfaces.py` (2.x) maps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convolens import constraints, regularizers
from convolens.custom_objects import known
from convolens.errors import ArgumentError
from convolens.layers import KERAS_2_LAYERS, LAYERS, WRAPPERS
from convolens.layers.calls import keras_1
from convolens.layers.weight_rules import rule_names
from convolens.models.files.photo_layers import without_augmentation
from convolens.models.graph import tensorflow_operations
from convolens.models.graph.operations import is_operation

NETWORKS = ("Sequential", "Model", "Functional")

_CLASSES = {
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution2D": "Conv2D",
    "AtrousConv2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "BatchNormalizationV1": "BatchNormalization",  # TensorFlow 1.x and early 2.x
    "BatchNormalizationV2": "BatchNormalization",
}
_RULES = {"regularizer": regularizers.get, "constraint": constraints.get}


@dataclass
class Modern:
    """A description in Keras 3's dialect.

    Args:
        description: class_name, config, and so on.
        left_out: what was asked for and is not here, such as a penalty of somebody's own; it changes training, never a prediction.
    """

    description: Any
    left_out: list[str] = field(default_factory=list)


def modern(description: Any, version: int) -> Modern:
    """Return a model's description in Keras 3's dialect, with the networks inside it.

    Args:
        description: as a file of any version of Keras holds it.
        version: the major version of the Keras that wrote it: 1, 2 or 3.

    Raises:
        ArgumentError: something that would change the predictions and has no counterpart here.

    Example:
        >>> modern({"class_name": "Dropout", "config": {"p": 0.5}}, 1).description["config"]
        {'rate': 0.5}
    """
    found = Modern(None)
    found.description = _modern(description, version, found.left_out)
    return found


def _modern(description: Any, version: int, left_out: list[str]) -> Any:
    if not isinstance(description, Mapping) or not isinstance(description.get("class_name"), str):
        return description
    if is_operation(description) or description["class_name"] in tensorflow_operations.CLASSES:
        return description
    name = description["class_name"]
    config = description.get("config", {})
    if name in NETWORKS:
        config = {"layers": config} if isinstance(config, list) else config
        if not isinstance(config, Mapping) or not isinstance(config.get("layers"), list):
            return description
        config = dict(config) | {"layers": [_modern(layer, version, left_out) for layer in config["layers"]]}
        return dict(description) | {"config": config}
    if not isinstance(config, Mapping):
        return description
    where = f"{name} {config.get('name', description.get('name', ''))!r}"
    if known(name, description.get("registered_name")) is not None:
        return description
    if ">" in str(description.get("registered_name") or ""):
        raise ArgumentError(
            f"model description: {where} is a class of somebody's own ({description['registered_name']}); "
            "give it by custom_objects={NAME: CLASS}, or build the model here and load its weights."
        )
    if version < 3:
        _note_calls(where, description.get("inbound_nodes"), left_out)
    if name in WRAPPERS:
        config = dict(config) | {"layer": _modern(config.get("layer"), version, left_out)}
    config = {key: _plain(value) for key, value in config.items()}
    passing = without_augmentation(where, name, config, left_out)
    if passing is not None:
        name, config = passing
    if name == "Merge":
        name, config = _merge(where, config)
    if version < 3 and name != "Embedding":  # whose output_dim is no layer's units
        config = {keras_1.ARGUMENTS.get(key, key): value for key, value in config.items()}
    name = str(_CLASSES.get(name, name))
    _translate(where, name, config, version)
    _leave_out(where, name, config, left_out)
    return dict(description) | {"class_name": name, "config": config}


def _plain(value: Any) -> Any:
    """Return the number in what Keras 2.2 and 2.3 made of NumPy's scalars."""
    if isinstance(value, Mapping) and value.get("type") == "ndarray" and "value" in value:
        return value["value"]
    return value


def _merge(where: str, config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the class and config that say what Keras 1's Merge does."""
    if config.get("layers"):
        raise ArgumentError(
            f"model description: {where} joins several models at the beginning of a Sequential; build the model here "
            "with Input and Model, and load its weights."
        )
    kept = {key: config[key] for key in ("name", "trainable") if key in config}
    mode = config.get("mode")
    if mode == "sum":
        return "Add", kept
    if mode == "concat":
        return "Concatenate", kept | {"axis": config.get("concat_axis", -1)}
    raise ArgumentError(
        f"model description: {where} with mode={mode!r:.80} is not supported; there are 'sum' and 'concat'."
    )


def _translate(where: str, name: str, config: dict[str, Any], version: int) -> None:
    """Change the arguments of one layer to today's, in place."""
    for sides in keras_1.SIDES.values():
        if any(side in config for side in sides):
            config["kernel_size"] = [config.pop(side, None) for side in sides]
    layout = config.get("data_format")
    if isinstance(layout, str) and keras_1.FORMATS.get(layout, layout) == "channels_first":
        raise ArgumentError(
            f"model description: {where} is for images with their channels first (Theano's order, "
            f"data_format={layout!r}); only channels-last networks are supported: convert it with Keras."
        )
    if isinstance(layout, str):
        config["data_format"] = keras_1.FORMATS.get(layout, layout)
    if name == "BatchNormalization" and config.pop("mode", 0) not in (0, None):
        raise ArgumentError(f"model description: {where} has a mode other than 0, which is not supported.")
    if version < 3 and "hard_sigmoid" in (config.get("activation"), config.get("inner_activation")):
        raise ArgumentError(
            f"model description: {where} has Keras {version}'s hard_sigmoid, whose slope is 0.2; today's is 1/6, so "
            "its predictions would differ. Train it again with another activation."
        )
    features = None if name == "Embedding" else config.pop("input_dim", None)
    if features is not None and not config.get("batch_input_shape"):
        config["batch_input_shape"] = [None, features]
    config.pop("input_dtype", None)
    if config.get("weights", 0) is None:
        del config["weights"]
    if name in ("DepthwiseConv2D", "SeparableConv2D"):  # Keras 2 passes on what they have from Conv2D
        for key in ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"):
            if key in config and (key != "filters" or name == "DepthwiseConv2D"):
                del config[key]
    if name == "ZeroPadding2D":
        config["padding"] = _sides(config.get("padding", (1, 1)))
    for key, value in config.items():
        if key.endswith("_initializer"):
            config[key] = _initializer(value)


def _sides(padding: Any) -> Any:
    """Return Keras 1's four sides as today's two pairs."""
    if isinstance(padding, Mapping):
        padding = [padding.get(f"{side}_pad", 0) for side in ("top", "bottom", "left", "right")]
    return [padding[:2], padding[2:]] if isinstance(padding, list) and len(padding) == 4 else padding


def _initializer(value: Any) -> Any:
    """Return an initialiser without what Keras 2 added to its config."""
    if isinstance(value, str):
        return keras_1.INITIALIZERS.get(value, value)
    if not isinstance(value, Mapping) or not isinstance(value.get("config"), Mapping):
        return value
    config = {
        k: v for k, v in value["config"].items() if k not in ("dtype", "verify_shape", "partition_info")
    }
    if config.get("distribution") == "normal":
        config["distribution"] = "truncated_normal"
    return dict(value) | {"config": config}


def _leave_out(where: str, name: str, config: dict[str, Any], left_out: list[str]) -> None:
    """Take the penalties and constraints that are not known here out of a config, and name those that did something."""
    here = LAYERS | KERAS_2_LAYERS
    known = rule_names(here[name]) if name in here else []
    for key in [key for key in config if key.endswith(tuple(_RULES))]:
        if key in known and _is_rule(key, config[key]):
            continue
        if config.pop(key) is not None:
            left_out.append(f"{key} of {where}")


def _is_rule(key: str, value: Any) -> bool:
    """Return whether a penalty or constraint is one of ours; those of a stranger are a program."""
    try:
        return _RULES[key.rpartition("_")[2]](value) is not None
    except (ValueError, TypeError):
        return False


def _note_calls(where: str, calls: Any, left_out: list[str]) -> None:
    """Name a layer that was called with `training=False`: in training it would do otherwise here.

    Keras 2 notes what the program said; Keras 3 notes it for every layer, and `fit` overrules it.
    """
    for call in calls if isinstance(calls, list) else []:
        keywords = (
            [item[3] for item in call if isinstance(item, list) and len(item) > 3]
            if isinstance(call, list)
            else []
        )
        if any(isinstance(given, Mapping) and given.get("training") is not None for given in keywords):
            left_out.append(f"training=... in the call of {where}")


def modern_training(training: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a model was compiled, in Keras 3's words.

    Keras 1 and 2 had `lr` and `decay`: the rate of a step is lr / (1 + decay * step), which is a schedule now.

    Example:
        >>> modern_training({"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1}}})["optimizer"]["config"]
        {'learning_rate': 0.1}
    """
    found = dict(training)
    optimizer = found.pop("optimizer_config", None) or found.get("optimizer")
    if isinstance(optimizer, Mapping) and isinstance(optimizer.get("config"), Mapping):
        optimizer = dict(optimizer) | {"config": _optimizer(optimizer["config"])}
    found["optimizer"] = optimizer
    loss = found.get("loss")
    if isinstance(loss, Mapping) and isinstance(loss.get("config"), Mapping):
        config = dict(loss["config"])
        if config.get("reduction") == "auto":
            config["reduction"] = "sum_over_batch_size"
        found["loss"] = dict(loss) | {"config": config}
    return found


def _optimizer(given: Mapping[str, Any]) -> dict[str, Any]:
    config = {key: _plain(value) for key, value in given.items()}
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    decay = config.pop("decay", None)
    if decay and isinstance(config.get("learning_rate"), (int, float)):
        schedule = {"initial_learning_rate": config["learning_rate"], "decay_steps": 1, "decay_rate": decay}
        config["learning_rate"] = {"class_name": "InverseTimeDecay", "config": schedule}
    if config.get("epsilon", 0) is None:
        del config["epsilon"]
    if not config.get("use_ema"):
        config = {key: value for key, value in config.items() if not key.startswith("ema_")}
    return {k: v for k, v in config.items() if k not in ("jit_compile", "is_legacy_optimizer")}
