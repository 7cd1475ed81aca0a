"""Compilable: how a model is told what to train with."""

import copy
import warnings
from collections.abc import Mapping
from typing import Any

import torch

from convolens import losses, optimizers
from convolens.arguments import number_in, refuse_unknown
from convolens.callbacks import History
from convolens.checkpoints.state import State
from convolens.errors import ArgumentError, NotBuiltError, NotCompiledError
from convolens.layers import Layer
from convolens.layers.calls.own_call import call_names
from convolens.layers.calls.symbols import leaves
from convolens.layers.weight_rules import penalties_of
from convolens.metrics import Metric
from convolens.mixed_precision import global_policy
from convolens.models.compiling import resolve_metrics
from convolens.models.last_layer import unfit
from convolens.models.outputs.by_output import by_output
from convolens.models.outputs.several_losses import OutputLoss, SeveralLosses, metrics_by_output
from convolens.models.own.compiled import CompiledLoss, CompiledMetrics, plain
from convolens.models.own.measured import Measured
from convolens.models.own.own_step import OwnStep
from convolens.models.parts import freezing
from convolens.models.parts.blocks import blocks_of, factors_by_depth
from convolens.models.parts.trained_as_compiled import trained_parts
from convolens.models.structure import Structure
from convolens.optimizers.exclusion import names_of
from convolens.tensor import as_tensor
from convolens.training import Precision, Stateful, Step, TrainingState, make_batch
from convolens.training.precision import GradientHook
from convolens.training.step import names_in_logs

# Arguments of every Keras' compile that choose how a program runs, not what it computes.
_INERT_COMPILE = (
    "run_eagerly",
    "steps_per_execution",
    "jit_compile",
    "auto_scale_loss",
    "experimental_run_tf_function",
    "experimental_steps_per_execution",
    "sample_weight_mode",
    "target_tensors",
    "distribute",
)


NOTHING_TRAINABLE = (
    "nothing is trainable: every layer of {name} is frozen, or has no weights; let some be trained by "
    "model.unfreeze(from_=LAYER), or put a new head behind them."
)


