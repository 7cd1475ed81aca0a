"""Where torch has a fused kernel for a step."""

import torch

_DEVICES = ("cpu", "cuda")


def fused_kernel_for(tensors: list[torch.Tensor]) -> bool:
    """Return whether torch has a fused kernel for these: floats on a CPU or CUDA device.

    Example:
        >>> fused_kernel_for([torch.zeros(1)]), fused_kernel_for([torch.zeros(1, dtype=torch.int64)])
        (True, False)
    """
    return all(t.device.type in _DEVICES and t.is_floating_point() for t in tensors)
