"""Frozen parts of a network: parameters that take no gradient, and torch's normalisation kept in inference mode."""

import torch
from torch.nn.modules.batchnorm import _NormBase


def set_frozen(module: torch.nn.Module, frozen: bool, recurse: bool = True) -> None:
    """Freeze a torch module, or let it be trained again, with Keras' meaning of `trainable`.

    A frozen parameter takes no gradient. A frozen normalisation of torch's that keeps statistics (`BatchNorm2d`) uses them
    and leaves them as they are, in training too; Keras' `BatchNormalization` does so since Keras 2.

    Args:
        module: any torch module.
        frozen: True freezes.
        recurse: also what the module is made of.

    Example:
        >>> norm = torch.nn.BatchNorm2d(2)
        >>> set_frozen(norm, True)
        >>> norm.training, norm.weight.requires_grad
        (False, False)
    """
    for parameter in module.parameters(recurse):
        if getattr(parameter, "trainable", True):  # False of a `Variable` that only `assign` changes
            parameter.requires_grad_(not frozen)
    training = module.training
    for part in module.modules() if recurse else (module,):
        if isinstance(part, _NormBase):
            part.trainable = not frozen  # type: ignore[assignment]
            part.train(training and not frozen)
