"""Adding: losses and metrics that are told as symbolic tensors, as a step of the graph."""

from collections.abc import Mapping, Sequence
from typing import Any

from convolens.layers.calls.symbols import mapped
from convolens.layers.layer import Layer


class Adding(Layer):
    """Gives what it is given first, and adds to the loss and to the metrics what it is given besides.

    Args:
        part: the layer whose `call` was drawn, with its weights; None for `model.add_loss` and `model.add_metric`.
        options: `name` as in `Layer`.
    """

    def __init__(self, part: Layer | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.part = part

    @property
    def default_name(self) -> str:
        """What a network calls the layer: as the one that it stands for."""
        return "adding" if self.part is None else self.part.default_name

    def call(self, outputs: Any, losses: Sequence[Any] = (), metrics: Mapping[str, Any] | None = None) -> Any:
        """Return the outputs.

        Args:
            outputs: a tensor, or a list, tuple or dict of them.
            losses: to be added.
            metrics: name -> value.
        """
        self.add_loss(list(losses))
        for name, value in (metrics or {}).items():
            self.add_metric(value, name)
        return outputs

    def output_shapes(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return the shapes of the outputs.

        Args:
            arguments, keywords: of `call`, symbolic tensors in them.
        """
        return mapped(lambda symbol: tuple(symbol.shape), arguments[0])
