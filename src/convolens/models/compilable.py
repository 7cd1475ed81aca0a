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
from convolens.layers.weight_rules import penalties_of
from convolens.models.compiling import resolve_metrics
from convolens.models.last_layer import unfit
from convolens.models.parts import freezing
from convolens.models.parts.blocks import blocks_of, factors_by_depth
from convolens.models.structure import Structure
from convolens.training import Precision, Stateful, Step, TrainingState
from convolens.training.precision import GradientHook

# Arguments of Keras' compile that ask for nothing here unless they are set otherwise.
_INERT_COMPILE = {
    "loss_weights": None,
    "run_eagerly": None,
    "steps_per_execution": 1,
    "jit_compile": None,
    "auto_scale_loss": None,
}


class Compilable(Structure):
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
        self.loss: Any = None
        self.compiled_loss: losses.Loss | None = None
        self.compiled_metrics: list[Any] = []
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
        weighted_metrics: Any = None,
        precision: str = "float32",
        **options: Any,
    ) -> None:
        """Choose how to train; weights stay, the optimizer's state begins anew.

        Args:
            optimizer: a name or an object of `convolens.optimizers`.
            loss: a name, an object of `convolens.losses`, or a function (y_true, y_pred).
            metrics: names, objects or functions, alone or in a list.
            weighted_metrics: the same, updated with the sample weights.
            precision: of the training steps: "float32", "bfloat16" or "float16" (see `training.Precision`); in Keras this is a
                policy of the whole process.
            options: Keras' others are accepted at their defaults.

        Raises:
            UnknownNameError: a name is not known; the nearest is offered.

        Warns where the loss and the last layer do not fit together, softmax over one unit for example; a model that is not built
        yet, when it is trained.
        """
        refuse_unknown(
            "compile",
            options,
            ["optimizer", "loss", "metrics", "weighted_metrics", "precision", *_INERT_COMPILE],
        )
        for key, value in options.items():
            if value not in (_INERT_COMPILE[key], None, False, "auto"):
                raise ArgumentError(f"compile: {key}={value!r} is not supported; leave it out.")
        self.precision = Precision(precision)
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self.compiled_loss = None if loss is None else losses.get(loss)
        self.compiled_metrics = resolve_metrics(metrics)
        self.weighted_metrics = resolve_metrics(weighted_metrics)
        self._last_layer_checked = False
        self._check_last_layer()

    def _check_last_layer(self) -> None:
        """Warn, once after `compile`, where loss and last layer do not fit together; of a model that is built."""
        if self._last_layer_checked or self.compiled_loss is None or not self.built:
            return
        self._last_layer_checked = True
        said = unfit(self.module, self.compiled_loss)
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
        """The names in the logs: loss first."""
        return ["loss", *(metric.name for metric in (*self.compiled_metrics, *self.weighted_metrics))]

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
        if self.optimizer is None or self.compiled_loss is None:
            raise NotCompiledError(
                f"{what}: call model.compile(optimizer=..., loss=...) first"
                + ("; compile was called without a loss." if self.optimizer is not None else ".")
            )

    def _build_optimizer(self, what: str) -> None:
        """Let the optimizer know the weights that are trained."""
        self._check_compiled(what)
        self._check_built(what)
        trained = [p for p in self.module.parameters() if p.requires_grad]
        if not trained:
            raise ArgumentError(
                f"{what}: nothing is trainable: every layer of {self.name} is frozen, or has no weights; let some be "
                "trained by model.unfreeze(from_=LAYER), or put a new head behind them."
            )
        self.optimizer.build(trained)

    def _step(self, what: str, train: bool = False) -> Step:
        """Return a step, for training with the model's own metrics, else with metrics that nobody else adds to."""
        self._check_compiled(what)
        metrics, weighted_metrics = self.compiled_metrics, self.weighted_metrics
        if not train:
            metrics = [copy.copy(metric) for metric in metrics]
            weighted_metrics = [copy.copy(metric) for metric in weighted_metrics]
        if train:
            self._build_optimizer(what)
            self.precision.build(self.device)
        return Step(
            self.module,
            self.compiled_loss,
            self.optimizer,
            metrics,
            weighted_metrics,
            self.device,
            self.precision,
            lambda: self.part,
            self.reduce_gradients,
            penalties_of(self.module),
        )
