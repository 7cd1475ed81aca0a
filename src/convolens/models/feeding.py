"""Data on their way into a network: a user's become what it takes, it is built from their shape, and what does not fit is said."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError, ShapeError
from convolens.layers import Layer
from convolens.models.graph.own_network import OwnNetwork
from convolens.training.batches import check_numbers, unpack
from convolens.training.inputs.arrays import as_array, as_arrays

Shape = tuple[int | None, ...]


def feed(where: str, module: torch.nn.Module, x: Any) -> Any:
    """Return data as a network takes them, built from their shape on first use.

    Args:
        where: what an error begins with: "fit" ...
        module: a network of layers, or any torch module, whose inputs are not known.
        x: anything that `fit` takes.

    Returns:
        an array, or a list of one for each input; or what gives batches (an iterator that was looked into goes on).

    Raises:
        ArgumentError: inputs of other names, or no data. ShapeError: another shape, or number of inputs, than the network's.
    """
    given = arrays_for(where, module, x)
    if given is not None or not isinstance(module, Layer) or module.built:
        return x if given is None else given
    if hasattr(x, "image_shape"):
        module.build_once((None, *x.image_shape))
        return x
    first, x = _first_batch(where, x)
    first = unpack(tuple(first) if isinstance(x, torch.utils.data.DataLoader) else first)[0]
    if isinstance(x, torch.utils.data.DataLoader) and isinstance(first, torch.Tensor) and first.ndim == 4:
        first = first.permute(0, 2, 3, 1)  # NCHW, torch's habit
    batch_for(where, module, first)
    return x


def batch_for(where: str, module: torch.nn.Module, x: Any) -> Any:
    """Return the samples of a batch as `arrays_for`, or raise where they are none; args, errors: as of `feed`."""
    arrays = arrays_for(where, module, x)
    if arrays is None:
        raise ArgumentError(
            f"{where}: a batch of x must be an array, or one for each input; received {type(x).__name__}."
        )
    return arrays


def arrays_for(where: str, module: torch.nn.Module, x: Any) -> Any:
    """Return x as one array, or one for each input of a network, which is built for it; None where x gives batches.

    A dict of inputs comes into the order of the network's; images in a list become one array where the network has one input.

    Args, Raises: as of `feed`.
    """
    if isinstance(module, OwnNetwork):
        return _for_own(where, module, x)
    shapes = _shapes(module)
    if isinstance(x, Mapping) and as_array(x) is None:
        arrays = as_arrays(_by_name(where, module, x))
    else:
        arrays = as_arrays(x)
    for array in arrays if isinstance(arrays, list) else [] if arrays is None else [arrays]:
        if not isinstance(array, torch.Tensor):
            check_numbers("x", array)
    if arrays is None or not isinstance(module, Layer):
        return arrays
    if isinstance(arrays, list) and (shapes is None or len(shapes) == 1):
        arrays = only_input(where, arrays, shapes[0] if shapes else None)
    if shapes is None:
        module.build_once((None, *arrays.shape[1:]))
        return arrays
    if isinstance(arrays, list) != (len(shapes) > 1) or len(shapes) not in (1, len(arrays)):
        received = f"{len(arrays)} arrays" if isinstance(arrays, list) else "one array"
        raise ShapeError(
            f"{where}: the model has {len(shapes)} inputs; give a list of arrays. Received {received}."
        )
    fitted = [_of_rank(array, shape) for array, shape in zip(
        arrays if isinstance(arrays, list) else [arrays], shapes, strict=True
    )]  # fmt: skip
    for array, shape in zip(fitted, shapes, strict=True):
        check_shape(where, tuple(array.shape), shape)
    return fitted if isinstance(arrays, list) else fitted[0]


def _of_rank(array: Any, shape: Shape) -> Any:
    """Return an array with the last axis of length 1 that it lacks, or without the one too many, as Keras does."""
    if not isinstance(array, (np.ndarray, torch.Tensor)):
        return array
    rank, length = len(shape), array.shape
    if len(length) == rank - 1 and shape[-1] == 1 and rank > 2 and _fits(length, shape[:-1]):
        return array[..., None] if isinstance(array, np.ndarray) else array.unsqueeze(-1)
    if len(length) == rank + 1 and length[-1] == 1 and _fits(length[:-1], shape):
        return array[..., 0]
    return array


def of_ranks(where: str, module: torch.nn.Module, x: Any) -> Any:
    """Return tensors in Keras' order, or symbolic ones, with as many axes as a network takes; a last one of size 1 comes or goes.

    Sizes are left to the layers: a network of convolutions takes pictures of any size.

    Args:
        where: what an error begins with.
        module: the network; one that was built for the first inputs that it saw takes others.
        x: one tensor, or a list of one for each input.

    Raises:
        ShapeError: a tensor of more axes, or fewer: one image without its batch.
    """
    shapes = None if getattr(module, "shape_was_seen", False) else _shapes(module)
    given = list(x) if isinstance(x, (list, tuple)) else [x]
    if isinstance(module, OwnNetwork) or shapes is None or len(given) != len(shapes):
        return x
    for place, (one, shape) in enumerate(zip(given, shapes, strict=True)):
        rank = len(getattr(one, "shape", shape))
        if rank != len(shape):
            given[place] = one = _of_rank(one, shape)
            if len(one.shape) != len(shape):
                check_shape(where, tuple(one.shape), shape)
    return given if isinstance(x, (list, tuple)) else given[0]


def _for_own(where: str, module: OwnNetwork, x: Any) -> Any:
    """Return x as a model of the user's own takes it: one array, or a list of them; its `call` is given a dict again."""
    named = isinstance(x, Mapping) and as_array(x) is None
    values = [x[name] for name in (module.input_names or list(x))] if named else x
    arrays = as_arrays(values)
    if arrays is None:
        return None
    for array in arrays if isinstance(arrays, list) else [arrays]:
        if not isinstance(array, torch.Tensor):
            check_numbers("x", array)
    if not module.built:
        shapes = (
            [(None, *array.shape[1:]) for array in arrays]
            if isinstance(arrays, list)
            else (None, *arrays.shape[1:])
        )
        module.build_once(dict(zip(x, shapes, strict=True)) if named else shapes)
    return arrays


