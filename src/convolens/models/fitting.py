"""Fitting: fit, evaluate and predict, on arrays and on every kind of source."""

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer, refuse_unknown
from convolens.augmentation.draw.balance import balanced_weights, labels_of
from convolens.callbacks import CallbackList, History
from convolens.errors import ArgumentError
from convolens.layers import Layer
from convolens.layers.axes import Values
from convolens.memory import kept_memory
from convolens.models.compilable import Compilable
from convolens.models.compiling import check_targets
from convolens.models.feeding import batch_for, feed, fixed_batch
from convolens.models.old_generators import OldGenerators
from convolens.models.outputs.by_output import targets_by_output, weights_by_output
from convolens.models.outputs.several_losses import SeveralLosses
from convolens.models.own.own_step import OwnStep
from convolens.models.parts.trained_as_compiled import trained_as_compiled
from convolens.models.placing import batches_for
from convolens.models.resuming import begin, go_on
from convolens.models.splitting import split
from convolens.training import ArraySource, Batch, Progress, Step, loop, make_batch, make_source
from convolens.training.inputs.array_source import length
from convolens.training.inputs.arrays import as_labels

# Arguments of Keras 2's fit that ask for nothing here.
_INERT_FIT = dict.fromkeys(
    (
        "max_queue_size",
        "workers",
        "use_multiprocessing",
        "show_accuracy",
        "max_q_size",
        "nb_worker",
        "pickle_safe",
    )
)


def _class_weights(where: str, class_weight: Any, labels: Any) -> Mapping[int, float] | None:
    """Return class number -> weight; "balanced" takes it from the labels of the training samples."""
    if isinstance(class_weight, str) and class_weight == "balanced":
        return balanced_weights(f"{where}: class_weight='balanced'", labels)
    if class_weight is not None and not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"{where}: class_weight must be a dict of class number to weight, or 'balanced'; "
            f"received {class_weight!r}."
        )
    return class_weight


def _only(y: Any, names: Sequence[str]) -> Any:
    """Return the labels of the only output out of a dict by its name."""
    return y[names[0]] if isinstance(y, Mapping) and len(names) == 1 and names[0] in y else y


def _joined(outputs: list[Any]) -> Any:
    """Return the predictions of all batches as an array, or a list or dict of them."""
    first = outputs[0]
    if isinstance(first, dict):
        return {name: _joined([output[name] for output in outputs]) for name in first}
    if isinstance(first, list):
        return [_joined(list(parts)) for parts in zip(*outputs, strict=True)]
    return np.ascontiguousarray(torch.cat(outputs).cpu().numpy()).view(Values)


