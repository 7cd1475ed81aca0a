"""Compilable: how a model is told what to train with."""

from typing import Any

import torch

from convolens import losses, optimizers
from convolens.arguments import refuse_unknown
from convolens.callbacks import History
from convolens.errors import ArgumentError, NotCompiledError
from convolens.models.compiling import resolve_metrics
from convolens.models.structure import Structure
from convolens.training import Precision, Stateful, Step, TrainingState

# Arguments of Keras' compile that ask for nothing here unless they are set otherwise.
_INERT_COMPILE = {
    "loss_weights": None,
    "run_eagerly": None,
    "steps_per_execution": 1,
    "jit_compile": None,
    "auto_scale_loss": None,
}


class Compilable(Structure):
    """The part of `Model` that holds optimizer, loss and metrics."""

    def _begin(self, name: str | None) -> None:
        self.name = name or getattr(self.module, "name", None) or type(self).__name__.lower()
        self.optimizer: Any = None
        self.loss: Any = None
        self.compiled_loss: losses.Loss | None = None
        self.compiled_metrics: list[Any] = []
        self.weighted_metrics: list[Any] = []
        self.precision = Precision()
        self.stop_training = False
        self.history: History | None = None
        self.state_parts: dict[str, Stateful] = {}
        self.training_state: TrainingState | None = None
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
            trained = [p for p in self.module.parameters() if p.requires_grad]
            if not trained:
                raise ArgumentError(
                    f"{what}: nothing is trainable: every layer of {self.name} is frozen, or has no weights; let some be "
                    "trained by model.unfreeze(from_=LAYER), or put a new head behind them."
                )
            self.optimizer.build(trained)
            self.precision.build(self.device)
        return Step(
            self.module,
            self.compiled_loss,
            self.optimizer,
            self.compiled_metrics,
            self.weighted_metrics,
            self.device,
            self.precision,
            lambda: self.part,
        )
