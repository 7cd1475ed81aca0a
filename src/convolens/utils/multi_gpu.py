"""multi_gpu_model: Keras 2's word for one model on several GPUs, which is one device here."""

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convolens.models import Model


def multi_gpu_model(
    model: "Model", gpus: Any = None, cpu_merge: bool = True, cpu_relocation: bool = False
) -> "Model":
    """Return the model itself, which trains on one device and learns the same there, and warn of it.

    Args:
        model: to be compiled and trained.
        gpus: how many, or which; whole batches go to one.
        cpu_merge, cpu_relocation: accepted: nothing is parted, so nothing is put together.

    Example:
        >>> from convolens.layers import Dense
        >>> from convolens.models import Sequential
        >>> model = Sequential([Dense(1, input_shape=(2,))])
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     multi_gpu_model(model, gpus=2) is model
        True
    """
    warnings.warn(
        f"multi_gpu_model(gpus={gpus!r}): the model stays on one device, and learns the same.",
        UserWarning,
        stacklevel=2,
    )
    return model
