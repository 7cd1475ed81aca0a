"""Precision: the numbers that training steps compute with: float32, or half of their bits where that is enough."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from convolens.arguments import one_of
from convolens.errors import CheckpointError

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


GradientHook = Callable[[Sequence[torch.Tensor]], None]


class Precision:
    """How a training step computes: `torch.autocast` around the network, everything else in float32.

    Weights, gradients, optimizer, loss and metrics are float32 in every precision, and so are validation, evaluation and
    prediction: what is measured is what the saved weights give anywhere. With float16 small gradients would vanish: the
    loss is multiplied by a scale that `torch.amp.GradScaler` finds, and a step whose gradients overflow is left out.

    Args:
        name: "float32", "bfloat16" or "float16"; Keras' "mixed_bfloat16" and "mixed_float16" mean the same.

    Attributes:
        scaler: of the gradients; None before `build`, and where there is none.

    Raises:
        UnknownNameError: another name.

    Example:
        >>> Precision("mixed_bfloat16").name
        'bfloat16'

    Source: Micikevicius et al., arXiv:1710.03740.
    """

    def __init__(self, name: str = "float32") -> None:
        if isinstance(name, str):
            name = name.removeprefix("mixed_")
        self.name = one_of("compile", "precision", name, tuple(PRECISIONS))
        self.scaler: torch.amp.GradScaler | None = None

    def build(self, device: torch.device) -> None:
        """Make the scaler of a device; calling it again changes nothing."""
        if self.name == "float16" and self.scaler is None:
            self.scaler = torch.amp.GradScaler(device.type)

    def autocast(self, device: torch.device) -> AbstractContextManager[Any]:
        """Return the context in which the network is called."""
        return torch.autocast(device.type, PRECISIONS[self.name], enabled=self.name != "float32")

    def step(self, loss: torch.Tensor, optimizer: Any, reduce_gradients: GradientHook | None = None) -> None:
        """Compute the gradients of a loss and let the optimizer take them in.

        Args:
            loss: a scalar float32 tensor with a graph behind it.
            optimizer: built for the parameters of that graph (`convolens.optimizers.Optimizer`).
            reduce_gradients: see `Step`; in float16 the gradients are scaled still.
        """
        loss = optimizer.scale_loss(loss)
        (loss if self.scaler is None else self.scaler.scale(loss)).backward()
        if reduce_gradients is not None:
            gradients = (parameter.grad for parameter in optimizer.parameters)
            reduce_gradients([gradient for gradient in gradients if gradient is not None])
        if self.scaler is None:
            optimizer.apply()
            return
        self.scaler.step(optimizer.torch_optimizer)  # calls optimizer.apply, unless there is an overflow
        self.scaler.update()

    def state_dict(self) -> dict[str, Any]:
        """Return the name, and the scale with how long it has been good."""
        return {"name": self.name, "scaler": None if self.scaler is None else self.scaler.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state.

        Raises:
            CheckpointError: it is of another precision.
        """
        if state["name"] != self.name:
            raise CheckpointError(
                f"state: of a training in {state['name']}; the model is compiled with precision={self.name!r}. "
                f"Compile it with precision={state['name']!r}."
            )
        if self.scaler is not None:
            self.scaler.load_state_dict(state["scaler"])


def widen(output: Any) -> Any:
    """Return what a network gave, as float32."""
    if isinstance(output, (list, tuple)):
        return [widen(item) for item in output]
    if isinstance(output, dict):
        return {name: widen(item) for name, item in output.items()}
    return output.float() if output.dtype in (torch.bfloat16, torch.float16) else output
