"""What was trainable when a model was compiled, trained once more where the whole was frozen since: as Keras 2 does."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from convolens.layers import Layer

TrainedParts = tuple[list[Layer], list[torch.nn.Parameter]]


def trained_parts(module: torch.nn.Module) -> TrainedParts | None:
    """Return the layers and the parameters that are trained; None where there are none."""
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    parts = [part for part in module.modules() if isinstance(part, Layer) and part._trainable]
    return (parts, parameters) if parameters else None


@contextmanager
def trained_as_compiled(name: str, module: torch.nn.Module, compiled: TrainedParts | None) -> Iterator[None]:
    """Train within the block what was trainable when the model was compiled, where nothing of it is now.

    So the discriminator of a GAN, frozen for the model around it after it was compiled, still learns by itself, as in Keras 2.

    Args:
        name: of the model, for the warning.
        module: its network.
        compiled: `trained_parts` as it was then.
    """
    if compiled is None or any(parameter.requires_grad for parameter in module.parameters()):
        yield
        return
    parts, parameters = compiled
    warnings.warn(
        f"train_on_batch: {name} was frozen (trainable = False) after it was compiled, and is trained as it was compiled, as in "
        "Keras 2; compile it again, or call model.freeze(), to leave it as it is.",
        UserWarning,
        stacklevel=4,
    )
    try:
        _set(parts, parameters, True)
        yield
    finally:
        _set(parts, parameters, False)


def _set(parts: list[Layer], parameters: list[torch.nn.Parameter], trained: bool) -> None:
    for part in parts:
        part._trainable = trained
    for parameter in parameters:
        parameter.requires_grad_(trained)
