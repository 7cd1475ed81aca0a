"""`tf.config`: which devices there are; memory is torch's to manage, and everything runs eagerly."""

import os
import sys
import warnings
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

import torch

from convolens.missing import answer_for

__all__ = [
    "LogicalDeviceConfiguration", "PhysicalDevice", "VirtualDeviceConfiguration", "experimental",
    "get_visible_devices", "list_logical_devices", "list_physical_devices", "optimizer", "run_functions_eagerly",
    "set_logical_device_configuration", "set_memory_growth", "set_soft_device_placement",
    "set_virtual_device_configuration", "set_visible_devices", "threading",
]  # fmt: skip


class PhysicalDevice(NamedTuple):
    """A device: its name, "/physical_device:GPU:0", and its type, "CPU" or "GPU"."""

    name: str
    device_type: str


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the CPU and the GPUs that torch sees.

    Args:
        device_type: "CPU" or "GPU" for these alone; there are no others here.

    Example:
        >>> list_physical_devices("CPU")
        [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    counts = {"CPU": 1, "GPU": gpus}
    return [
        PhysicalDevice(f"/physical_device:{kind}:{number}", kind)
        for kind, count in counts.items()
        if device_type in (None, kind)
        for number in range(count)
    ]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the devices that work is done on: as `list_physical_devices`, which see for its argument."""
    return list_physical_devices(device_type)


def list_logical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the devices by their other names: "/device:GPU:0".

    Args:
        device_type: as of `list_physical_devices`.
    """
    return [
        PhysicalDevice(name.replace("physical_", ""), kind)
        for name, kind in list_physical_devices(device_type)
    ]


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Hide the GPUs that are not among some devices; before the first work on one.

    Args:
        devices: some of `list_physical_devices`, one of them, or an empty list.
        device_type: "GPU" for these alone; of "CPU" nothing is hidden.

    Warns where a GPU is at work already: then nothing changes.
    """
    if device_type == "CPU":
        return
    chosen = [devices] if isinstance(devices, PhysicalDevice) else list(devices or ())
    hidden = [gpu for gpu in list_physical_devices("GPU") if gpu not in chosen]
    if not hidden:
        return
    if torch.cuda.is_initialized():
        warnings.warn(
            "tf.config.set_visible_devices: a GPU is at work already, nothing changes; call it first.",
            stacklevel=2,
        )
        return
    numbers = [device.name.rpartition(":")[2] for device in chosen if device.device_type == "GPU"]
    os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(numbers)


def set_memory_growth(device: Any, enable: bool = True) -> None:
    """Do nothing: torch takes memory of a GPU as it is needed.

    Args:
        device: a GPU.
        enable: accepted; it is always so.
    """


def get_memory_growth(device: Any) -> bool:
    """Return True: torch takes memory of a GPU as it is needed.

    Args:
        device: a GPU.
    """
    return True


class LogicalDeviceConfiguration:
    """A part of a device's memory, accepted by `set_logical_device_configuration`.

    Args:
        memory_limit: in MiB.
    """

    def __init__(self, memory_limit: float | None = None) -> None:
        self.memory_limit = memory_limit


VirtualDeviceConfiguration = LogicalDeviceConfiguration


def set_logical_device_configuration(device: Any, logical_devices: Iterable[Any]) -> None:
    """Keep torch to a part of a GPU's memory.

    Args:
        device: a GPU of `list_physical_devices`.
        logical_devices: one `LogicalDeviceConfiguration`; a GPU is not divided here.
    """
    limits = [part.memory_limit for part in logical_devices]
    kind, number = str(device.name).rpartition(":")[::2]
    if "GPU" in kind and len(limits) == 1 and limits[0] is not None:
        whole = torch.cuda.get_device_properties(int(number)).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, limits[0] * 2**20 / whole), int(number))


set_virtual_device_configuration = set_logical_device_configuration


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Do nothing: everything runs eagerly here.

    Args:
        run_eagerly: accepted.
    """


experimental_run_functions_eagerly = run_functions_eagerly


def functions_run_eagerly() -> bool:
    """Return True: everything runs eagerly here."""
    return True


def set_soft_device_placement(enabled: bool) -> None:
    """Do nothing: a network is on the device that `fit` finds.

    Args:
        enabled: accepted.
    """


threading = SimpleNamespace(
    get_inter_op_parallelism_threads=torch.get_num_interop_threads,
    get_intra_op_parallelism_threads=torch.get_num_threads,
    set_inter_op_parallelism_threads=lambda number: None,  # torch takes it only before its first work
    set_intra_op_parallelism_threads=torch.set_num_threads,
)
optimizer = SimpleNamespace(
    set_jit=lambda enabled: None, set_experimental_options=lambda options: None, get_jit=lambda: ""
)
experimental = sys.modules[__name__]  # where TensorFlow had most of it first

__getattr__ = answer_for(__name__)
