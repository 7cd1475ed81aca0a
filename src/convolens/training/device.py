"""Devices by the names that users type: auto, cpu, cuda, cuda:1, 0, mps."""

import torch

from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, UnknownNameError

NAMES = ("auto", "cpu", "cuda", "mps")


def find_device(where: str, name: str | int, gpus: int | None = None, mps: bool | None = None) -> str:
    """Return torch's name of a device that is there: "cpu", "cuda", "cuda:1" or "mps".

    Args:
        where: for the message.
        name: one of `NAMES`, "cuda:N", or N alone for it; "auto" is cuda where there is one, else mps, else cpu.
        gpus: how many CUDA devices there are; None asks torch.
        mps: whether there is Apple's GPU; None asks torch.

    Raises:
        UnknownNameError: a name that is none.
        ArgumentError: a device that is not there.

    Example:
        >>> find_device("train", "auto", gpus=0, mps=True), find_device("train", "1", gpus=2)
        ('mps', 'cuda:1')
    """
    gpus = (torch.cuda.device_count() if torch.cuda.is_available() else 0) if gpus is None else gpus
    mps = torch.backends.mps.is_available() if mps is None else mps
    wanted = str(name).strip().casefold()
    if wanted == "auto":
        return "cuda" if gpus else "mps" if mps else "cpu"
    if wanted.isascii() and wanted.isdecimal():
        wanted = f"cuda:{wanted}"
    kind, _, number = wanted.partition(":")
    if wanted not in NAMES and not (kind == "cuda" and number.isascii() and number.isdecimal()):
        raise UnknownNameError(
            f"{where}: device must be auto, cpu, mps, cuda, or a GPU's number (1 or cuda:1); "
            f"received {name!r}.{did_you_mean('cuda' if kind == 'gpu' else wanted, NAMES)}"
        )
    if kind == "mps" and not mps:
        raise ArgumentError(
            f"{where}: device 'mps' was asked for, but torch sees no Apple GPU here; use auto or cpu."
        )
    if kind == "cuda" and not gpus:
        raise ArgumentError(
            f"{where}: device {str(name)!r} was asked for, but torch sees no GPU here; use auto or cpu."
        )
    if kind == "cuda" and number and int(number) >= gpus:
        raise ArgumentError(
            f"{where}: device {str(name)!r} was asked for, but torch sees {gpus} GPU{'s' * (gpus != 1)} here, "
            f"from cuda:0 to cuda:{gpus - 1}."
        )
    return f"cuda:{int(number)}" if number else wanted