class Compilable(Measured, Structure):
    """The part of `Model` that holds optimizer, loss and metrics, and the state of a training.

    Attributes:
        state_parts: name -> anything with `state_dict` and `load_state_dict` that belongs to the training beside model,
            optimizer, data and callbacks; add to it before `fit`.
        reduce_gradients: what happens to the gradients of each batch before the optimizer takes them; see `training.Step`.
        is_writer: whether callbacks write their files and lines; where several processes train one model, True in one of them. All
            of them collect states, and read the one that they go on from.
    """

    def _begin(self, name: str | None) -> None:
        self.name = name or getattr(self.module, "name", None) or type(self).__name__.lower()
        self.optimizer: Any = None
        self._newly_compiled = False  # and its optimizer asked for nothing yet
        self.loss: Any = None
        self.loss_weights: Any = None
        self.loss_function: Any = None
        self._loss_weight = 1.0  # of one output; the losses of several know their own
        self._compiled_loss: CompiledLoss | None = None
        self._asked_of_outputs: Any = None
        self._settled_for: list[str] = []
        self._usual: Step | None = None  # of `super().train_step`, within an epoch
        self.compiled_metrics = CompiledMetrics()
        self.weighted_metrics: list[Any] = []
        self._last_layer_checked = False
        self.precision = Precision()
        self.stop_training = False
        self.is_fitting = False
        self.history: History | None = None
        self.state_parts: dict[str, Stateful] = {}
        self.training_state: TrainingState | None = None
        self.reduce_gradients: GradientHook | None = None
        self.is_writer = True
        self.part: torch.nn.Module | None = (
            None  # runs instead of the whole, on batches of what comes before it
        )

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        precision: str | None = None,
        **options: Any,
    ) -> None:
        """Choose how to train; weights stay, the optimizer's state begins anew.

        Args:
            optimizer: a name or an object of `convolens.optimizers`; None for a model that is not trained by one.
            loss: a name, an object of `convolens.losses`, or a function (y_true, y_pred); of several outputs one for all, or a list or
                dict (by the outputs' names) of one for each, None for none.
            metrics: names, objects or functions, alone or in a list; of several outputs a list of lists, or a dict of them.
            loss_weights: what the loss is multiplied by: a number, or a list or dict (by the outputs' names) of one for each output.
            weighted_metrics: as `metrics`, updated with the sample weights.
            precision: of the training steps: "float32", "bfloat16" or "float16" (see `training.Precision`); None follows `mixed_precision`, a
                policy of the whole process.
            options: Keras' others (`run_eagerly`, `jit_compile`, `steps_per_execution` ...) are accepted; they choose how, not what.

        Raises:
            UnknownNameError: a name is not known; the nearest is offered.

        Warns where the loss and the last layer do not fit together, softmax over one unit for example; a model that is not built
        yet, when it is trained.
        """
        refuse_unknown(
            "compile",
            options,
            [
                "optimizer",
                "loss",
                "metrics",
                "loss_weights",
                "weighted_metrics",
                "precision",
                *_INERT_COMPILE,
            ],
        )
        self.precision = Precision(global_policy().compute_dtype if precision is None else precision)
        self.optimizer = None if optimizer is None else optimizers.get(optimizer)
        self._newly_compiled = True
        self.loss, self.loss_weights = loss, loss_weights
        self._asked_of_outputs = (loss, loss_weights, metrics, weighted_metrics)
        self._settle_outputs()
        self._last_layer_checked = False
        self._check_last_layer()
        self._trained_as_compiled = trained_parts(self.module)

    @property
    def compiled_loss(self) -> Any:
        """The loss as compiled; where the class has a `train_step` or `test_step` of its own, one that takes penalties too."""
        return self._weighted_loss if self._compiled_loss is None else self._compiled_loss

    @property
    def _weighted_loss(self) -> Any:
        """The loss as trained and measured: of one output times its weight."""
        loss, weight = self.loss_function, self._loss_weight
        if weight == 1.0:
            return loss
        return lambda y_true, y_pred, sample_weight=None: weight * loss(y_true, y_pred, sample_weight)

    def _settle_outputs(self) -> None:
        """Make loss and metrics of what `compile` was asked, for as many outputs as the model has, if that is known."""
        loss, loss_weights, metrics, weighted_metrics = self._asked_of_outputs
        names = self.output_names if self.built else []
        self._loss_weight = 1.0
        if len(names) == 1:
            alone = [
                value[names[0]] if isinstance(value, dict) and names[0] in value else value
                for value in (loss, metrics, weighted_metrics)
            ]
            loss, metrics, weighted_metrics = alone
            loss = loss[0] if isinstance(loss, list) and len(loss) == 1 else loss
            if isinstance(loss_weights, dict) and len(loss_weights) == 1:  # whatever its key, as in Keras
                loss_weights = list(loss_weights.values())
            [weight] = by_output("compile", "loss_weights", loss_weights, names)
            self._loss_weight = 1.0 if weight is None else float(weight)
        if len(names) < 2 and (
            isinstance(loss, (list, tuple)) or (isinstance(loss, dict) and "class_name" not in loss)
        ):
            if self.built:
                by_output("compile", "loss", loss, names)
            return  # the outputs are not known yet
        if len(names) < 2:
            self.loss_function = None if loss is None else losses.get(loss)
            plain_ones = resolve_metrics(metrics)
            self.weighted_metrics = [
                copy.deepcopy(metric) if metric in plain_ones else metric
                for metric in resolve_metrics(weighted_metrics)
            ]
            self.compiled_metrics = CompiledMetrics(plain_ones, self.weighted_metrics)
        else:
            self.loss_function = several = None if loss is None else SeveralLosses(names, loss, loss_weights)
            shown = [] if several is None else [OutputLoss(several, name) for name in names]
            self.weighted_metrics = list(metrics_by_output(names, weighted_metrics))
            self.compiled_metrics = CompiledMetrics(
                [*shown, *metrics_by_output(names, metrics)], self.weighted_metrics
            )
        self._settled_for = names
        own = self.loss_function is not None and self.own_steps & {"train_step", "test_step"}
        self._compiled_loss = CompiledLoss(self._weighted_loss) if own else None

    def _settle_late(self) -> None:
        """Settle again where the outputs were not known when the model was compiled."""
        if self._asked_of_outputs is not None and self.built and self._settled_for != self.output_names:
            if len(self.output_names) > 1 or self.loss_function is None or self.loss_weights is not None:
                self._settle_outputs()
            self._settled_for = self.output_names

    @property
    def own_steps(self) -> set[str]:
        """Which of `train_step`, `test_step`, `predict_step` and `compute_loss` the class defines itself."""
        return {
            name
            for name in ("train_step", "test_step", "predict_step", "compute_loss")
            if getattr(type(self), name) is not getattr(Compilable, name)
        }

    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on one batch and return name -> value; a class of one's own may do it otherwise.

        Args:
            data: (x, y) or (x, y, sample_weight), in Keras' order; x alone where there are no labels.
        """
        return self._usual_step("train_step", data)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Measure one batch and return name -> value; a class of one's own may do it otherwise.

        Args:
            data: as of `Compilable.train_step`.
        """
        return self._usual_step("test_step", data)

    def predict_step(self, data: Any) -> Any:
        """Return the predictions of a batch; a class of one's own may do it otherwise.

        Args:
            data: as of `Compilable.train_step`.
        """
        return self(data[0] if isinstance(data, tuple) else data, training=False)

    def _usual_step(self, name: str, data: Any) -> dict[str, Any]:
        parts: Any = (*data, None, None)[:3] if isinstance(data, tuple) else (data, None, None)
        x, y, weight = (None if part is None else plain(part) for part in parts)
        training = name == "train_step"
        if self._usual is None:  # since the epoch began
            self._usual = self._plain_step(name, training, own_metrics=True)
        take = self._usual.train if training else self._usual.evaluate
        take(make_batch(x, y, weight))
        return self._usual.logs()

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch with the penalties: what a `train_step` of one's own trains by.

        Args:
            x: the samples; not used, as in Keras.
            y, y_pred: labels and predictions in Keras' order.
            sample_weight: one weight a sample, or None.
            training: accepted, as in Keras.
        """
        value: Any = 0.0
        if self.loss_function is not None:
            value = self._weighted_loss(plain(y), plain(y_pred), plain(sample_weight))
        for other in self.losses:
            value = value + torch.as_tensor(other).as_subclass(torch.Tensor)
        return as_tensor(value)

    @property
    def metrics(self) -> list[Any]:
        """The metrics: the mean loss of a class with its own `train_step`, the compiled ones, and those in attributes of model and layers."""
        tracked = [] if self._compiled_loss is None else self._compiled_loss.metrics
        found = [*tracked, *self.compiled_metrics, *self.weighted_metrics]
        for value in vars(self).values():
            found += [leaf for leaf in leaves(value) if isinstance(leaf, Metric)]
        if isinstance(self.module, Layer):
            found += self.module.metrics
        return list({id(metric): metric for metric in found}.values())

    def _check_last_layer(self) -> None:
        """Warn, once after `compile`, where loss and last layer do not fit together; of a model that is built."""
        if self._last_layer_checked or not isinstance(self.loss_function, losses.Loss) or not self.built:
            return
        self._last_layer_checked = True
        said = unfit(self.module, self.loss_function)
        if said is not None:
            warnings.warn(f"compile: {said}", UserWarning, stacklevel=3)

    def scale_learning_rate(self, factors: Mapping[str, float]) -> None:
        """Let layers learn at their own share of the learning rate, from now on; weight decay is scaled with it.

        Call it after `compile` and after `freeze` or `unfreeze`; another `compile` forgets it. Checkpoints remember it.

        Args:
            factors: name of a layer, model or group inside (as `freeze` takes them) -> factor, at least 0.

        Raises:
            NotCompiledError: compile was not called. UnknownNameError: no such layer.

        Source: discriminative fine-tuning, Howard & Ruder 2018, arXiv:1801.06146.
        """
        self._build_optimizer("scale_learning_rate")
        units = freezing.units_of(self.module)
        for name, factor in factors.items():
            for place in freezing.find("scale_learning_rate", self, name):
                self.optimizer.scale_rate(units[place].own_parameters, factor)

    def decay_learning_rate_by_depth(self, decay: float) -> dict[str, float]:
        """Let each block of layers learn at `decay` times the rate of the one behind it; the last layer at the full rate.

        A block is what works at one resolution (see `models.parts.blocks`). Call it where `scale_learning_rate` may be called.

        Args:
            decay: in [0, 1]; 1/2.6 in the source, from layer to layer.

        Returns:
            the first layer of each block, from the end on -> its factor.

        Raises:
            NotCompiledError: compile was not called. ArgumentError: a decay out of range.

        Source: as `scale_learning_rate`.

        Example:
            >>> from convolens.applications import VGG11
            >>> model = VGG11(classes=2, input_shape=(32, 32, 3))
            >>> model.compile("adam", "crossentropy")
            >>> model.decay_learning_rate_by_depth(0.5)["features.16"]
            0.25
        """
        number_in("decay_learning_rate_by_depth", "decay", decay, 0.0, 1.0)
        self._build_optimizer("decay_learning_rate_by_depth")
        units = [unit for unit in freezing.units_of(self.module) if unit.has_weights]
        factors = {}
        for block, factor in factors_by_depth(blocks_of(units[:-1]), decay):
            factors[block.name] = factor
            for unit in block.units:
                self.optimizer.scale_rate(unit.own_parameters, factor)
        return factors

    def collect_state(self, spare: State | None = None) -> State:
        """Return a copy of the whole training, for `checkpoints.state.write_state`; in `Callback.on_checkpoint`.

        Args:
            spare: an older state that nobody needs any more; its memory is used again.

        Raises:
            NotBuiltError: `fit` is not running, and never was.
        """
        if self.training_state is None:
            raise NotBuiltError(
                "collect_state: there is no training yet; call it in a callback's on_checkpoint."
            )
        return self.training_state.collect(spare)

    @property
    def metrics_names(self) -> list[str]:
        """The names in the logs: loss first, what layers add last; of a model of one's own these are known once it is built."""
        compiled = names_in_logs(self.compiled_metrics, self.weighted_metrics)
        added = self.module.added_metrics if isinstance(self.module, Layer) else []
        return list(dict.fromkeys(["loss", *compiled, *added]))

    @property
    def losses(self) -> list[torch.Tensor]:
        """The penalties on weights as they are now, and what layers added in the last run; scalars, part of the loss."""
        added = self.module.losses if isinstance(self.module, Layer) else None
        return [penalty() for penalty in penalties_of(self.module)] if added is None else added

    def _show_metrics(self, step: Step) -> None:
        """Let the model's metrics show what an evaluation measured, as Keras' do, unless a training is using them."""
        if not self.is_fitting:
            shown = (*self.compiled_metrics, *self.weighted_metrics)
            for metric, own in zip(shown, (*step.metrics, *step.weighted_metrics), strict=True):
                vars(metric).update(vars(own))

    def _check_compiled(self, what: str) -> None:
        own = self.own_steps or self.adds_losses
        if (self.optimizer is None or self.loss is None) and not own:
            raise NotCompiledError(
                f"{what}: call model.compile(optimizer=..., loss=...) first"
                + ("; compile was called without a loss." if self.optimizer is not None else ".")
            )

    @property
    def adds_losses(self) -> bool:
        """Whether layers of the user's own, which may add losses, are among the layers."""
        return any(
            isinstance(part, Layer) and call_names(type(part)) is not None for part in self.module.modules()
        )

    def _build_optimizer(self, what: str) -> None:
        """Let the optimizer know the weights that are trained."""
        self._check_compiled(what)
        self._check_built(what)
        trained = [p for p in self.module.parameters() if p.requires_grad]
        if not trained:
            raise ArgumentError(f"{what}: {NOTHING_TRAINABLE.format(name=self.name)}")
        known, asked = (
            {id(parameter) for parameter in those} for those in (self.optimizer.parameters, trained)
        )
        # One object for two models, as in many GANs: each has a state of its own.
        if known and (known.isdisjoint(asked) or (self._newly_compiled and not asked <= known)):
            exclusion = self.optimizer.exclusion
            self.optimizer = optimizers.get(optimizers.serialize(self.optimizer))
            self.optimizer.exclusion = exclusion
        self.optimizer.build(trained, None if self.optimizer.built else self._names_of_parameters())
        self._newly_compiled = False

    def _names_of_parameters(self) -> dict[int, str]:
        """Return id of a parameter -> its name: Keras' where it has one, else its place in the module."""
        places = {id(parameter): place for place, parameter in self.module.named_parameters()}
        return places | names_of(self.weights)

    def _step(self, what: str, train: bool = False) -> Step:
        """Return a step, for training with the model's own metrics, else with metrics that nobody else adds to."""
        self._check_compiled(what)
        self._settle_late()
        if not self.own_steps:
            return self._plain_step(what, train, train)
        metrics, weighted_metrics = list(self.compiled_metrics), list(self.weighted_metrics)
        if train and "train_step" not in self.own_steps:
            self._build_optimizer(what)
            self.precision.build(self.device)
        return OwnStep(self, self.own_steps, *self._parts_of_step(metrics, weighted_metrics))

    def _plain_step(self, what: str, train: bool = True, own_metrics: bool = False) -> Step:
        metrics, weighted_metrics = list(self.compiled_metrics), list(self.weighted_metrics)
        if not own_metrics:
            metrics = [copy.copy(metric) for metric in metrics]
            weighted_metrics = [copy.copy(metric) for metric in weighted_metrics]
        optimizer = self.optimizer
        if train:
            self._check_built(what)
            if any(parameter.requires_grad for parameter in self.module.parameters()):
                self._build_optimizer(what)
                optimizer = self.optimizer
                self.precision.build(self.device)
            else:
                optimizer = None
                warnings.warn(
                    f"{what}: {NOTHING_TRAINABLE.format(name=self.name)}", UserWarning, stacklevel=4
                )
        parts = self._parts_of_step(metrics, weighted_metrics)
        parts[2] = optimizer
        return Step(*parts)

    def _parts_of_step(self, metrics: list[Any], weighted_metrics: list[Any]) -> list[Any]:
        return [
            self.module,
            self._weighted_loss or _no_loss,
            self.optimizer,
            metrics,
            weighted_metrics,
            self.device,
            self.precision,
            lambda: self.part,
            self.reduce_gradients,
            penalties_of(self.module),
        ]


def _no_loss(y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
    """Return 0: the loss of a model whose layers add all of it."""
    first = leaves(y_pred)[0]
    return first.new_zeros(())
