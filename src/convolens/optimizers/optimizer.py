"""The base of all optimizers: what each step does with the gradients, and its state, in Keras' words."""

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Self

import torch

from convolens.arguments import integer, number_in, refuse_unknown
from convolens.constructors import argument_names, kept_arguments
from convolens.errors import ArgumentError, NotBuiltError
from convolens.optimizers import averaging, clipping, schedules
from convolens.optimizers.exclusion import Exclusion, names_of
from convolens.optimizers.minimizing import gradients_of
from convolens.optimizers.old_words import learning_rate_of
from convolens.optimizers.parameter_state import AVERAGE, ParameterState, aligned
from convolens.optimizers.rate import LearningRate
from convolens.optimizers.readings import Count, Rate, reading
from convolens.tensor import Weight, parameters_of

_INFINITY = float("inf")


class Optimizer:
    """What every optimizer shares; a subclass gives `slots` and `update`.

    Args:
        learning_rate: a number >= 0, or a schedule (a function of the step, counted from 0).
        weight_decay: fraction of each weight taken away per step, times the learning rate
            (decoupled from the gradient, as in Keras); None for none.
        clipnorm, clipvalue, global_clipnorm: at most one of them; see `clipping`.
        name: a name of your own; by default the class name in lower case.
        use_ema: keep running averages of the weights; `fit` ends with them in the network. After every batch
            `average = ema_momentum * average + (1 - ema_momentum) * weight`; as long as there was no update the average is the
            weight itself.
        ema_momentum: in [0, 1]; the average is over some 1 / (1 - ema_momentum) batches.
        ema_overwrite_frequency: the weights become the averages after every so many updates too; None for never.
        loss_scale_factor: the loss is multiplied by it and the gradients are divided by it; small ones survive narrow
            numbers so.
        gradient_accumulation_steps: at least 2; the weights are updated once in so many batches, by the mean of their
            gradients. Batches are counted on over the epochs: an incomplete group is completed in the next one. Schedules
            count batches.
        options: the old `lr`, for `learning_rate`, and `decay`: the rate of a batch is `learning_rate / (1 + decay * batches)`, as in
            Keras 1 and 2.

    Attributes:
        batches: gradients taken in so far.
        age: updates that the parameters which `update` is given have had; `iterations`, unless they came in later.
        decay_of_group: the weight decay of these parameters; 0 for those that are left out of it.
        exclusion: which parameters are left out.
        averages_in_model: whether `swap_averages` has put the averages into the network.

    Raises:
        ArgumentError: a value out of range, or two kinds of clipping at once.
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
    slot_starts: Mapping[str, float] = MappingProxyType({})  # what slots begin with, where that is not 0

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
        learning_rate = learning_rate_of(type(self), learning_rate, options)
        decay = options.pop("decay", None) or 0.0
        for word in ("jit_compile", "is_legacy_optimizer"):  # Keras 2's, of how a program runs
            options.pop(word, None)
        refuse_unknown(where, options, argument_names(type(self)))
        clipping.check_limits(where, clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm)
        if weight_decay is not None:
            number_in(where, "weight_decay", weight_decay, 0.0, _INFINITY, open_high=True)
        if use_ema:
            ema_momentum = number_in(where, "ema_momentum", ema_momentum, 0.0, 1.0)
            if ema_overwrite_frequency is not None:
                integer(where, "ema_overwrite_frequency", ema_overwrite_frequency)
        if loss_scale_factor is not None:
            number_in(where, "loss_scale_factor", loss_scale_factor, 2.0**-126, _INFINITY, open_high=True)
        if gradient_accumulation_steps:
            integer(where, "gradient_accumulation_steps", gradient_accumulation_steps, minimum=2)
        self.name = name or where.lower()
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema = bool(use_ema)
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps or None
        self.batches = 0
        self.age = 0
        self.decay_of_group = 0.0
        self.exclusion = Exclusion()
        self.averages_in_model = False
        self._torch_optimizer: torch.optim.Optimizer | None = None
        self._state = ParameterState()
        self._constraints: list[Callable[[], None]] = []
        self._rate = LearningRate(where, learning_rate, decay)

    # -- the rate, and what it follows -------------------------------------------------------------

    @property
    def learning_rate(self) -> Rate:
        """The rate, before `decay`; a schedule's value at `batches`. It can be set, unless a schedule gives it.

        What is read is a float that has `assign` and `numpy`, as Keras' variable.
        """
        return reading(Rate, self._rate.before_decay(self.batches), self._rate.set)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._rate.set(value)

    lr = learning_rate

    @property
    def decay(self) -> float:
        """How fast the rate falls: see `options`."""
        return self._rate.decay

    @property
    def iterations(self) -> Count:
        """Updates so far: `batches`, or one in `gradient_accumulation_steps` of them."""
        return reading(Count, self._updates, functools.partial(setattr, self, "iterations"))

    @iterations.setter
    def iterations(self, value: int) -> None:
        self.batches = int(value) * (self.gradient_accumulation_steps or 1)

    @property
    def _updates(self) -> int:
        return self.batches // (self.gradient_accumulation_steps or 1)

    def checked_epsilon(self, epsilon: float | None) -> float:
        """Return what a constructor was given as `epsilon`: in [0, 1]; None is 1e-7."""
        return 1e-7 if epsilon is None else number_in(type(self).__name__, "epsilon", epsilon, 0.0, 1.0)

    # -- the parameters ----------------------------------------------------------------------------

    def exclude_from_weight_decay(
        self, var_list: Iterable[torch.Tensor] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Leave weights out of weight decay; a later call replaces an earlier one.

        Args:
            var_list: variables or parameters.
            var_names: regular expressions; weights are left out in whose name ("kernel", "bias", "gamma" ...; in a torch module the
                place, "head.bias") one is found.

        Raises:
            ArgumentError: the optimizer is built already.

        Example:
            >>> from convolens.optimizers import SGD
            >>> optimizer = SGD(0.5, weight_decay=0.5)
            >>> first, second = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
            >>> optimizer.exclude_from_weight_decay(var_list=[second])
            >>> optimizer.apply_gradients([(torch.zeros(1), first), (torch.zeros(1), second)])
            >>> first.item(), second.item()
            (0.75, 1.0)
        """
        if self.built:
            raise ArgumentError(
                f"{type(self).__name__}: exclude_from_weight_decay after the optimizer was built; call it before the first training."
            )
        self.exclusion = Exclusion(var_list or (), var_names or ())

    def build(self, parameters: Iterable[torch.Tensor], names: Mapping[int, str] | None = None) -> None:
        """Remember the parameters to train, and make the state (zeros) beside each of them.

        Calling it again with the same parameters, or some of them, changes nothing.

        Args:
            parameters: variables or parameters.
            names: id of a parameter -> its name, by which some may be left out of weight decay; variables have their own.

        Raises:
            ArgumentError: there is no parameter, or the optimizer was built for other ones.
        """
        parameters = list(parameters)
        names = names_of(parameters) | dict(names or {})
        parameters = parameters_of(parameters)
        where = type(self).__name__
        if self.built:
            self._state.refuse_others(where, parameters)
            return
        if not parameters:
            raise ArgumentError(f"{where}: there is no parameter to train; expected at least one.")
        slots = [*self.slots]
        if self.gradient_accumulation_steps:
            slots.append("accumulator")
        if self.use_ema:
            slots.append(AVERAGE)
        self._state = ParameterState(parameters, slots, self.slot_starts)
        self._constraints = _constraints_of(parameters)
        self.exclusion.learn_names(names)
        self._state.leave_undecayed(self.exclusion.among(parameters))

    @property
    def built(self) -> bool:
        """Whether `build` was called."""
        return bool(self._state.parameters)

    def _check_built(self, what: str) -> None:
        if not self.built:
            raise NotBuiltError(f"{type(self).__name__}: {what} before build; call build(parameters) first.")

    @property
    def torch_optimizer(self) -> torch.optim.Optimizer | None:
        """This optimizer as tools of torch want to see it, `param_groups` and all; None before `build`.

        It is made when it is asked for: making one, torch imports its compiler, which takes as long as importing torch.
        """
        if self._torch_optimizer is None and self.built:
            from convolens.optimizers.torch_optimizer import TorchOptimizer

            self._torch_optimizer = TorchOptimizer(self.parameters, self.apply)
            self._rate.keep_in(self._torch_optimizer)
        return self._torch_optimizer

    @property
    def parameters(self) -> list[torch.Tensor]:
        """The parameters of `build`, in its order, and those of `extend`."""
        return list(self._state.parameters)

    def extend(self, parameters: Iterable[torch.Tensor]) -> None:
        """Take in more parameters, layers that are unfrozen for example: what is remembered of them begins anew.

        What is remembered of the others stays, and so does the number of steps. Those that are known already are left out.

        Raises:
            NotBuiltError: `build` was not called yet.

        Example:
            >>> from convolens.optimizers import Adam
            >>> first, second = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
            >>> optimizer = Adam(0.1)
            >>> optimizer.build([first])
            >>> for more in ([], [second]):
            ...     optimizer.extend(more)
            ...     for weight in (first, second):
            ...         weight.grad = torch.ones(1)
            ...     optimizer.apply()
            >>> round(first.item(), 3), round(second.item(), 3)
            (0.8, 0.9)
        """
        self._check_built("extend")
        parameters = list(parameters)
        self.exclusion.learn_names(names_of(parameters))
        self._state.extend(parameters_of(parameters), self._updates)
        self._state.leave_undecayed(self.exclusion.among(self._state.parameters))
        self._constraints = _constraints_of(self._state.parameters)
        if self._torch_optimizer is not None:
            self._torch_optimizer.param_groups[0]["params"] = self.parameters

    def restart(self) -> None:
        """Forget what is remembered of the parameters, as if all came in just now; averages begin with what they are.

        The number of steps, which schedules go by, and the factors of the rate stay.

        Raises:
            NotBuiltError: `build` was not called yet.

        Example:
            >>> from convolens.optimizers import Adam
            >>> weight = torch.nn.Parameter(torch.ones(1))
            >>> optimizer = Adam(0.1)
            >>> optimizer.build([weight])
            >>> for gradient in (1.0, -1.0):
            ...     weight.grad = torch.full((1,), gradient)
            ...     optimizer.apply()
            ...     optimizer.restart()
            >>> round(weight.item(), 3), optimizer.iterations
            (1.0, 2)
        """
        self._check_built("restart")
        self._state.restart(self._updates)
        self.averages_in_model = False

    def scale_rate(self, parameters: Iterable[torch.Tensor], factor: float) -> None:
        """Let some parameters learn at `factor` times the learning rate; weight decay is scaled with it.

        Args:
            parameters: of `build` or `extend`; others are left out.
            factor: at least 0; it replaces an earlier one.

        Raises:
            NotBuiltError: `build` was not called yet. ArgumentError: a negative factor.

        Source: discriminative fine-tuning, Howard & Ruder 2018, arXiv:1801.06146.
        """
        self._check_built("scale_rate")
        factor = number_in(type(self).__name__, "factor", factor, 0.0, _INFINITY, open_high=True)
        self._state.scale_rate(parameters_of(parameters), factor)

    # -- a step ------------------------------------------------------------------------------------

    def scale_loss(self, loss: torch.Tensor) -> torch.Tensor:
        """Return the loss whose gradients `apply` takes: times `loss_scale_factor`, where there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._state.parameters:
            parameter.grad = None

    @torch.no_grad()
    def apply(self) -> None:
        """Take the parameters' `.grad` in: clip it, update the parameters, average them, let them keep to their constraints, and count one batch.

        Parameters without a gradient stay as they are; clipping changes `.grad` itself.

        Raises:
            NotBuiltError: `build` was not called.
            ArgumentError: no parameter has a gradient.
        """
        self._check_built("apply")
        active, parameters, gradients = [], [], []
        for i, parameter in enumerate(self._state.parameters):
            if parameter.grad is not None:
                active.append(i)
                parameters.append(parameter)
                gradients.append(aligned(parameter.grad, parameter))
        if not active:
            raise ArgumentError(
                f"{type(self).__name__}: no parameter has a gradient; call loss.backward() before apply()."
            )
        slots = {name: self._state.aligned(name, active) for name in self._state.slots}
        if self.loss_scale_factor is not None:
            torch._foreach_div_(gradients, self.loss_scale_factor)
        if self.gradient_accumulation_steps is None or self._completes_group(gradients, slots["accumulator"]):
            clipping.clip(gradients, self.clipnorm, self.clipvalue, self.global_clipnorm)
            rate = self._rate.at(self.batches)
            for factor, age, decayed, places in self._state.groups(active, self._updates):
                self.age = age
                self.decay_of_group = (self.weight_decay or 0.0) if decayed else 0.0
                self.update(
                    [parameters[i] for i in places],
                    [gradients[i] for i in places],
                    {name: [tensors[i] for i in places] for name, tensors in slots.items()},
                    rate * factor,
                )
        if self.use_ema:
            self._average()
        for keep_to_constraint in self._constraints:
            keep_to_constraint()
        self.batches += 1

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[torch.Tensor | None, torch.Tensor]], **options: Any
    ) -> None:
        """Take in gradients that were computed by hand; the first call chooses the parameters.

        Args:
            grads_and_vars: (gradient, parameter), of a network's weights both in Keras' order; None leaves a parameter as it is.
            options: Keras' other words (`name`, `experimental_aggregate_gradients`) change nothing.

        Raises:
            ArgumentError: other parameters than before, or no gradient at all.

        Example:
            >>> from convolens.optimizers import SGD
            >>> weight = torch.nn.Parameter(torch.ones(1))
            >>> SGD(0.5).apply_gradients([(torch.ones(1), weight)])
            >>> weight.item()
            0.5
        """
        pairs = list(grads_and_vars)
        self.build(variable for _, variable in pairs)
        self.zero_grad()
        for gradient, variable in pairs:
            if gradient is None:
                continue
            plain = torch.as_tensor(gradient).as_subclass(torch.Tensor).detach().to(variable.device)
            if isinstance(variable, Weight):
                variable.parameter.grad = variable.to_parameter(plain)
            else:
                variable.grad = plain.clone().view_as(variable)
        self.apply()
        self.zero_grad()

    def minimize(self, loss: Any, var_list: Any, tape: Any = None, **options: Any) -> None:
        """Take a step that makes a loss smaller.

        Args:
            loss: a function without arguments that computes it; or a tensor that was computed within `tape`.
            var_list: the variables, or a function that gives them.
            tape: the `GradientTape` of a loss that is a tensor.
            options: Keras' other words (`name`) change nothing.

        Raises:
            ArgumentError: a tensor without its tape, or a loss that depends on no variable.

        Example:
            >>> from convolens.optimizers import SGD
            >>> weight = torch.nn.Parameter(torch.ones(1))
            >>> SGD(0.5).minimize(lambda: weight.sum(), [weight])
            >>> weight.item()
            0.5
        """
        refuse_unknown(f"{type(self).__name__}.minimize", options, ["loss", "var_list", "tape", "name"])
        self.apply_gradients(gradients_of(loss, var_list, tape))

    def further_numbers(self) -> list[float]:
        """Return what Keras keeps in its files behind the slots, though the step says it."""
        return []

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

    def _average(self) -> None:
        averaging.update(self._state, self.ema_momentum if self._updates else 0.0)
        if self.ema_overwrite_frequency and (self._updates + 1) % self.ema_overwrite_frequency == 0:
            averaging.overwrite(self._state)

    def update(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        slots: dict[str, list[torch.Tensor]],
        rate: float,
    ) -> None:
        """Change the parameters in place by the optimizer's rule, weight decay included.

        Called once for each group of parameters; `self.age` is the number of updates that these had, `self.decay_of_group` their decay.

        Args:
            parameters: tensors, all on one device.
            gradients: one a parameter, of its shape.
            slots: state of the rule by name, one tensor a parameter, changed in place too.
            rate: the learning rate of this step.
        """
        raise NotImplementedError

    def decay_weights(self, parameters: list[torch.Tensor], rate: float) -> None:
        """Take `decay_of_group` times `rate` of each weight away.

        Args:
            parameters: tensors, changed in place.
            rate: the learning rate of this step.
        """
        if self.decay_of_group:
            torch._foreach_mul_(parameters, 1.0 - self.decay_of_group * rate)

    # -- averages ----------------------------------------------------------------------------------

    def swap_averages(self) -> None:
        """Exchange weights and averages: to measure or save the averages, and again to train on.

        Nothing is done without `use_ema`, or before the first batch.

        Example:
            >>> from convolens.optimizers import SGD
            >>> weight = torch.nn.Parameter(torch.ones(1))
            >>> optimizer = SGD(0.5, use_ema=True, ema_momentum=0.5)
            >>> optimizer.build([weight])
            >>> for _ in range(2):
            ...     weight.grad = torch.ones(1)
            ...     optimizer.apply()
            >>> optimizer.swap_averages()
            >>> weight.item(), optimizer.averages_in_model
            (0.25, True)
        """
        if self.use_ema and self.batches:
            averaging.swap(self._state)
            self.averages_in_model = not self.averages_in_model

    def use_averages(self) -> None:
        """End a training: the weights become the averages, and a later one begins with them."""
        if self.averages_in_model:
            self.swap_averages()
        if self.use_ema and self.batches:
            averaging.overwrite(self._state)

    # -- state and configuration -------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of everything needed to go on: tensors ("velocity.0") and numbers.

        A flat dictionary: `iterations` (batches, as in Keras), `learning_rate` (unless a schedule gives it),
        `averages_in_model` (with `use_ema`), and one tensor per slot and parameter, in the order of `build`; `factors` of the
        rate and `begun`, one number per parameter, where they are not all 1 and 0.
        """
        live = self.live_state()
        return {
            key: value.clone() if isinstance(value, torch.Tensor) else value for key, value in live.items()
        }

    def live_state(self) -> dict[str, Any]:
        """Return what `state_dict` does, its tensors not copied: the next step changes them."""
        state: dict[str, Any] = {"iterations": self.batches}
        if self.use_ema:
            state["averages_in_model"] = self.averages_in_model
        if self._rate.schedule is None:
            state["learning_rate"] = float(self.learning_rate)
        return state | self._state.live_state()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, bit for bit.

        Raises:
            NotBuiltError: `build` was not called yet.
            CheckpointError: `state` is another optimizer's, or another network's.
        """
        self._check_built("load_state_dict")
        self._state.load(type(self).__name__, state)
        self.batches = int(state["iterations"])
        self.averages_in_model = bool(state.get("averages_in_model", False))
        if self._rate.schedule is None and "learning_rate" in state:
            self.learning_rate = float(state["learning_rate"])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments as plain values, in Keras' dialect.

        Raises:
            ArgumentError: the learning rate is a function of your own, which has no written form.
        """
        config = kept_arguments(self) | {"learning_rate": float(self.learning_rate)}
        if self.decay:
            config["decay"] = self.decay
        if self._rate.schedule is not None:
            config["learning_rate"] = schedules.serialize(self._rate.schedule)
        first = ("name", "learning_rate", "weight_decay", "clipnorm", "global_clipnorm")  # in Keras' order
        return {word: config.pop(word) for word in first} | config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an optimizer from `get_config()`, ours or that of Keras."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = schedules.deserialize(config["learning_rate"])
        return cls(**config)

    @property
    def variables(self) -> list[torch.Tensor]:
        """What is remembered of the parameters, slot by slot; none before `build`."""
        return [tensor for tensors in self._state.slots.values() for tensor in tensors]

    def __repr__(self) -> str:
        rate = type(self._rate.schedule).__name__ if self._rate.schedule is not None else self.learning_rate
        return f"<{type(self).__name__} name={self.name} learning_rate={rate}>"


def _constraints_of(parameters: Iterable[torch.Tensor]) -> list[Callable[[], None]]:
    """Return what makes parameters keep to their constraints, where they have any: layers tell it to them."""
    return [
        parameter.keep_to_constraint for parameter in parameters if hasattr(parameter, "keep_to_constraint")
    ]
