"""Model: holds a torch module and trains it, with Keras' words."""

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens import losses, optimizers
from convolens.arguments import did_you_mean, integer, number_in, refuse_unknown
from convolens.callbacks import CallbackList, History
from convolens.errors import ArgumentError, NotBuiltError, NotCompiledError, ShapeError, UnknownNameError
from convolens.layers import Layer
from convolens.layers.layer import surface
from convolens.layers.symbolic import is_symbolic
from convolens.models import saving
from convolens.models.compiling import check_targets, resolve_metrics
from convolens.models.network import Network
from convolens.models.summary import summary
from convolens.training import Step, loop, make_batch, make_source
from convolens.training.batches import inputs as to_inputs

# Arguments of Keras' compile and fit that ask for nothing here unless they are set otherwise.
_INERT_COMPILE = {
    "loss_weights": None,
    "run_eagerly": None,
    "steps_per_execution": 1,
    "jit_compile": None,
    "auto_scale_loss": None,
}
_INERT_FIT = {"max_queue_size": None, "workers": None, "use_multiprocessing": None}


class Model:
    """A network with an optimizer, a loss and metrics.

    Args:
        inputs: symbolic tensors (`Input`) of a functional model, or any `torch.nn.Module`, which sees
            float32 tensors, images as NCHW.
        outputs: symbolic tensors that depend on `inputs`; None with a module.
        name: the model's name.

    Raises:
        ArgumentError: neither a graph nor a module.

    Example:
        >>> model = Model(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2)))
        >>> model.predict(np.zeros((5, 2, 2, 3)), verbose=0).shape
        (5, 2)
    """

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None) -> None:
        self.module: Any
        if isinstance(inputs, torch.nn.Module) and outputs is None:
            self.module = inputs
        elif inputs is not None and outputs is not None:
            self.module = Network(inputs, outputs, name=name)
        else:
            raise ArgumentError(
                "Model: give inputs= and outputs= (symbolic tensors from Input(shape=...)), or one torch module."
            )
        self._begin(name)

    def _begin(self, name: str | None) -> None:
        self.name = name or getattr(self.module, "name", None) or type(self).__name__.lower()
        self.optimizer: Any = None
        self.loss: Any = None
        self.compiled_loss: losses.Loss | None = None
        self.compiled_metrics: list[Any] = []
        self.weighted_metrics: list[Any] = []
        self.stop_training = False
        self.history: History | None = None

    # -- structure ---------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Any]:
        """The layers in order; of a torch module, its children."""
        return list(getattr(self.module, "layers", None) or self.module.children())

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by name or by place.

        Raises:
            UnknownNameError: no layer has the name; the nearest is offered.
        """
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(
                    f"get_layer: index {index} is out of range; there are {len(self.layers)} layers."
                )
            return self.layers[index]
        named = dict(self.module.named_children()) | {
            layer.name: layer for layer in self.layers if isinstance(layer, Layer)
        }
        if name in named:
            return named[name]
        raise UnknownNameError(
            f"get_layer: no layer is named {name!r}.{did_you_mean(name, [n for n in named if n])} "
            f"Layers: {', '.join(str(known) for known in named)}."
        )

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return bool(getattr(self.module, "built", True))

    def _check_built(self, what: str) -> None:
        if not self.built:
            raise NotBuiltError(
                f"{what}: the model is not built yet, its input shape is unknown; give the first layer "
                "input_shape=..., add an Input(shape=...) first, or call fit or predict."
            )

    @property
    def input(self) -> Any:
        """The symbolic input (a list where there are several)."""
        tensors = getattr(self.module, "inputs", None)
        return self.module.input if tensors is None else (tensors[0] if len(tensors) == 1 else tensors)

    @property
    def output(self) -> Any:
        """The symbolic output (a list where there are several)."""
        tensors = getattr(self.module, "outputs", None)
        return self.module.output if tensors is None else (tensors[0] if len(tensors) == 1 else tensors)

    @property
    def inputs(self) -> list[Any]:
        """The symbolic inputs."""
        return self.input if isinstance(self.input, list) else [self.input]

    @property
    def outputs(self) -> list[Any]:
        """The symbolic outputs."""
        return self.output if isinstance(self.output, list) else [self.output]

    @property
    def input_shape(self) -> Any:
        """(None, rows, columns, channels), or a list of such."""
        self._check_built("input_shape")
        return self.module.input_shape if isinstance(self.module, Layer) else None

    @property
    def output_shape(self) -> Any:
        """The output's shape with None for the batch."""
        self._check_built("output_shape")
        return self.module.output_shape if isinstance(self.module, Layer) else None

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights."""
        return bool(getattr(self.module, "trainable", True))

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.module.trainable = value

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next((parameter.device for parameter in self.module.parameters()), torch.device("cpu"))

    def to(self, device: Any) -> "Model":
        """Move the weights to a device and return the model."""
        self.module.to(device)
        return self

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Build for inputs of a shape that has the batch first (None)."""
        if isinstance(self.module, Layer):
            self.module.build_once(tuple(input_shape))

    def __call__(self, x: Any, training: bool = False) -> Any:
        """Call on symbolic tensors (as a layer of another model), an NHWC array or a torch tensor."""
        if is_symbolic(x) or isinstance(x, torch.Tensor):
            return self.module(x)
        with loop.mode(self.module, training), torch.no_grad():
            self._build_for(x)
            return surface(self.module(to_inputs(x)))

    # -- compile -----------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **options: Any,
    ) -> None:
        """Choose how to train; weights stay, the optimizer's state begins anew.

        Args:
            optimizer: a name or an object of `convolens.optimizers`.
            loss: a name, an object of `convolens.losses`, or a function (y_true, y_pred).
            metrics: names, objects or functions, alone or in a list.
            weighted_metrics: the same, updated with the sample weights.
            options: Keras' others are accepted at their defaults.

        Raises:
            UnknownNameError: a name is not known; the nearest is offered.
        """
        refuse_unknown(
            "compile", options, ["optimizer", "loss", "metrics", "weighted_metrics", *_INERT_COMPILE]
        )
        for key, value in options.items():
            if value not in (_INERT_COMPILE[key], None, False, "auto"):
                raise ArgumentError(f"compile: {key}={value!r} is not supported; leave it out.")
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self.compiled_loss = None if loss is None else losses.get(loss)
        self.compiled_metrics = resolve_metrics(metrics)
        self.weighted_metrics = resolve_metrics(weighted_metrics)

    @property
    def metrics_names(self) -> list[str]:
        """The names in the logs: loss first."""
        return ["loss", *(metric.name for metric in (*self.compiled_metrics, *self.weighted_metrics))]

    def _check_compiled(self, what: str) -> None:
        if self.optimizer is None or self.compiled_loss is None:
            raise NotCompiledError(
                f"{what}: call model.compile(optimizer=..., loss=...) first"
                + ("; compile was called without a loss." if self.optimizer is not None else ".")
            )

    def _step(self, what: str, train: bool = False) -> Step:
        self._check_compiled(what)
        if train:
            self.optimizer.build([p for p in self.module.parameters() if p.requires_grad])
        return Step(
            self.module,
            self.compiled_loss,
            self.optimizer,
            self.compiled_metrics,
            self.weighted_metrics,
            self.device,
        )

    # -- data --------------------------------------------------------------------------------------

    def _build_for(self, x: Any) -> Any:
        """Build on first use from the data's shape; return the data (an iterator that was looked into goes on)."""
        if self.built or not isinstance(self.module, Layer):
            return x
        if isinstance(x, (np.ndarray, torch.Tensor)):
            self.module.build_once((None, *x.shape[1:]))
            return x
        first, rest = x, x
        if hasattr(x, "image_shape"):
            self.module.build_once((None, *x.image_shape))
            return x
        if isinstance(x, torch.utils.data.DataLoader):
            first = next(iter(x))
        elif hasattr(x, "__getitem__") and hasattr(x, "__len__"):
            first = x[0]
        elif hasattr(x, "__next__"):
            first = next(x)
            rest = itertools.chain([first], x)
        first = first[0] if isinstance(first, (list, tuple)) else first
        array = first if isinstance(first, torch.Tensor) else np.asarray(first)
        shape = tuple(array.shape[1:])
        if isinstance(x, torch.utils.data.DataLoader) and len(shape) == 3:
            shape = (*shape[1:], shape[0])  # NCHW, torch's habit
        self.module.build_once((None, *shape))
        return rest

    def _check_x(self, where: str, x: Any) -> None:
        if not isinstance(self.module, Layer) or not isinstance(x, (np.ndarray, torch.Tensor)):
            return
        expected = self.input_shape
        if isinstance(expected, list):
            raise ShapeError(f"{where}: the model has {len(expected)} inputs; give a list of arrays.")
        given = tuple(x.shape)
        fits = len(given) == len(expected) and all(
            wanted in (None, size) for wanted, size in zip(expected, given, strict=True)
        )
        if fits:
            return
        hint = ""
        if len(given) == len(expected) - 1:
            hint = " The batch dimension is missing: x[np.newaxis]."
        elif len(given) == 4 and given[1] == expected[3] and given[2:] == tuple(expected[1:3]):
            hint = " The channels come first: x.transpose(0, 2, 3, 1)."
        raise ShapeError(f"{where}: the model expects x of shape {tuple(expected)}; received {given}.{hint}")

    def _source(self, where: str, x: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> Any:
        x = self._build_for(x)
        self._check_x(where, x)
        image_shape = None
        if (
            isinstance(self.module, Layer)
            and isinstance(self.input_shape, tuple)
            and len(self.input_shape) == 4
        ):
            image_shape = self.input_shape[1:]
        source = make_source(where, x, y, sample_weight, image_shape=image_shape, **options)
        if y is not None and self.compiled_loss is not None and not isinstance(y, (list, tuple)):
            check_targets(self.compiled_loss, y, self.output_shape)
        return source

    # -- fit, evaluate, predict --------------------------------------------------------------------

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
        seed: int | None = None,
        **options: Any,
    ) -> History:
        """Train, and return the history of loss and metrics.

        Args:
            x: NHWC array, list of arrays, generator, iterator, indexed source (Keras' Sequence) or DataLoader.
            y: labels where x is an array.
            batch_size: samples a step; None is 32.
            epochs: the number of the last epoch.
            verbose: "auto" or 1 a bar, 2 a line an epoch, 0 silent.
            callbacks: a list of `convolens.callbacks`.
            validation_split: share taken from the end of x and y, before shuffling.
            validation_data: (x, y), (x, y, weights), or a generator.
            shuffle: a new order each epoch, a function of (seed, epoch); arrays only.
            class_weight: class number -> weight of its samples in the loss.
            sample_weight: weight of each sample in the loss.
            initial_epoch: the number of the first epoch, from 0.
            steps_per_epoch: batches an epoch; needed for endless generators.
            validation_steps, validation_batch_size: the same for the validation data.
            validation_freq: validate every so many epochs, or in the listed ones (from 1).
            seed: of the order; None is torch's initial seed.
            options: Keras 2's `workers`, `max_queue_size`, `use_multiprocessing` are accepted and not needed.

        Raises:
            NotCompiledError: compile was not called. ShapeError, ArgumentError: the data do not fit.
        """
        refuse_unknown("fit", options, [*Model.fit.__annotations__, *_INERT_FIT])
        self._check_compiled("fit")
        epochs = integer("fit", "epochs", epochs, minimum=0)
        if batch_size is not None:
            batch_size = integer("fit", "batch_size", batch_size)
        if steps_per_epoch is not None:
            steps_per_epoch = integer("fit", "steps_per_epoch", steps_per_epoch)
        if class_weight is not None and not isinstance(class_weight, Mapping):
            raise ArgumentError(
                f"fit: class_weight must be a dict of class number to weight; received {class_weight!r}."
            )
        if validation_split:
            (x, y, sample_weight), validation_data = _split(
                x, y, sample_weight, validation_split, validation_data
            )
        if torch.cuda.is_available() and self.device.type == "cpu":
            self.to("cuda")
        seed = torch.initial_seed() if seed is None else seed
        source = self._source(
            "fit", x, y, sample_weight, batch_size=batch_size, steps=steps_per_epoch, shuffle=bool(shuffle),
            seed=seed, class_weight=class_weight,
        )  # fmt: skip
        self.to(self.device)
        step = self._step("fit", train=True)
        validate = None
        if validation_data is not None:
            size = validation_batch_size or batch_size
            validate = self._validation(step, validation_data, size, validation_steps)
        names = self.metrics_names + [f"val_{name}" for name in self.metrics_names if validate]
        events = CallbackList(
            callbacks, add_history=True, add_progbar=verbose != 0, model=self,
            verbose=1 if verbose == "auto" else int(verbose), epochs=epochs, steps=source.steps,
            metrics=names, validation=validate is not None,
        )  # fmt: skip
        self.stop_training = False
        self.history = events.history
        due: Callable[[int], bool] = (
            (lambda epoch: (epoch + 1) % validation_freq == 0)
            if isinstance(validation_freq, int)
            else (lambda epoch: epoch + 1 in validation_freq)
        )
        interrupted = loop.fit(
            step, source, events, range(initial_epoch, epochs), lambda: self.stop_training, validate, due
        )
        if interrupted:
            events.history.interrupted = True
            print(f"Interrupted after {len(events.history.epoch)} finished epochs; what was learned is kept.")
        return events.history

    def _validation(
        self, step: Step, data: Any, batch_size: int | None, steps: int | None
    ) -> Callable[[], dict[str, Any]]:
        if isinstance(data, (tuple, list)) and len(data) in (2, 3):
            x, y, weight = (*data, None)[:3]
            source = self._source("validation_data", x, y, weight, batch_size=batch_size, steps=steps)
        else:
            source = self._source("validation_data", data, steps=steps)
        return lambda: loop.evaluate(step, source, CallbackList())

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **options: Any,
    ) -> Any:
        """Return the loss, or a list of loss and metrics (a dict with `return_dict`); arguments as in `fit`."""
        refuse_unknown("evaluate", options, [*Model.evaluate.__annotations__, *_INERT_FIT])
        self._check_compiled("evaluate")
        source = self._source("evaluate", x, y, sample_weight, batch_size=batch_size, steps=steps)
        events = CallbackList(callbacks, model=self, metrics=self.metrics_names, steps=source.steps)
        logs = loop.evaluate(self._step("evaluate"), source, events)
        if verbose in (1, 2):
            print(" - ".join(f"{name}: {value:.4f}" for name, value in logs.items() if np.ndim(value) == 0))
        values = list(logs.values())
        return logs if return_dict else values if len(values) > 1 else values[0]

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **options: Any,
    ) -> Any:
        """Return the predictions as an array, channels last (a list of arrays for several outputs)."""
        refuse_unknown("predict", options, [*Model.predict.__annotations__, *_INERT_FIT])
        source = self._source("predict", x, batch_size=batch_size, steps=steps)
        step = Step(self.module, None, None, [], [], self.device)
        outputs = loop.predict(step, source, CallbackList(callbacks, model=self, steps=source.steps))
        if not outputs:
            raise ArgumentError("predict: the data held no batch.")
        if isinstance(outputs[0], list):
            return [torch.cat(parts).cpu().numpy() for parts in zip(*outputs, strict=True)]
        return np.ascontiguousarray(torch.cat(outputs).cpu().numpy())

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Take one optimizer step on a batch and return loss and metrics."""
        self._check_compiled("train_on_batch")
        x = self._build_for(x)
        step = self._step("train_on_batch", train=True)
        with loop.mode(self.module, training=True):
            step.train(make_batch(x, y, sample_weight, class_weight))
        logs = step.logs()
        return logs if return_dict else list(logs.values()) if len(logs) > 1 else logs["loss"]

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return loss and metrics of a batch."""
        step = self._step("test_on_batch")
        with loop.mode(self.module, training=False):
            step.evaluate(make_batch(self._build_for(x), y, sample_weight))
        logs = step.logs()
        return logs if return_dict else list(logs.values()) if len(logs) > 1 else logs["loss"]

    def predict_on_batch(self, x: Any) -> Any:
        """Return the predictions of a batch."""
        return self.predict(x, batch_size=len(x), verbose=0)

    def fit_generator(self, generator: Any, *arguments: Any, **keywords: Any) -> History:
        """Old name: `fit` takes generators."""
        _warn_old("fit_generator", "fit")
        for name, value in zip(
            ("steps_per_epoch", "epochs", "verbose", "callbacks"), arguments, strict=False
        ):
            keywords[name] = value
        return self.fit(generator, **keywords)

    def evaluate_generator(self, generator: Any, steps: int | None = None, **keywords: Any) -> Any:
        """Old name: `evaluate` takes generators."""
        _warn_old("evaluate_generator", "evaluate")
        return self.evaluate(generator, steps=steps, **keywords)

    def predict_generator(self, generator: Any, steps: int | None = None, **keywords: Any) -> Any:
        """Old name: `predict` takes generators."""
        _warn_old("predict_generator", "predict")
        return self.predict(generator, steps=steps, **keywords)

    # -- weights and files -------------------------------------------------------------------------

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None) -> None:
        """Print the table of layers with shapes and parameters."""
        self._check_built("summary")
        summary(self.module, self.name, line_length, print_fn)

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

    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights; the file's ending chooses the form (.h5, .hdf5, .weights.h5, .safetensors)."""
        self._check_built("save_weights")
        saving.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | Path) -> None:
        """Read weights from a file of ours, of Keras or of torch (.safetensors)."""
        saving.load_weights(self, filepath)

    def save(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write architecture, weights and how it was compiled (.h5, .hdf5, .keras)."""
        self._check_built("save")
        saving.save_model(self, filepath, overwrite)

    def get_config(self) -> dict[str, Any]:
        """Return the architecture as plain values, in Keras 3's dialect."""
        if not isinstance(self.module, Layer):
            raise ArgumentError("get_config: a torch module has no config; save its weights as .safetensors.")
        config = self.module.get_config()
        return config | {"name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Model":
        """Return a model with fresh weights from `get_config`."""
        from convolens.models.configuration import network_from_config

        return cls._of(network_from_config(config), config.get("name"))

    @classmethod
    def _of(cls, module: torch.nn.Module, name: str | None) -> Any:
        model = cls.__new__(cls)
        model.module = module
        model._begin(name)
        return model


def _warn_old(old: str, new: str) -> None:
    warnings.warn(f"{old} is deprecated; {new} takes generators.", UserWarning, stacklevel=3)


def _split(x: Any, y: Any, weight: Any, share: float, validation_data: Any) -> tuple[Any, Any]:
    """Return (x, y, weight) without the last share of the samples, and that share as validation data."""
    number_in("fit", "validation_split", share, 0.0, 1.0, open_high=True)
    several = isinstance(x, (list, tuple)) and len(x) > 0 and hasattr(x[0], "shape")
    arrays = list(x) if several else [x]
    if not all(isinstance(array, (np.ndarray, torch.Tensor)) for array in arrays):
        raise ArgumentError("fit: validation_split needs arrays; give validation_data beside a generator.")
    if validation_data is not None:
        raise ArgumentError("fit: give validation_split or validation_data, not both.")
    if y is not None and len(y) != len(arrays[0]):
        raise ShapeError(
            f"fit: x and y must have the same length; received {len(arrays[0])} samples and {len(y)} labels."
        )
    cut = int(np.floor(len(arrays[0]) * (1.0 - share)))
    if cut == 0 or cut == len(arrays[0]):
        raise ArgumentError(
            f"fit: validation_split={share} of {len(arrays[0])} samples leaves one side empty; give more samples."
        )

    def part(value: Any, rows: slice) -> Any:
        return None if value is None else value[rows]

    def part_x(rows: slice) -> Any:
        parts = [array[rows] for array in arrays]
        return parts if several else parts[0]

    y = y if y is None or hasattr(y, "shape") else np.asarray(y)
    first, last = slice(0, cut), slice(cut, None)
    return (
        (part_x(first), part(y, first), part(weight, first)),
        (part_x(last), part(y, last), part(weight, last)),
    )
