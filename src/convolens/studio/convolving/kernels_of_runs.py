"""Kernels of a run: what its convolutions have learnt, one channel of one filter at a time."""

from typing import Any

from convolens.analysis.explain.filters import check_filter, filters, holding_kernels
from convolens.arguments import integer
from convolens.errors import ShapeError
from convolens.runs.folder.model_file import TrainedModel

LARGEST = 7  # rows and columns of a kernel that is shown number by number


def list_convolutions(trained: TrainedModel) -> list[dict[str, Any]]:
    """Return the layers that hold kernels, in the network's order.

    Args:
        trained: a network.

    Returns:
        {"name", "kind", "filters", "channels", "rows", "columns", "shown"} each; "shown" where a kernel is not too large.
    """
    found = []
    for name in holding_kernels(trained.model.module):
        count, rows, columns, channels = filters(trained.model, name).shape
        found.append(
            {
                "name": name,
                "kind": type(trained.model.module.get_submodule(name)).__name__,
                "filters": count,
                "channels": channels,
                "rows": rows,
                "columns": columns,
                "shown": max(rows, columns) <= LARGEST,
            }
        )
    return found


def learnt_kernel(trained: TrainedModel, layer: str, number: int, channel: int) -> list[list[float]]:
    """Return the weights of one channel of a filter, (rows, columns).

    Args:
        trained: a network.
        layer: its name.
        number: of the filter, from 0.
        channel: of the layer's input, from 0.

    Raises:
        UnknownNameError: no such layer. ShapeError: no kernels there, no such filter or channel, or a kernel too large to show.
    """
    kernels = filters(trained.model, layer)
    number = check_filter("convolve", number, len(kernels), layer)
    channel = integer("convolve", "channel", channel, minimum=0)
    if channel >= kernels.shape[3]:
        raise ShapeError(
            f"convolve: a filter of layer {layer!r} has {kernels.shape[3]} channels, from 0; received channel {channel}."
        )
    if max(kernels.shape[1:3]) > LARGEST:
        raise ShapeError(
            f"convolve: the kernels of layer {layer!r} have {kernels.shape[1]} x {kernels.shape[2]} weights; those of up to "
            f"{LARGEST} x {LARGEST} are shown here. Choose another layer."
        )
    weights: list[list[float]] = kernels[number, :, :, channel].astype(float).tolist()
    return weights
