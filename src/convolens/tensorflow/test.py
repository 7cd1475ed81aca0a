"""`tf.test`: whether there is a GPU."""

import torch

from convolens.missing import answer_for

__all__ = ["gpu_device_name", "is_built_with_cuda", "is_built_with_gpu_support", "is_gpu_available"]


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None
) -> bool:
    """Return whether torch sees a GPU.

    Args:
        cuda_only: accepted; GPUs here are CUDA's, or what torch calls so.
        min_cuda_compute_capability: (major, minor) that a GPU has at least.
    """
    if not torch.cuda.is_available():
        return False
    least = min_cuda_compute_capability
    return least is None or any(
        torch.cuda.get_device_capability(number) >= least for number in range(torch.cuda.device_count())
    )


def gpu_device_name() -> str:
    """Return "/device:GPU:0", or "" without a GPU."""
    return "/device:GPU:0" if torch.cuda.is_available() else ""


def is_built_with_cuda() -> bool:
    """Return whether torch was built for CUDA."""
    return torch.version.cuda is not None


def is_built_with_gpu_support() -> bool:
    """Return whether torch was built for GPUs: CUDA's or ROCm's."""
    return is_built_with_cuda() or torch.version.hip is not None


__getattr__ = answer_for(__name__)