class Fitting(OldGenerators, Compilable):
    """The part of `Model` that runs the network over data."""

    def _source(self, where: str, x: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> Any:
        x = feed(where, self.module, x)
        image_shape = None
        if (
            isinstance(self.module, Layer)
            and isinstance(self.input_shape, tuple)
            and len(self.input_shape) == 4
        ):
            image_shape = self.input_shape[1:]
        labelled = where != "predict"
        names = self.output_names
        y, sample_weight = _only(y, names), weights_by_output(where, sample_weight, names)
        if len(names) > 1 and labelled:
            y = None if y is None else targets_by_output(where, y, names)
        options["batch_size"] = options.get("batch_size") or fixed_batch(self.module)
        source = make_source(
            where, x, y, sample_weight, image_shape=image_shape, pin=self.device.type == "cuda",
            feed=functools.partial(self._fed, where, labelled), outputs=len(names), **options,
        )  # fmt: skip
        if labelled and isinstance(source, ArraySource):
            self._check_labels(where, source.y)
        return source

    def _fed(self, where: str, labelled: bool, x: Any, y: Any, weight: Any) -> tuple[Any, Any, Any]:
        """Return a batch as the network takes it; one for the part of it that runs is of our own making."""
        if self.part is not None:
            return x, y, weight
        x = batch_for(where, self.module, x)
        if not labelled:
            return x, None, weight
        weight = weights_by_output(where, weight, self.output_names)
        y = _only(y, self.output_names)
        if y is not None and len(self.output_names) > 1:
            targets = targets_by_output(where, y, self.output_names)
            y = [None if one is None else as_labels(where, one) for one in targets]
        elif y is not None:
            y = as_labels(where, y)
        self._check_labels(where, y)
        return x, y, weight

    def _check_labels(self, where: str, y: Any) -> None:
        """Raise where there are no labels, or such as the loss cannot take; those on a GPU are not waited for."""
        if self.loss_function is None or "train_step" in self.own_steps:
            return  # what its own step does with them, it knows; the losses that its layers add do without
        if y is None and self.own_steps:
            return
        if y is None:
            raise ArgumentError(
                f"{where}: there are no labels; give y beside x, or batches of (x, y). flow_from_directory with "
                "class_mode=None gives photos alone, for predict."
            )
        several = isinstance(self.loss_function, SeveralLosses)
        shapes = self.output_shape if several else [self.output_shape]
        shapes = list(shapes.values()) if isinstance(shapes, dict) else shapes
        losses = self.loss_function.losses if several else [self.loss_function]
        for loss, one, shape in zip(losses, y if several else [y], shapes, strict=True):
            if loss is not None and one is not None and not (isinstance(one, torch.Tensor) and one.is_cuda):
                check_targets(where, loss, one, shape)

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
        class_weight: Mapping[int, float] | str | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: float | None = None,
        validation_steps: float | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
        seed: int | None = None,
        resume_from: Any = None,
        resume_exactly: bool = True,
        **options: Any,
    ) -> History:
        """Train, and return the history of loss and metrics.

        Args:
            x: NHWC array of any kind (NumPy, torch, pandas, TensorFlow; h5py and zarr, of which a batch is read at a time), list of
                images, list or dict of arrays for several inputs, generator, iterator, Sequence, `tf.data.Dataset` or DataLoader.
            y: labels where x is an array.
            batch_size: samples a step; None is 32.
            epochs: the number of the last epoch.
            verbose: "auto" or 1 a bar, 2 a line an epoch, 0 silent.
            callbacks: a list of `convolens.callbacks`.
            validation_split: share taken from the end of x and y, before shuffling.
            validation_data: (x, y), (x, y, weights), or a generator.
            shuffle: a new order each epoch, a function of (seed, epoch), of arrays and of the batches of a Sequence.
            class_weight: class number -> weight of its samples in the loss, or "balanced": n / (classes * count) of
                each class, by y, or by the `classes`, `labels` or `y` of an iterator.
            sample_weight: weight of each sample in the loss.
            initial_epoch: the number of the first epoch, from 0.
            steps_per_epoch: batches an epoch, of a fraction the next whole number; needed for endless generators.
            validation_steps, validation_batch_size: the same for the validation data.
            validation_freq: validate every so many epochs, or in the listed ones (from 1).
            seed: of the order; None is torch's initial seed.
            resume_from: a folder of states (of BackupAndRestore, or a run's checkpoints), whose newest whole one is gone on
                from, or one state; `initial_epoch` has no meaning then. Model, optimizer and callbacks are made as before.
            resume_exactly: False goes on where another number of threads, device or version may change the last bits.
            options: Keras 2's `workers`, `max_queue_size`, `use_multiprocessing` are accepted and not needed.

        Raises:
            NotCompiledError: compile was not called. ShapeError, ArgumentError: the data do not fit.
            MissingFileError, CheckpointError: no whole state in `resume_from`, or one that does not fit.
        """
        if "nb_epoch" in options:
            warnings.warn("fit: Keras 1's nb_epoch is epochs now.", UserWarning, stacklevel=2)
            epochs = options.pop("nb_epoch")
        refuse_unknown("fit", options, [*Fitting.fit.__annotations__, *_INERT_FIT])
        self._check_compiled("fit")
        epochs = integer("fit", "epochs", epochs, minimum=0)
        if batch_size is not None:
            batch_size = integer("fit", "batch_size", batch_size)
        x = feed("fit", self.module, x)
        self._settle_late()
        self._check_last_layer()
        names = self.output_names
        y, sample_weight = _only(y, names), weights_by_output("fit", sample_weight, names)
        if len(names) > 1 and class_weight is not None:
            raise ArgumentError(
                "fit: class_weight is only supported for models of a single output; give sample_weight, one array for each output."
            )
        if len(names) > 1 and y is not None:
            y = targets_by_output("fit", y, names)
        if validation_split and validation_data is None:  # else the data are taken, as in Keras
            (x, y, sample_weight), validation_data = split(x, y, sample_weight, validation_split, len(names))
        weights = _class_weights("fit", class_weight, labels_of(x) if y is None else y)
        if torch.cuda.is_available() and self.device.type == "cpu" and not self.device_given:
            self.module.to("cuda")
        x = self._placed(x)
        seed = torch.initial_seed() if seed is None else seed
        source = self._source(
            "fit", x, y, sample_weight, batch_size=batch_size, steps=steps_per_epoch, shuffle=bool(shuffle),
            seed=seed, class_weight=weights,
        )  # fmt: skip
        self.module.to(self.device)
        step = self._step("fit", train=True)
        checked = validation_data is not None
        if checked:
            size = validation_batch_size or batch_size
            validation = self._validation_source(validation_data, size, validation_steps)
        names = self.metrics_names + [f"val_{name}" for name in self.metrics_names if checked]
        events = CallbackList(
            callbacks, add_history=True, add_progbar=verbose != 0, model=self,
            verbose=1 if verbose == "auto" else int(verbose), epochs=epochs, steps=source.steps,
            metrics=names, validation=checked,
        )  # fmt: skip
        self.stop_training = False
        self.history = events.history
        due: Callable[[int], bool] = (
            (lambda epoch: (epoch + 1) % validation_freq == 0)
            if isinstance(validation_freq, int)
            else (lambda epoch: epoch + 1 in validation_freq)
        )
        validate = (lambda: loop.evaluate(step, validation, events)) if checked else None
        sources = {"data": source, "validation_data": validation} if checked else {"data": source}
        training = begin(self, step, sources, events, Progress(initial_epoch, epochs=epochs))
        resumed = go_on(training, self, events, resume_from, resume_exactly)
        self.is_fitting = True
        try:
            interrupted = loop.fit(
                step, source, events, training.progress, lambda: self.stop_training, validate, due, resumed
            )
        finally:
            self.is_fitting = False
            training.forget(sources)
        if interrupted:
            events.history.interrupted = True
            print(f"Interrupted after {len(events.history.epoch)} finished epochs; what was learned is kept.")
        return events.history

    def _in_order(self, logs: Mapping[str, Any]) -> dict[str, Any]:
        """Return logs in the order of `metrics_names`: what layers add comes in that of their calls."""
        named = {name: logs[name] for name in self.metrics_names if name in logs}
        return named | dict(logs)

    def _validation_source(self, data: Any, batch_size: int | None, steps: float | None) -> Any:
        batches = isinstance(data, list) and all(isinstance(item, tuple) for item in data)
        if isinstance(data, (tuple, list)) and len(data) in (2, 3) and not batches:
            x, y, weight = (*data, None)[:3]
            return self._source("validation_data", x, y, weight, batch_size=batch_size, steps=steps)
        return self._source("validation_data", self._placed(data), steps=steps)

    def _placed(self, data: Any) -> Any:
        """Return batches that are augmented on the GPU, where the network is there and they can be; else the data."""
        return batches_for(data, self.device).batches

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: float | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **options: Any,
    ) -> Any:
        """Return the loss, or a list of loss and metrics.

        Args:
            x, y, batch_size, sample_weight, callbacks: as in `fit`.
            verbose: "auto", 1 and 2 print the values in a line, 0 prints nothing.
            steps: batches to take; needed for endless generators.
            return_dict: name -> value instead.
            options: as in `fit`.

        Raises:
            NotCompiledError: compile was not called. ShapeError, ArgumentError: the data do not fit.
        """
        refuse_unknown("evaluate", options, [*Fitting.evaluate.__annotations__, *_INERT_FIT])
        self._check_compiled("evaluate")
        source = self._source("evaluate", x, y, sample_weight, batch_size=batch_size, steps=steps)
        events = CallbackList(callbacks, model=self, metrics=self.metrics_names, steps=source.steps)
        step = self._step("evaluate")
        logs = self._in_order(loop.evaluate(step, source, events))
        self._show_metrics(step)
        if verbose in (1, 2):
            print(" - ".join(f"{name}: {value:.4f}" for name, value in logs.items() if np.ndim(value) == 0))
        values = list(logs.values())
        return logs if return_dict else values if len(values) > 1 else values[0]

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: float | None = None,
        callbacks: Any = None,
        **options: Any,
    ) -> Any:
        """Return the predictions as an array, channels last (a list of arrays for several outputs).

        Args:
            x, batch_size, callbacks, options: as in `fit`.
            verbose: accepted; nothing is printed.
            steps: batches to take; needed for endless generators.

        Raises:
            ArgumentError: the data held no batch. ShapeError: the samples do not fit the network.
        """
        refuse_unknown("predict", options, [*Fitting.predict.__annotations__, *_INERT_FIT])
        source = self._source("predict", x, batch_size=batch_size, steps=steps)
        step = Step(self.module, None, None, [], [], self.device)
        if "predict_step" in self.own_steps:
            step = OwnStep(self, self.own_steps, self.module, None, None, [], [], self.device)
        outputs = loop.predict(step, source, CallbackList(callbacks, model=self, steps=source.steps))
        if not outputs:
            raise ArgumentError("predict: the data held no batch.")
        return _joined(outputs)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Take one optimizer step on a batch and return loss and metrics.

        Args:
            x: samples, an array (n, ...) or a list of them for several inputs; images NHWC.
            y: their labels (n, ...).
            sample_weight: one weight a sample (n,), or None.
            class_weight: as in `fit`.
            return_dict: name -> value instead of a list, or of the loss alone.
        """
        self._check_compiled("train_on_batch")
        weights = _class_weights("train_on_batch", class_weight, y)
        batch = self._batch("train_on_batch", x, y, sample_weight, weights)
        self._check_last_layer()
        with trained_as_compiled(self.name, self.module, self._trained_as_compiled), kept_memory():
            step = self._step("train_on_batch", train=True)
            step.train(batch)
        logs = self._in_order(step.logs())
        return logs if return_dict else list(logs.values()) if len(logs) > 1 else next(iter(logs.values()))

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return loss and metrics of a batch.

        Args:
            x, y, sample_weight, return_dict: as in `train_on_batch`.
        """
        batch = self._batch("test_on_batch", x, y, sample_weight)
        step = self._step("test_on_batch")
        with kept_memory():
            step.evaluate(batch)
        self._show_metrics(step)
        logs = self._in_order(step.logs())
        return logs if return_dict else list(logs.values()) if len(logs) > 1 else next(iter(logs.values()))

    def _batch(self, where: str, x: Any, y: Any, weight: Any, class_weight: Any = None) -> Batch:
        return make_batch(x, y, weight, class_weight, functools.partial(self._fed, where, True))

    def predict_on_batch(self, x: Any) -> Any:
        """Return the predictions of a batch."""
        x = batch_for("predict_on_batch", self.module, x)
        return self.predict(x, batch_size=length(x), verbose=0)
