"""Model: holds a torch module and trains it, with Keras' words."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.arguments import refuse_unknown
from convolens.checkpoints.status import CheckpointStatus
from convolens.custom_objects import custom_object_scope
from convolens.errors import ArgumentError, ShapeError
from convolens.layers import Layer
from convolens.models.files import weight_files
from convolens.models.files.saving import save_model
from convolens.models.fitting import Fitting
from convolens.models.graph.deserialization import network_from_config
from convolens.models.graph.network import Network
from convolens.models.graph.own_network import OwnNetwork
from convolens.models.graph.serialization import serialize
from convolens.models.resuming import best_file
from convolens.models.summary import summary

_INERT = ("trainable", "dtype", "dynamic", "autocast")


class Model(Fitting):
    """A network with an optimizer, a loss and metrics.

    A class of one's own defines `__init__`, whose layers are attributes, and `call(self, inputs, training=None, mask=None)`; it may
    define `build`, `train_step`, `test_step` and `predict_step` too. In them tensors lie in Keras' order.

    Args:
        inputs: symbolic tensors (`Input`) of a functional model, or any `torch.nn.Module`, which sees
            float32 tensors, images as NCHW.
        outputs: symbolic tensors that depend on `inputs`; None with a module.
        name: the model's name.
        auxiliary: (symbolic tensor, weight) of further classifiers of a functional model: their losses enter training
            with these weights, and they take no part in anything else.
        options: `trainable`; Keras' `dtype`, `dynamic` and `autocast` are accepted.

    Raises:
        ArgumentError: neither a graph nor a module.

    Example:
        >>> model = Model(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2)))
        >>> model.predict(np.zeros((5, 2, 2, 3)), verbose=0).shape
        (5, 2)
    """

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        auxiliary: Sequence[tuple[Any, float]] = (),
        **options: Any,
    ) -> None:
        inputs, outputs = options.pop("input", inputs), options.pop("output", outputs)  # Keras 1's words
        refuse_unknown(type(self).__name__, options, ["inputs", "outputs", "name", *_INERT])
        if isinstance(inputs, torch.nn.Module) and outputs is None:
            self.module = inputs
        elif inputs is not None and outputs is not None:
            alone = isinstance(outputs, (list, tuple)) and len(outputs) == 1
            self.module = Network(inputs, outputs[0] if alone else outputs, name=name, auxiliary=auxiliary)
        elif inputs is None and outputs is None and type(self) is not Model:  # a class of the user's own
            self.module = OwnNetwork(self, type(self).call is not Model.call)
        else:
            raise ArgumentError(
                "Model: give inputs= and outputs= (symbolic tensors from Input(shape=...)), or one torch module; "
                "a class of your own may define call(self, inputs) instead."
            )
        self._begin(name)
        if "trainable" in options:
            self.trainable = bool(options["trainable"])

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return what the model computes: what a class of one's own defines, or asks of its base.

        Args:
            inputs: `Tensor`s in Keras' order, as many as the model has inputs.
            training: the mode; None for that of the run.
            mask: accepted, as in Keras.
        """
        return self.module(inputs) if training is None else self.module(inputs, training=training)

    def summary(
        self,
        line_length: int | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
    ) -> None:
        """Print the table of layers with shapes and parameters, as Keras does.

        Args:
            line_length: columns of the table; None asks the terminal.
            print_fn: called with the whole text instead of printing.
            expand_nested: show the layers of a model that is a layer of this one (of a torch module, its children).
            show_trainable: a column that says Y or N.

        Raises:
            NotBuiltError: there are no weights yet.
            ShapeError: a torch module that cannot take the shape given to `build`; without one, its shapes are "?".
        """
        self._check_built("summary")
        summary(
            self.module, self.name, line_length, print_fn, expand_nested, show_trainable, self.given_shape
        )

    def count_params(self) -> int:
        """Return the number of weights, moving averages included."""
        self._check_built("count_params")
        return sum(weight.size for weight in self.get_weights())

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of all weights, in Keras' order and layout (of a torch module: its state_dict)."""
        self._check_built("get_weights")
        if isinstance(self.module, Layer):
            return self.module.get_weights()
        return [tensor.detach().cpu().numpy().copy() for tensor in self.module.state_dict().values()]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Copy what `get_weights` gave into the model.

        Raises:
            ShapeError: another number of arrays, or one of another shape.
        """
        self._check_built("set_weights")
        if isinstance(self.module, Layer):
            self.module.set_weights(weights)
            return
        names = list(self.module.state_dict())
        if len(names) != len(weights):
            raise ShapeError(
                f"set_weights: the module has {len(names)} tensors; received {len(weights)} arrays."
            )
        self.module.load_state_dict(
            {name: torch.from_numpy(np.array(array)) for name, array in zip(names, weights, strict=True)}
        )

    def save_weights(
        self,
        filepath: str | Path,
        overwrite: bool = True,
        save_format: str | None = None,
        options: Any = None,
    ) -> None:
        """Write the weights; the file's ending chooses the form (.h5, .hdf5, .weights.h5, .safetensors).

        Args:
            filepath: the file; its folder is made. A name without an ending, as TensorFlow's checkpoints have, is NAME.weights.h5.
            overwrite: False refuses to replace a file.
            save_format: accepted; the ending chooses.
            options: accepted, as in TensorFlow.

        Raises:
            NotBuiltError: there are no weights yet. ArgumentError: another ending. WriteError: the file cannot be written.
        """
        self._check_built("save_weights")
        weight_files.save_weights(self, filepath, overwrite)

    def load_weights(
        self,
        filepath: str | Path,
        skip_mismatch: bool = False,
        by_name: bool | None = None,
        options: Any = None,
    ) -> CheckpointStatus:
        """Read weights from a file of ours, of Keras or of torch (.safetensors).

        Args:
            filepath: the file; its layers are matched by order.
            skip_mismatch: leave layers as they are whose weights in the file are of other shapes or missing, such as a last layer
                for other classes; a warning names them.
            by_name: match the layers of a legacy .h5 file by their names and leave the others, which a warning names.
            options: accepted, as in TensorFlow.

        Returns:
            What TensorFlow's programs ask then (`expect_partial()`).

        Raises:
            MissingFileError: no such file. CheckpointError: damaged, of another architecture, or nothing in it fits.
            ArgumentError: by_name with a file that has no names of layers; no path, as `latest_checkpoint` gives where there is none.
        """
        weight_files.load_weights(self, filepath, skip_mismatch, by_name)
        return CheckpointStatus()

    def load_best(self, monitor: str | None = None) -> Path:
        """Load the best weights of the last `fit` and return their file.

        They are those that a `ModelCheckpoint(save_best_only=True)` of it saved (a training command has its own).

        Args:
            monitor: which one's, where several watched different measures.

        Raises:
            MissingFileError: there is no such callback, or it saved none, or its file is gone. CheckpointError: several were saved.
        """
        path = best_file(self.training_state, monitor)
        self.load_weights(path)
        return path

    def save(self, filepath: str | Path, overwrite: bool = True, **options: Any) -> None:
        """Write architecture, weights and how it was compiled (.h5, .hdf5, .keras).

        Args:
            filepath: the file; its folder is made. A name without an ending, of which TensorFlow makes a folder, is NAME.keras.
            overwrite: False refuses to replace a file.
            options: `include_optimizer` and `save_format`, as of `save_model`.

        Raises:
            NotBuiltError: there are no weights yet. ArgumentError: another ending, or a plain torch module.
            WriteError: the file cannot be written.
        """
        self._check_built("save")
        save_model(self, filepath, overwrite, **options)

    def get_config(self) -> dict[str, Any]:
        """Return the architecture as plain values, in Keras 3's dialect.

        Raises:
            ArgumentError: a plain torch module, which has none.
        """
        if not isinstance(self.module, Layer):
            raise ArgumentError("get_config: a torch module has no config; save its weights as .safetensors.")
        config = self.module.get_config()
        return config | {"name": self.name}

    def to_json(self, **options: Any) -> str:
        """Return the architecture as JSON, for `model_from_json`, ours or Keras'.

        Args:
            options: of `json.dumps`.

        Raises:
            ArgumentError: a plain torch module, or a function in the graph.
        """
        if not isinstance(self.module, Layer):
            raise ArgumentError("to_json: a torch module has no config; save its weights as .safetensors.")
        description = serialize(self.module)
        return json.dumps(description | {"config": description["config"] | {"name": self.name}}, **options)

    def to_yaml(self, **options: Any) -> str:
        """Refuse: YAML can hold programs, and Keras dropped it; `to_json` says the same.

        Args:
            options: not used.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError("to_yaml: Keras dropped it, for YAML can hold programs; use model.to_json().")

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: int = 0) -> np.ndarray:
        """Return the number of the likeliest class of each sample; of one output whether it is above 1/2.

        Args:
            x, batch_size, verbose: as of `Fitting.predict`.

        Raises: as of `Fitting.predict`.
        """
        scores = self.predict(x, batch_size=batch_size, verbose=verbose)
        return scores.argmax(-1) if scores.shape[-1] > 1 else (scores > 0.5).astype("int32")

    def predict_proba(self, x: Any, batch_size: int | None = None, verbose: int = 0) -> Any:
        """Return `predict`, under an old name.

        Args:
            x, batch_size, verbose: as of `Fitting.predict`.

        Raises: as of `Fitting.predict`.
        """
        return self.predict(x, batch_size=batch_size, verbose=verbose)

    @classmethod
    def from_config(cls, config: Any, custom_objects: Mapping[str, Any] | None = None) -> "Model":
        """Return a model with fresh weights from `get_config`.

        Args:
            config: as of `get_config`.
            custom_objects: name -> class or function of your own that it speaks of.
        """
        with custom_object_scope(custom_objects or {}):
            return cls._of(network_from_config(config), config.get("name"))

    @classmethod
    def _of(cls, module: torch.nn.Module, name: str | None) -> Any:
        model = cls.__new__(cls)
        model.module = module
        model._begin(name)
        return model
