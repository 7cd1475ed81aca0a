"""A batch as a network sees it, and the way from what a user gives to one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from convolens.errors import ArgumentError, ShapeError


@dataclass(frozen=True)
class Batch:
    """Samples in the network's layout: images NCHW (a channels-last view), the rest as given.

    Attributes:
        x: one tensor, or a list for several inputs; float32.
        y: labels, or None; of several outputs a list of one for each.
        weight: one weight a sample, float32, or None; a list of such where each output has its own.
        size: how many samples.
    """

    x: Any
    y: Any
    weight: Any
    size: int

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on `device`."""
        if device.type == "cpu":
            return self

        return self._each(lambda value: value.to(device, non_blocking=True))

    def pinned(self) -> "Batch":
        """Return the batch in pinned memory, from which a GPU copies while the program goes on."""
        return self._each(lambda value: value.pin_memory() if value.device.type == "cpu" else value)

    def _each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "Batch":
        def changed(value: Any) -> Any:
            if isinstance(value, list):
                return [changed(item) for item in value]
            return None if value is None else change(value)

        return Batch(changed(self.x), changed(self.y), changed(self.weight), self.size)


class Source(Protocol):
    """Where batches come from: `steps` an epoch (None where unknown until it ends)."""

    @property
    def steps(self) -> int | None:
        """Batches an epoch."""

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Return the batches of one epoch, from batch `start` on; those before it are skipped at once.

        Args:
            epoch: counted from 0.
            start: the batch to begin with, counted from 0.
        """
        raise NotImplementedError


# What changes a user's (x, y, weight) before they become a batch, and refuses what does not fit.
Feed = Callable[[Any, Any, Any], tuple[Any, Any, Any]]

_TO_NUMBERS = {
    "x": "Files of photos are read by flow_from_directory, flow_from_dataframe or load_img.",
    "y": "Class names become numbers by np.unique(names, return_inverse=True).",
}


def check_numbers(name: str, array: Any) -> None:
    """Raise an `ArgumentError` where an array holds anything but numbers.

    Args:
        name: "x" or "y".
        array: NumPy's, or what has its `dtype` and slices.
    """
    if name == "x" and array.dtype.kind == "O":
        raise ArgumentError("x holds objects, not numbers; are its images of different sizes?")
    if array.dtype.kind not in "biuf":
        first = np.asarray(array[:1]).reshape(-1)[:1].tolist() if np.ndim(array) else array
        raise ArgumentError(
            f"{name} must hold numbers; received {array.dtype} such as {first!r:.80}. {_TO_NUMBERS[name]}"
        )


def _tensor(name: str, values: Any) -> torch.Tensor:
    array = np.ascontiguousarray(values)
    check_numbers(name, array)
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def samples(x: Any) -> torch.Tensor:
    """Return an array (or tensor) of samples as float32 inside the network: NHWC becomes an NCHW view."""
    if not isinstance(x, torch.Tensor):
        x = _tensor("x", x)
    x = x if x.dtype == torch.float32 else x.float()
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x  # (n, h, w, c) -> (n, c, h, w)


def inputs(x: Any) -> Any:
    """Return one tensor, or a list of them where `x` is a list, a tuple or a dict of inputs."""
    if isinstance(x, Mapping):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        return [samples(item) for item in x] if len(x) != 1 else samples(x[0])
    return samples(x)


def labels(y: Any) -> Any:
    """Return labels as a tensor: whole numbers as int64, others as float32; of several outputs a list of such."""
    if y is None:
        return None
    if isinstance(y, list) and any(hasattr(one, "shape") for one in y):
        return [labels(one) for one in y]
    tensor = y if isinstance(y, torch.Tensor) else _tensor("y", y)
    return tensor.float() if tensor.is_floating_point() or tensor.dtype == torch.bool else tensor.long()


def class_weights(y: torch.Tensor, class_weight: Mapping[int, float]) -> torch.Tensor:
    """Return each sample's weight by its class.

    Args:
        y: class numbers (n,) or (n, 1), or one-hot rows (n, classes).
        class_weight: class number -> weight.

    Raises:
        ArgumentError: a class has no weight.
    """
    numbers = y.argmax(1) if y.ndim > 1 and y.shape[1] > 1 else y.reshape(-1)
    present, places = torch.unique(numbers.long(), return_inverse=True)
    for number in present.tolist():
        if number not in class_weight:
            raise ArgumentError(
                f"fit: class_weight has no entry for class {number}; it has {list(class_weight)}."
            )
    table = torch.tensor([float(class_weight[number]) for number in present.tolist()], device=y.device)
    return table[places]


def make_batch(
    x: Any,
    y: Any = None,
    weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    feed: Feed | None = None,
) -> Batch:
    """Return a batch from a user's arrays.

    Args:
        x: samples (n, ...), images NHWC, or a list (or dict) of them for several inputs; any numbers become float32.
        y: labels (n, ...): whole numbers become int64, others float32; None for none.
        weight: one weight a sample (n,), or None for 1; of several outputs a list of such, too.
        class_weight: class number -> weight, which multiplies `weight`; None for 1.
        feed: changes or refuses x, y and weight first; None takes them as they are.

    Raises:
        ShapeError: x, y and weights hold different numbers of samples.
        ArgumentError: x or y holds no numbers, or a class has no weight.
    """
    if feed is not None:
        x, y, weight = feed(x, y, weight)
    x, y = inputs(x), labels(y)
    size = (x[0] if isinstance(x, list) else x).shape[0]
    for one in y if isinstance(y, list) else [y]:
        if one is not None and one.shape[0] != size:
            raise ShapeError(
                f"x and y must have the same length; received {size} samples and {one.shape[0]} labels."
            )
    if isinstance(weight, (list, tuple)) and isinstance(y, list):
        if len(weight) != len(y):
            raise ShapeError(
                f"sample_weight must be one array, or one for each of {len(y)} outputs; received {len(weight)}."
            )
        weight = [_weights(one, beside, size) for one, beside in zip(weight, y, strict=True)]
    else:
        weight = _weights(weight, y[0] if isinstance(y, list) else y, size)
    if class_weight is not None and isinstance(y, list):
        raise ArgumentError(
            "class_weight is only supported for models of a single output; give sample_weight, one array for each output."
        )
    if class_weight is not None and y is not None:
        by_class = class_weights(y, class_weight)
        weight = by_class if weight is None else weight * by_class
    return Batch(x, y, weight, size)


def _weights(given: Any, beside: torch.Tensor | None, size: int) -> torch.Tensor | None:
    """Return a weight for each sample, where the labels beside it lie."""
    if given is None:
        return None
    given = given.detach() if isinstance(given, torch.Tensor) else np.asarray(given)
    weight = torch.as_tensor(given, dtype=torch.float32, device=None if beside is None else beside.device)
    if weight.shape[0] != size:
        raise ShapeError(
            f"sample_weight must have the length of x; received {weight.shape[0]} weights for {size} samples."
        )
    return weight


def unpack(item: Any) -> tuple[Any, Any, Any]:
    """Return (x, y, weight) of what a generator yields: x, (x,), (x, y) or (x, y, weight)."""
    if not isinstance(item, tuple) and not (isinstance(item, list) and len(item) in (2, 3)):
        return item, None, None
    if not 1 <= len(item) <= 3:
        raise ArgumentError(
            f"A generator must yield x, (x, y) or (x, y, sample_weight); received a tuple of {len(item)} items."
        )
    return (*item, None, None, None)[:3]