def _shapes(module: torch.nn.Module) -> list[Shape] | None:
    """Return the shapes of a network's inputs, any number of samples in each; None where they are not known."""
    if not isinstance(module, Layer) or not module.built:
        return None
    shapes = module.input_shape if isinstance(module.input_shape, list) else [module.input_shape]
    return [(None, *shape[1:]) for shape in shapes]


def fixed_batch(module: torch.nn.Module) -> int | None:
    """Return how many samples a network's inputs were made for, `Input(batch_shape=(100, 28, 28, 1))`; None for any number."""
    shapes = getattr(module, "input_shape", None)
    first = shapes[0] if isinstance(shapes, list) and shapes else shapes
    return first[0] if isinstance(first, tuple) and first else None


def _by_name(where: str, module: torch.nn.Module, x: Mapping[str, Any]) -> Any:
    """Return a dict of inputs in the order of the network's; of a torch module, in its own."""
    if not isinstance(module, Layer):
        return list(x.values())
    names = [str(tensor.layer.name) for tensor in getattr(module, "inputs", [])] if module.built else ["x"]
    if len(x) == len(names) == 1:
        return next(iter(x.values()))
    if set(names) == set(x):
        return [x[name] for name in names]
    raise ArgumentError(
        f"{where}: x is a {type(x).__name__} of {', '.join(map(repr, list(x)[:6])) or 'nothing'}; the inputs of the model are "
        f"{', '.join(map(repr, names))}. Give one array of it, x[NAME], or arrays under the names of the inputs."
    )


