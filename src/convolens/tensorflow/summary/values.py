"""Values for TensorBoard, by name and step; each returns whether it was written: no writer, no value, as in TensorFlow."""

from typing import Any

import numpy as np

from convolens.errors import ArgumentError, ShapeError
from convolens.tensor import as_tensor
from convolens.tensorflow.summary.writer import meant

__all__ = ["histogram", "image", "scalar", "text"]


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write a number.

    Args:
        name: of the curve.
        data: the number.
        step: its place on the curve; None for that of the writer.
        description: accepted.

    Raises:
        ArgumentError: no step. ShapeError: no single number.
    """
    value = _array(data)
    if value.ndim:
        raise ShapeError(f"tf.summary.scalar: {name!r}: expected one number; received shape {value.shape}.")
    return _write("add_scalar", name, value.item(), step)


def histogram(
    name: str, data: Any, step: Any = None, buckets: int | None = None, description: str | None = None
) -> bool:
    """Write how values are distributed.

    Args:
        name: of the histogram.
        data: the values, of any shape.
        step: as of `scalar`.
        buckets: how many; None lets TensorBoard choose.
        description: accepted.

    Raises:
        ArgumentError: no step.
    """
    options = {} if buckets is None else {"bins": buckets}
    return _write("add_histogram", name, _array(data), step, **options)


def image(
    name: str, data: Any, step: Any = None, max_outputs: Any = 3, description: str | None = None
) -> bool:
    """Write pictures.

    Args:
        name: of the pictures; those behind the first get a number.
        data: (n, rows, columns, channels), 1, 3 or 4 channels; uint8, or fractions from 0 to 1, which are cut off there.
        step: as of `scalar`.
        max_outputs: how many of them.
        description: accepted.

    Raises:
        ArgumentError: no step. ShapeError: no pictures.
    """
    pictures = _array(data)
    if pictures.ndim != 4 or pictures.shape[-1] not in (1, 3, 4):
        raise ShapeError(
            f"tf.summary.image: {name!r}: expected pictures (n, rows, columns, 1, 3 or 4 channels); received shape "
            f"{pictures.shape}."
        )
    if pictures.dtype != np.uint8:
        pictures = np.rint(np.clip(pictures.astype(np.float32), 0, 1) * 255).astype(np.uint8)
    told = [
        _write("add_image", name if place == 0 else f"{name}/{place}", picture, step, dataformats="HWC")
        for place, picture in enumerate(pictures[: int(max_outputs)])
    ]
    return all(told)


def text(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write words.

    Args:
        name: of the words.
        data: a text, Markdown for TensorBoard.
        step: as of `scalar`.
        description: accepted.

    Raises:
        ArgumentError: no step.
    """
    return _write("add_text", name, str(data), step)


def _write(kind: str, name: str, value: Any, step: Any, **options: Any) -> bool:
    writer, usual = meant()
    if writer is None:
        return False
    step = usual if step is None else step
    if step is None:
        raise ArgumentError(
            f"tf.summary: {name!r} has no step; give step=, or as_default(step=...) of the writer."
        )
    getattr(writer.file, kind)(name, value, int(step), **options)
    return True


def _array(data: Any) -> np.ndarray:
    found: np.ndarray = as_tensor(data).detach().cpu().numpy()
    return found
