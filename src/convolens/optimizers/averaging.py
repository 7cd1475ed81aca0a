"""Averaging: a running average of the weights (EMA), kept by an optimizer beside them, as in Keras."""

import torch

from convolens.arguments import integer, number_in
from convolens.optimizers.slots import Slots


class Averaging(Slots):
    """The part of `Optimizer` that averages weights.

    After every batch `average = momentum * average + (1 - momentum) * weight`; as long as there was no update the
    average is the weight itself. Buffers (BatchNormalization's moving statistics) are not averaged, as in Keras.

    Args:
        use_ema: whether averages are kept; `fit` ends with them in the network.
        ema_momentum: in [0, 1]; the average is over some 1 / (1 - momentum) batches.
        ema_overwrite_frequency: the weights become the averages after every so many updates too; None for never.

    Attributes:
        averages_in_model: whether `swap_averages` has put the averages into the network.

    Source: Keras 3 `BaseOptimizer`, `SwapEMAWeights`; Polyak & Juditsky 1992.
    """

    def _begin_averaging(
        self, use_ema: bool, ema_momentum: float, ema_overwrite_frequency: int | None
    ) -> None:
        where = type(self).__name__
        self.use_ema = bool(use_ema)
        self.ema_momentum = (
            number_in(where, "ema_momentum", ema_momentum, 0.0, 1.0) if self.use_ema else ema_momentum
        )
        self.ema_overwrite_frequency = (
            integer(where, "ema_overwrite_frequency", ema_overwrite_frequency)
            if self.use_ema and ema_overwrite_frequency is not None
            else ema_overwrite_frequency
        )
        self.averages_in_model = False

    def _averaged(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return the averages and the parameters that they are of; frozen ones stay what they are, to the bit."""
        places = [i for i, parameter in enumerate(self._parameters) if parameter.requires_grad]
        return self._aligned_slots("average", places), [self._parameters[i] for i in places]

    def _average(self) -> None:
        """Take the weights into the averages; called after each batch."""
        averages, parameters = self._averaged()
        if not parameters:
            return
        momentum = self.ema_momentum if self.iterations else 0.0
        torch._foreach_mul_(averages, momentum)
        torch._foreach_add_(averages, parameters, alpha=1.0 - momentum)
        if self.ema_overwrite_frequency and (self.iterations + 1) % self.ema_overwrite_frequency == 0:
            torch._foreach_copy_(parameters, averages)

    @torch.no_grad()
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
        if not self.use_ema or not self.batches:
            return
        averages, parameters = self._averaged()
        weights = [parameter.detach().clone() for parameter in parameters]
        torch._foreach_copy_(parameters, averages)
        torch._foreach_copy_(averages, weights)
        self.averages_in_model = not self.averages_in_model

    @torch.no_grad()
    def use_averages(self) -> None:
        """End a training: the weights become the averages, and a later one begins with them."""
        if not self.use_ema or not self.batches:
            return
        averages, parameters = self._averaged()
        if self.averages_in_model:
            torch._foreach_copy_(averages, parameters)
        else:
            torch._foreach_copy_(parameters, averages)
        self.averages_in_model = False
