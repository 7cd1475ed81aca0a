"""Variable: a tensor whose values can be changed, and that a `GradientTape` watches by itself."""

from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.tensor.conversion import as_tensor
from convolens.tensor.tensor import Tensor


class Assignable(Tensor):
    """What `assign` changes: a variable, or a part of one."""

    def assign(self, value: Any, **options: Any) -> "Variable":
        """Change the values of the variable in place, and return it.

        Args:
            value: as many values, or fewer that spread.
            options: TensorFlow's other words (`use_locking`, `read_value`) change nothing.

        Raises:
            ShapeError: the value has another shape.
        """
        return self._put(as_tensor(value, self.dtype), "assign")

    def assign_add(self, value: Any, **options: Any) -> "Variable":
        """Add to the values in place.

        Args, Raises: as of `Assignable.assign`.
        """
        return self._put(self.detach() + as_tensor(value, self.dtype), "assign_add")

    def assign_sub(self, value: Any, **options: Any) -> "Variable":
        """Subtract from the values in place.

        Args, Raises: as of `Assignable.assign`.
        """
        return self._put(self.detach() - as_tensor(value, self.dtype), "assign_sub")

    def _put(self, value: Any, where: str) -> "Variable":
        raise NotImplementedError


class Variable(Assignable):
    """A tensor with changing values: a weight of one's own, or the picture that an optimizer paints.

    Args:
        initial_value: an array, a tensor, a number or nested lists; copied. Or a function that gives one.
        trainable: whether gradients are kept for it (types with fractions only).
        dtype: under any of its names; None for the value's.
        name: for messages.
        options: TensorFlow's other words (`shape`, `constraint`, ...) change nothing.

    Example:
        >>> v = Variable([1.0, 2.0])
        >>> v.assign_add([1.0, 1.0]).numpy(), (2 * v).numpy()
        (array([2., 3.], dtype=float32), array([4., 6.], dtype=float32))
    """

    trainable: bool
    title: str

    @staticmethod
    def __new__(
        cls,
        initial_value: Any,
        trainable: bool = True,
        *,
        dtype: Any = None,
        name: str | None = None,
        **options: Any,
    ) -> "Variable":
        value = initial_value() if callable(initial_value) else initial_value
        plain = as_tensor(value, dtype).as_subclass(torch.Tensor).detach().clone()
        variable = plain.as_subclass(cls)
        variable.trainable = bool(trainable)
        variable.requires_grad_(variable.trainable and plain.is_floating_point())
        variable.title = name or "Variable"
        return variable

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        pass

    @property
    def name(self) -> str:
        """The name, in TensorFlow's form."""
        return f"{self.title}:0"

    def value(self) -> Any:
        """Return the values as they are now, followed by autograd."""
        return self.clone()

    read_value = value

    def __getitem__(self, index: Any) -> Any:
        """Return a part, which can be assigned to."""
        part = super().__getitem__(index).as_subclass(torch.Tensor).as_subclass(VariablePart)
        part.variable, part.index = self, index
        return part

    def _put(self, value: Any, where: str) -> "Variable":
        if value.shape and value.shape != self.shape:
            raise ShapeError(f"{where}: the variable has shape {self.shape}; received {value.shape}.")
        with torch.no_grad():
            self.as_subclass(torch.Tensor).copy_(value.as_subclass(torch.Tensor))
        return self

    def __repr__(self, **keywords: Any) -> str:  # type: ignore[override]
        return f"<tf.Variable {self.name!r} shape={tuple(self.shape)} dtype={self.dtype.name}, numpy={self.numpy()!r}>"

    __str__ = __repr__


class VariablePart(Assignable):
    """A part of a `Variable`, as `v[0, 0]` gives it: what is assigned to it changes the variable.

    Example:
        >>> v = Variable([[1.0, 2.0], [3.0, 4.0]])
        >>> v[0, 0].assign(9.0).numpy().tolist(), v[:, 1].assign_add([1.0, 1.0]).numpy().tolist()
        ([[9.0, 2.0], [3.0, 4.0]], [[9.0, 3.0], [3.0, 5.0]])
    """

    variable: Variable
    index: Any

    def _put(self, value: Any, where: str) -> Variable:
        if value.shape and value.shape != self.shape:
            raise ShapeError(
                f"{where}: the part of the variable has shape {self.shape}; received {value.shape}."
            )
        whole = self.variable.as_subclass(torch.Tensor).detach()
        places = as_tensor(torch.arange(whole.numel(), device=whole.device).reshape(whole.shape))[self.index]
        whole.put_(places, value.expand(places.size()))
        return self.variable