def only_input(where: str, arrays: list[Any], expected: Shape | None = None) -> Any:
    """Return the array for a network of one input that a list means: the only one in it, or its images as one."""
    axes = arrays[0].ndim if expected is None else len(expected) - 1
    if len(arrays) == 1 and arrays[0].ndim == (axes if expected is None else axes + 1):
        return arrays[0]
    shapes = sorted({tuple(array.shape) for array in arrays})
    if any(len(shape) != axes for shape in shapes):
        raise ShapeError(
            f"{where}: the model has one input; received a list of {len(arrays)} arrays of shapes {_some(shapes)}. Join batches "
            "by np.concatenate, or give them one after the other: iter(x)."
        )
    if len(shapes) > 1:
        raise ShapeError(
            f"{where}: the images in a list must be of one size; received {_some(shapes)}. Resize them, as load_img(..., "
            "target_size=...) does."
        )
    tensors = isinstance(arrays[0], torch.Tensor)
    return torch.stack(arrays) if tensors else np.stack([array[:] for array in arrays])


def _some(shapes: Sequence[Any]) -> str:
    return ", ".join(map(str, shapes[:3])) + (" ..." if len(shapes) > 3 else "")


def _first_batch(where: str, x: Any) -> tuple[Any, Any]:
    """Return the first batch, and the data with it."""
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and len(x):
        return x[0], x
    nothing, items = object(), iter(x)
    first = next(items, nothing)
    if first is nothing:
        raise ArgumentError(f"{where}: the data held no batch.")
    return first, itertools.chain([first], items) if items is x else x


def check_shape(where: str, given: tuple[int, ...], expected: Shape) -> None:
    """Raise a `ShapeError` that says what to do where an array is not of the shape the network was built for."""
    if not _fits(given, expected):
        ranks = (
            f": expected ndim={len(expected)}, found ndim={len(given)}" if len(given) != len(expected) else ""
        )
        raise ShapeError(
            f"{where}: the model expects x of shape {tuple(expected)}; received {given}{ranks}.{_advice(given, tuple(expected))}"
        )


def _fits(given: Sequence[int | None], expected: Sequence[int | None]) -> bool:
    return len(given) == len(expected) and all(
        wanted is None or wanted == size for wanted, size in zip(expected, given, strict=True)
    )


def _advice(given: tuple[int, ...], expected: Shape) -> str:
    """Return what makes an array of the expected shape, where that can be told."""
    sample, images = expected[1:], len(expected) == 4
    if _fits(given, sample):
        return " The batch dimension is missing: x[np.newaxis]."
    if images and _fits(given, expected[:-1]) and expected[-1] == 1:
        return " The channel is missing: x[..., np.newaxis]."
    if images and _fits(given, sample[:-1]) and expected[-1] == 1:
        return " Batch and channel are missing: x[np.newaxis, ..., np.newaxis]."
    if images and _fits(given, expected[:-1]) and expected[-1] == 3:
        return " The channels are missing: np.stack([x] * 3, axis=-1) gives grey images three."
    if images and len(given) == 4 and _fits((given[0], *given[2:], given[1]), expected):
        return " The channels come first: x.transpose(0, 2, 3, 1)."
    if images and len(given) == 4 and _fits(given[:3], expected[:3]):
        return _CHANNELS.get((given[3], expected[3]), "")
    if images and len(given) == 4 and given[3] == expected[3]:
        return f" The images are of another size: target_size={sample[:2]} resizes files as they are read."
    if None not in sample and math.prod(given[1:]) == math.prod(size or 1 for size in sample):
        return f" x.reshape({', '.join(map(str, (-1, *sample)))}) has the same values."
    return ""


_CHANNELS: dict[tuple[int, int | None], str] = {
    (1, 3): " np.repeat(x, 3, axis=-1) gives grey images three channels.",
    (4, 3): " x[..., :3] is without the fourth channel, transparency.",
    (3, 1): ' color_mode="grayscale" reads files as grey.',
}
