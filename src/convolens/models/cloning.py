"""model_from_json, model_from_config and clone_model: models with fresh weights."""

from collections.abc import Callable, Mapping
from typing import Any

from convolens.layers import Layer
from convolens.models.graph.cloning import copy_of, described_module
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.models.model import Model
from convolens.models.sequential import Sequential


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the model that `to_json` described, ours or Keras', with fresh weights.

    Args:
        json_string: of `model.to_json()`.
        custom_objects: name -> class of your own that it speaks of.

    Raises:
        ArgumentError: no JSON, or no description of a model. UnknownNameError: it has a layer that is not known.

    Example:
        >>> from convolens.layers import Dense
        >>> model_from_json(Sequential([Dense(2, input_shape=(3,))]).to_json()).count_params()
        8
    """
    return _model(described_module(json_string, custom_objects))


def model_from_config(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the model of a description `{"class_name": ..., "config": ...}`, with fresh weights.

    Args:
        config: the description.
        custom_objects: as of `model_from_json`.

    Raises: as of `model_from_json`.
    """
    return _model(described_module(config, custom_objects))


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Callable[[Layer], Layer] | None = None
) -> Any:
    """Return a model of the same layers with fresh weights, not compiled.

    Args:
        model: a model of layers.
        input_tensors: symbolic tensors to begin with; None makes inputs like the model's.
        clone_function: gives the layer that stands for one of the model's; None makes it anew from its config.

    Raises:
        ArgumentError: a layer that cannot be made anew.

    Example:
        >>> from convolens.layers import Dense
        >>> clone_model(Sequential([Dense(2, input_shape=(3,))])).count_params()
        8
    """
    module = getattr(model, "module", model)
    if clone_function is not None and isinstance(module, SequentialNetwork):
        copy = Sequential([clone_function(layer) for layer in module.layers], name=model.name)
        if module.built and not copy.built:
            copy.build(module.input_shape)
    else:
        copy = _model(copy_of(module, clone_function))
    if input_tensors is None:
        return copy
    return Model(input_tensors, copy(input_tensors), name=model.name)


def _model(module: Any) -> Any:
    kind: Any = Sequential if isinstance(module, SequentialNetwork) else Model
    return kind._of(module, module.name)
