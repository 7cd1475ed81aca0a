"""The base of all optimizers: learning rate, clipping, accumulation, weight decay and state, in Keras' words."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any, Self

import torch

from convolens.arguments import integer, number_in, refuse_unknown
from convolens.constructors import argument_names, kept_arguments
from convolens.errors import ArgumentError, NotBuiltError
from convolens.optimizers import clipping, schedules
from convolens.optimizers.groups import Groups, refuse_others
from convolens.optimizers.torch_optimizer import TorchOptimizer

_FUSED_DEVICES = ("cpu", "cuda")


class Optimizer(Groups):
    """What every optimizer shares; a subclass gives `slots` and `update`.

    Args:
        learning_rate: a number >= 0, or a schedule (a function of the step, counted from 0).
        weight_decay: fraction of each weight taken away per step, times the learning rate
            (decoupled from the gradient, as in Keras); None for none.
        clipnorm, clipvalue, global_clipnorm: at most one of them; see `clipping`.
        name: a name of your own; by default the class name in lower case.
        use_ema, ema_momentum, ema_overwrite_frequency: see `Averaging`.
        loss_scale_factor: the loss is multiplied by it and the gradients are divided by it; small ones survive narrow
            numbers so.
        gradient_accumulation_steps: at least 2; the weights are updated once in so many batches, by the mean of their
            gradients. Batches are counted on over the epochs: an incomplete group is completed in the next one. Schedules
            count batches.
        options: the old `lr`, for `learning_rate`.

    Attributes:
        batches: gradients taken in so far.

    Raises:
        ArgumentError: a value out of range, or two kinds of clipping at once, or `decay`.
        ArgumentTypeError: a keyword that is not known; the nearest is offered.

    Example:
        >>> from convolens.optimizers import SGD
        >>> weight = torch.nn.Parameter(torch.ones(1))
        >>> optimizer = SGD(0.5, gradient_accumulation_steps=2)
        >>> optimizer.build([weight])
        >>> for gradient in (1.0, 2.0):
        ...     weight.grad = torch.full((1,), gradient)
        ...     optimizer.apply()
        >>> weight.item(), optimizer.iterations
        (0.25, 1)

    Source: Keras 3 `BaseOptimizer`.
    """

    slots: tuple[str, ...] = ()

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        **options: Any,
    ) -> None:
        where = type(self).__name__
        learning_rate = self._old_words(learning_rate, options)
        self.name = name or where.lower()
        limits = {
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
        }
        given = {word: value for word, value in limits.items() if value is not None}
        if len(given) > 1:
            raise ArgumentError(
                f"{where}: only one of clipnorm, clipvalue, global_clipnorm can be set; received "
                + ", ".join(f"{word}={value!r}" for word, value in given.items())
                + "."
            )
        for word, value in given.items():
            number_in(where, word, value, 0.0, float("inf"), open_high=True)
        if weight_decay is not None:
            number_in(where, "weight_decay", weight_decay, 0.0, float("inf"), open_high=True)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self._begin_averaging(use_ema, ema_momentum, ema_overwrite_frequency)
        if loss_scale_factor is not None:
            number_in(where, "loss_scale_factor", loss_scale_factor, 2.0**-126, float("inf"), open_high=True)
        self.loss_scale_factor = loss_scale_factor
        if gradient_accumulation_steps:
            integer(where, "gradient_accumulation_steps", gradient_accumulation_steps, minimum=2)
        self.gradient_accumulation_steps = gradient_accumulation_steps or None
        self.batches = 0
        self.torch_optimizer: TorchOptimizer | None = None
        self.age = 0
        self._begin_groups(0)
        self._parameters: list[torch.Tensor] = []
        self._slots: dict[str, list[torch.Tensor]] = {}
        self._schedule: Callable[[int], float] | None = None
        self._rate = 0.0
        self.learning_rate = learning_rate

    def _old_words(self, learning_rate: Any, options: dict[str, Any]) -> Any:
        """Translate `lr`, refuse `decay` and whatever is unknown; return the learning rate."""
        where = type(self).__name__
        if "lr" in options:
            constructors = sum("__init__" in vars(base) for base in type(self).__mro__)
            warnings.warn(
                f"{where}: `lr` is deprecated; write `learning_rate={options['lr']!r}`.",
                UserWarning,
                stacklevel=constructors + 1,  # the caller of the outermost of them
            )
            learning_rate = options.pop("lr")
        if options.pop("decay", None):
            raise ArgumentError(
                f"{where}: decay is not supported, as in Keras 3; expected a schedule: "
                "learning_rate=schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=decay)."
            )
        refuse_unknown(where, options, argument_names(type(self)))
        return learning_rate

    def build(self, parameters: Iterable[torch.Tensor]) -> None:
        """Remember the parameters to train, and make the state (zeros) beside each of them.

        Calling it again with the same parameters, or some of them, changes nothing.

        Raises:
            ArgumentError: there is no parameter, or the optimizer was built for other ones.
        """
        parameters = list(parameters)
        where = type(self).__name__
        if self.built:
            refuse_others(where, self._parameters, parameters)
            return
        if not parameters:
            raise ArgumentError(f"{where}: there is no parameter to train; expected at least one.")
        self._parameters = parameters
        self._begin_groups(len(parameters))
        self._slots = {
            slot: [torch.zeros_like(parameter, requires_grad=False) for parameter in parameters]
            for slot in (*self.slots, *(["accumulator"] if self.gradient_accumulation_steps else []))
        }
        if self.use_ema:
            self._slots["average"] = [parameter.detach().clone() for parameter in parameters]
        self.torch_optimizer = TorchOptimizer(parameters, self._rate, self.apply)

    @torch.no_grad()
    def apply(self) -> None:
        """Take the parameters' `.grad` in: clip it, update the parameters, average them, and count one batch.

        Parameters without a gradient stay as they are; clipping changes `.grad` itself.

        Raises:
            NotBuiltError: `build` was not called.
            ArgumentError: no parameter has a gradient.
        """
        where = type(self).__name__
        if not self.built:
            raise NotBuiltError(f"{where}: apply before build; call build(parameters) first.")
        active = [i for i, parameter in enumerate(self._parameters) if parameter.grad is not None]
        if not active:
            raise ArgumentError(f"{where}: no parameter has a gradient; call loss.backward() before apply().")
        parameters = [self._parameters[i] for i in active]
        gradients = [self._aligned_gradient(parameter) for parameter in parameters]
        slots = {name: self._aligned_slots(name, active) for name in self._slots}
        if self.loss_scale_factor is not None:
            torch._foreach_div_(gradients, self.loss_scale_factor)
        if self.gradient_accumulation_steps is None or self._completes_group(gradients, slots["accumulator"]):
            self._update(active, parameters, gradients, slots)
        if self.use_ema:
            self._average()
        self.batches += 1

    def _completes_group(self, gradients: list[torch.Tensor], sums: list[torch.Tensor]) -> bool:
        """Add a batch's gradients to those of its group; the last batch gets the group's mean as its own."""
        steps = self.gradient_accumulation_steps or 1
        if (self.batches + 1) % steps:
            torch._foreach_add_(sums, gradients)
            return False
        torch._foreach_add_(gradients, sums)
        torch._foreach_div_(gradients, float(steps))
        torch._foreach_zero_(sums)
        return True

    def _update(
        self,
        active: list[int],
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
    ) -> None:
        """Clip, and apply the rule to each group."""
        if self.clipnorm:
            clipping.clip_each_by_norm(gradients, self.clipnorm)
        elif self.global_clipnorm:
            clipping.clip_all_by_norm(gradients, self.global_clipnorm)
        elif self.clipvalue:
            clipping.clip_by_value(gradients, self.clipvalue)
        rate = self.learning_rate
        for factor, age, places in self._groups(active):
            self.age = age
            mine = {name: [tensors[i] for i in places] for name, tensors in slots.items()}
            self.update([parameters[i] for i in places], [gradients[i] for i in places], mine, rate * factor)

    def scale_loss(self, loss: torch.Tensor) -> torch.Tensor:
        """Return the loss whose gradients `apply` takes: times `loss_scale_factor`, where there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Change the parameters in place by the optimizer's rule, weight decay included.

        Called once for each group of parameters; `self.age` is the number of updates that these had.
        """
        raise NotImplementedError

    def decay_weights(self, parameters: list[torch.Tensor], rate: float) -> None:
        """Take `weight_decay` times `rate` of each weight away."""
        if self.weight_decay:
            torch._foreach_mul_(parameters, 1.0 - self.weight_decay * rate)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments as plain values, in Keras' dialect.

        Raises:
            ArgumentError: the learning rate is a function of your own, which has no written form.
        """
        config = kept_arguments(self)
        if self._schedule is not None:
            config["learning_rate"] = schedules.serialize(self._schedule)
        first = ("name", "learning_rate", "weight_decay", "clipnorm", "global_clipnorm")  # in Keras' order
        return {word: config.pop(word) for word in first} | config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an optimizer from `get_config()`, ours or that of Keras."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = schedules.deserialize(config["learning_rate"])
        return cls(**config)

    def __repr__(self) -> str:
        rate = type(self._schedule).__name__ if self._schedule is not None else self.learning_rate
        return f"<{type(self).__name__} name={self.name} learning_rate={rate}>"


def fused_kernel_for(tensors: list[torch.Tensor]) -> bool:
    """Return whether torch has a fused kernel for these: floats on a CPU or CUDA device."""
    return all(t.device.type in _FUSED_DEVICES and t.is_floating_point() for t in tensors)
