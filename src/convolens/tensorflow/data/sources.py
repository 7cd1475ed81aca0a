"""Where elements come from: rows of arrays, one structure, numbers, a generator."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.tensor import as_dtype
from convolens.tensorflow.data.stage import UNKNOWN, Making, Stage
from convolens.tensorflow.data.structure import leaves, map_structure, plain
from convolens.tensorflow.data.text import Text
from convolens.tensorflow.tensor_spec import TensorSpec
from convolens.training.inputs.arrays import as_array


class Slices(Stage):
    """The rows of arrays; an item is a row's number.

    Args:
        tensors: a structure of arrays of one length, of any kind that `as_array` knows, or of lists.

    Raises:
        ShapeError: they have different lengths, or none.
    """

    def __init__(self, tensors: Any) -> None:
        super().__init__()
        self.arrays = map_structure(_rows, tensors)
        lengths = sorted({len(array) for array in leaves(self.arrays)})
        if len(lengths) != 1:
            raise ShapeError(f"from_tensor_slices: all must have the same length; received {lengths}.")
        self.length = lengths[0]

    @property
    def cardinality(self) -> int:
        return self.length

    def items(self, epoch: int) -> Iterator[int]:
        return iter(range(self.length))

    def element(self, item: int) -> Any:
        return map_structure(lambda array: plain(array[item : item + 1][0]), self.arrays)

    def batch(self, items: Sequence[int]) -> Any:
        rows = np.asarray(items)
        return map_structure(lambda array: array[rows], self.arrays)

    def spec(self) -> Any:
        return map_structure(lambda array: TensorSpec(tuple(array.shape)[1:], _type_of(array)), self.arrays)


def _rows(values: Any) -> Any:
    array = as_array(values)
    if array is None:
        array = np.asarray(plain(values))
    if array.ndim == 0:
        raise ShapeError(
            f"from_tensor_slices: needs arrays, whose rows are the elements; received {values!r:.60}."
        )
    return array


def _type_of(array: Any) -> Any:
    kind = array.dtype
    return "string" if isinstance(kind, np.dtype) and kind.kind in "SUO" else kind


class Single(Making):
    """One structure, as one element.

    Args:
        tensors: of any values.
    """

    def __init__(self, tensors: Any) -> None:
        super().__init__()
        self.value = map_structure(
            lambda value: value if as_array(value) is not None else plain(value), tensors
        )

    @property
    def cardinality(self) -> int:
        return 1

    def items(self, epoch: int) -> Iterator[Any]:
        return iter([self.value])


class Numbers(Making):
    """Whole numbers, int64 unless another type is asked for.

    Args:
        numbers: which.
        dtype: under any of its names.
    """

    def __init__(self, numbers: range, dtype: Any) -> None:
        super().__init__()
        self.numbers, self.dtype = numbers, np.dtype(str(as_dtype(dtype)))

    @property
    def cardinality(self) -> int:
        return len(self.numbers)

    def items(self, epoch: int) -> Iterator[int]:
        return iter(self.numbers)

    def element(self, item: int) -> Any:
        return self.dtype.type(item)


class Generated(Making):
    """What a function's iterator yields, called anew for each pass.

    Args:
        function: without arguments, or with `arguments`.
        signature: a structure of `TensorSpec`, or of types; None takes values as they come.
        arguments: of the function.

    Raises:
        ArgumentTypeError: it cannot be called.
    """

    def __init__(
        self, function: Callable[..., Iterable[Any]], signature: Any, arguments: Sequence[Any]
    ) -> None:
        super().__init__()
        if not callable(function):
            raise ArgumentTypeError(
                f"from_generator: generator must be a function that is called for each pass; received {type(function).__name__}. "
                "Give the function itself, without (), or lambda: iterator."
            )
        self.function, self.signature, self.arguments = function, signature, arguments

    @property
    def cardinality(self) -> int:
        return UNKNOWN

    def items(self, epoch: int) -> Iterator[Any]:
        for value in self.function(*self.arguments):
            if self.signature is None:
                yield map_structure(plain, tuple(value) if isinstance(value, list) else value)
            else:
                yield _as_signed(value, self.signature)

    def spec(self) -> Any:
        specs = [] if self.signature is None else leaves(self.signature)
        if not specs or not all(isinstance(spec, TensorSpec) for spec in specs):
            return super().spec()
        return self.signature


def _as_signed(value: Any, signature: Any) -> Any:
    """Return what a generator yielded in the structure and types of its signature.

    Raises:
        ArgumentError: it does not fit.
    """
    if isinstance(signature, tuple) and isinstance(value, list):
        value = tuple(value)
    try:
        return map_structure(_as_type, signature, value)
    except (TypeError, ValueError, KeyError) as error:
        raise ArgumentError(
            f"from_generator: the generator yielded {type(value).__name__} {value!r:.60}, which is not what the signature says: "
            f"{signature!r:.120} ({error})."
        ) from error


def _as_type(spec: Any, value: Any) -> Any:
    shape, dtype = (spec.shape, spec.dtype) if isinstance(spec, TensorSpec) else (None, as_dtype(spec))
    if dtype.name == "string":
        return Text.of(value) if isinstance(value, (str, bytes)) else np.asarray(value)
    array = np.asarray(value, np.dtype(dtype.name))
    if shape is not None and not (
        len(shape) == array.ndim
        and all(wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True))
    ):
        raise ValueError(f"its shape is {array.shape}, not {tuple(shape)}")
    return array
