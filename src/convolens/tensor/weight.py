"""Weight: a network's weight as a program of Keras sees it, in Keras' order, whatever its order inside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from convolens.tensor.tensor import Tensor
from convolens.tensor.variable import Variable


class Weight(Variable):
    """What `layer.weights` and `layer.kernel` give: reads, changes and follows the parameter, now and after each step of a training.

    Args:
        parameter: the weight as it lies in the network.
        view_of: turns a tensor of the parameter's shape into Keras' order, in the same memory.
        name: in Keras.

    Example:
        >>> parameter = torch.nn.Parameter(torch.zeros(2, 3))
        >>> weight = Weight(parameter, torch.t, "kernel")
        >>> weight.shape, weight.name, float((weight + 1).sum())
        ((3, 2), 'kernel', 6.0)
        >>> parameter.data += 2
        >>> weight[0].numpy()
        array([2., 2.], dtype=float32)
    """

    parameter: torch.Tensor
    view_of: Callable[[torch.Tensor], torch.Tensor]

    @staticmethod
    def __new__(
        cls, parameter: torch.Tensor, view_of: Callable[[torch.Tensor], torch.Tensor], name: str
    ) -> "Weight":
        weight = view_of(parameter).as_subclass(cls)
        weight.__dict__.update(parameter=parameter, view_of=view_of, title=name)
        return weight

    @classmethod
    def __torch_function__(
        cls,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func is torch.autograd.grad:
            return _gradients(*args, **(kwargs or {}))
        return Tensor.__torch_function__(func, (Tensor,), _seen(tuple(args)), _seen(dict(kwargs or {})))

    def as_subclass(self, cls: Any) -> Any:
        """Return the weight as it is now as another class of tensors, followed by autograd; torch asks no class of ours for this.

        Args:
            cls: the class.
        """
        return self.view_of(self.parameter).as_subclass(cls)

    @property
    def name(self) -> str:
        """The name, as in Keras: "kernel"."""
        return self.title

    @property
    def trainable(self) -> bool:  # type: ignore[override]
        """Whether training changes the weight."""
        return self.requires_grad

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient is kept for the parameter."""
        return self.parameter.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.parameter.requires_grad = value

    def requires_grad_(self, requires_grad: bool = True) -> "Weight":
        """Let a gradient be kept for the parameter, or not."""
        self.parameter.requires_grad_(requires_grad)
        return self

    @property
    def grad(self) -> Any:
        """The parameter's gradient in Keras' order, or None."""
        return None if self.parameter.grad is None else self.from_parameter(self.parameter.grad)

    @grad.setter
    def grad(self, values: Any) -> None:
        self.parameter.grad = None if values is None else self.to_parameter(values)

    @property
    def data(self) -> torch.Tensor:
        """The values as torch's own tensor, in Keras' order and the same memory; `weight.data -= change` changes the weight."""
        return self.view_of(self.parameter.detach())

    @data.setter
    def data(self, values: torch.Tensor) -> None:
        self.assign(values)

    @property
    def is_leaf(self) -> bool:  # type: ignore[override]
        """Whether it is a parameter: torch's optimizers ask, and take it."""
        return self.parameter.is_leaf

    def from_parameter(self, values: torch.Tensor) -> Tensor:
        """Return values that lie as the parameter does in Keras' order: a view.

        Args:
            values: of the parameter's shape: its gradient, say.
        """
        return self.view_of(values).as_subclass(Tensor)

    def to_parameter(self, values: torch.Tensor) -> torch.Tensor:
        """Return values in Keras' order as the parameter lies: a copy.

        Args:
            values: of this weight's shape.
        """
        copy = torch.empty_like(self.parameter, requires_grad=False)
        self.view_of(copy).copy_(values.as_subclass(torch.Tensor))
        return copy

    def _put(self, value: Any, where: str) -> "Variable":
        self.data.as_subclass(Variable)._put(value, where)
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self.clone().detach()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.clone().detach().__reduce_ex__(protocol)


class Bias(torch.nn.Parameter):
    """A parameter called `bias` inside as in Keras, so that `layer.bias` is this itself; it has Keras' words.

    Example:
        >>> bias = Bias(torch.zeros(2))
        >>> bias.assign([1.0, 2.0]).numpy().tolist()
        [1.0, 2.0]
    """

    def numpy(self, *, force: bool = True) -> Any:
        """Return a copy of the values.

        Args:
            force: accepted as torch's word.
        """
        return self.detach().cpu().numpy().copy()

    def assign(self, value: Any) -> "Bias":
        """Change the values in place, and return the bias.

        Args:
            value: as many values, or fewer that spread.
        """
        with torch.no_grad():
            self.copy_(torch.as_tensor(value, dtype=self.dtype, device=self.device))
        return self


def _seen(value: Any) -> Any:
    """Return what was given to a function of torch with each `Weight` as it is now, followed by autograd to its parameter."""
    if isinstance(value, Weight):
        return value.from_parameter(value.parameter)
    if isinstance(value, dict):
        return {key: _seen(part) for key, part in value.items()}
    return type(value)(map(_seen, value)) if type(value) in (tuple, list) else value


def _gradients(outputs: Any, inputs: Any, *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
    """Return what `torch.autograd.grad` does, for weights in Keras' order."""
    sources = [inputs] if isinstance(inputs, torch.Tensor) else list(inputs)
    found = torch.autograd.grad(_seen(outputs), parameters_of(sources), *arguments, **keywords)
    return tuple(
        source.from_parameter(one) if isinstance(source, Weight) and one is not None else one
        for source, one in zip(sources, found, strict=True)
    )


def parameters_of(weights: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """Return what lies in the network behind the weights of a model; any other tensor is its own.

    Args:
        weights: of `model.trainable_weights`, for example.

    Example:
        >>> parameter = torch.nn.Parameter(torch.zeros(2, 3))
        >>> parameters_of([Weight(parameter, torch.t, "kernel")])[0] is parameter
        True
    """
    return [weight.parameter if isinstance(weight, Weight) else weight for weight in weights]
