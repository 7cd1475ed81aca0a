"""The base of all metrics: named sums on the device of the predictions, read on demand."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import torch

from convolens import initializers
from convolens.constructors import kept_arguments
from convolens.errors import CheckpointError
from convolens.metrics.own_metric import as_number, of_tensors
from convolens.naming import snake_case
from convolens.tensor import Variable, as_dtype, as_tensor


class Metric:
    """A quantity gathered over batches: `update_state`, `result`, `reset_state`.

    A subclass calls `add_state` for each sum it keeps, adds to it with `accumulate` in
    `update_state(y_true, y_pred, sample_weight=None)`, and returns a float from `result()`.
    Nothing in `update_state` waits for the device. A class of the user's own may keep variables instead (`add_weight`), and sees
    `Tensor`s.

    Args:
        name: what logs call it; by default the class name in snake case.
        dtype: accepted; sums are float64.

    Example:
        >>> import numpy as np
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest", **options):
        ...         super().__init__(name=name, **options)
        ...         self.largest = self.add_weight(name="largest", initializer="zeros")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.largest.assign(max(self.largest, y_pred.max()))
        ...     def result(self):
        ...         return self.largest
        >>> Largest()(np.zeros(2), np.array([0.5, 0.25]))
        0.5

    Source: Keras 3 `keras.metrics.Metric`.
    """

    keras_words: ClassVar[Mapping[str, str]] = {}  # Keras' names of sums -> ours, where they are others

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype = None if dtype is None else str(as_dtype(dtype))
        self._state: dict[str, torch.Tensor] = {}
        self._variables: dict[str, Variable] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "result" in vars(cls):
            cls.result = as_number(cls.result)  # type: ignore[method-assign]
        if "update_state" in vars(cls) and not cls.__module__.startswith("convolens."):
            cls.update_state = of_tensors(cls.update_state)  # type: ignore[method-assign]

    def add_weight(
        self, name: Any = None, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, **options: Any
    ) -> Variable:
        """Keep a variable; `reset_state` makes it 0, as in Keras.

        Args:
            name: of the variable; a shape may be first, as in Keras 3.
            shape: of the variable.
            initializer: a name, config or object (`convolens.initializers`).
            dtype: of the values; None is float32.
            options: Keras' other words (`aggregation`, `synchronization`) change nothing.
        """
        if isinstance(name, (tuple, list)):
            name, shape = (shape if isinstance(shape, str) else None), name
        name = name or f"variable_{len(self._variables)}"
        begins = initializers.get(initializer or "zeros")(tuple(shape))
        variable = Variable(begins, trainable=False, dtype=dtype, name=name)
        self._variables[name] = variable
        return variable

    add_variable = add_weight

    @property
    def variables(self) -> list[Any]:
        """The variables of `add_weight`, or the sums."""
        return list(self._variables.values()) or list(self._state.values())

    def add_state(self, name: str, shape: tuple[int, ...] = ()) -> None:
        """Keep a sum of this shape, from zero.

        Args:
            name: for `accumulate` and `state`.
            shape: of the sum; (0,) becomes that of what is added first.
        """
        self._state[name] = torch.zeros(shape, dtype=torch.float64, device="cpu")

    def accumulate(self, **additions: torch.Tensor) -> None:
        """Add to the sums of these names, moving them to the device of what is added."""
        for name, addition in additions.items():
            kept = self._state[name]
            if kept.device != addition.device:
                wide = torch.float32 if addition.device.type == "mps" else torch.float64
                kept = kept.to(device=addition.device, dtype=wide)
            if kept.numel() == 0:
                kept = kept.new_zeros(addition.shape)
            self._state[name] = kept + addition.detach()

    def state(self, name: str) -> torch.Tensor:
        """Return the sum of this name in main memory, float64."""
        return self._state[name].to(device="cpu", dtype=torch.float64)

    def reset_state(self) -> None:
        """Forget every batch seen."""
        if type(self).reset_states is not Metric.reset_states:  # Keras 2 called it so
            self.reset_states()
        else:
            self._forget()

    def reset_states(self) -> None:
        """Forget every batch seen: the name in Keras 2."""
        if type(self).reset_state is not Metric.reset_state:
            self.reset_state()
        else:
            self._forget()

    def __getattr__(self, name: str) -> Any:
        """Return a sum by Keras' name for it, as a float32 `Tensor`: `mean.total`, `precision.true_positives`, `mean_iou.total_cm`."""
        own = self.keras_words.get(name, name)
        if own not in self.__dict__.get("_state", ()):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return as_tensor(self.state(own), "float32")

    def _forget(self) -> None:
        self._state = {name: torch.zeros_like(value) for name, value in self._state.items()}
        for variable in self._variables.values():
            variable.assign(0)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch.

        Args:
            y_true: labels, a tensor, array or list.
            y_pred: predictions, the same; half precision is widened to float32.
            sample_weight: one weight a sample, or None for 1.

        Raises:
            ShapeError: labels, predictions or weights do not fit together.
        """
        raise NotImplementedError

    def result(self) -> Any:
        """Return the value so far: a float; an array for metrics of several values."""
        raise NotImplementedError

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take in one batch and return the value so far."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return copies of the sums, to go on from in the middle of an epoch."""
        own = {name: variable.as_subclass(torch.Tensor) for name, variable in self._variables.items()}
        return {name: value.detach().clone() for name, value in (self._state | own).items()}

    def load_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Go on from `state`.

        Raises:
            CheckpointError: `state` is another metric's.
        """
        expected = {*self._state, *self._variables}
        if state.keys() != expected:
            raise CheckpointError(
                f"{self.name}: the state is of another metric: it has {sorted(state)}; expected {sorted(expected)}."
            )
        for name, kept in self._state.items():
            if kept.numel() and tuple(kept.shape) != tuple(state[name].shape):
                raise CheckpointError(
                    f"{self.name}: {name} has shape {tuple(state[name].shape)}; expected {tuple(kept.shape)}."
                )
        self._state = {name: torch.as_tensor(state[name]).clone() for name in self._state}
        for name, variable in self._variables.items():
            variable.assign(state[name])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a metric from `get_config()`, ours or that of Keras."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
