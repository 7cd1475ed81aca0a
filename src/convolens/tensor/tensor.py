"""Tensor: what functions of `tf` and `keras.backend` pass around: torch's, with values in Keras' order (images NHWC)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.overrides import get_default_nowrap_functions

from convolens.errors import ShapeError
from convolens.tensor.dtype import DType, as_dtype
from convolens.tensor.shape import TensorShape

_plain = get_default_nowrap_functions()


class Tensor(torch.Tensor):
    """A torch tensor in Keras' order, with TensorFlow's words; torch's functions keep the class, and autograd follows it.

    Made by `as_tensor` and by every function of `convolens.tensorflow`; networks never see one: `as_inside` gives them a plain view.

    Example:
        >>> from convolens.tensor import as_tensor
        >>> x = as_tensor([[1.0, 2.0]])
        >>> x + np.ones(2, "float32")
        <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 3.]], dtype=float32)>
        >>> x.shape.as_list(), x.dtype.name, x[:, ::-1].numpy().tolist(), x[..., None].shape
        ([1, 2], 'float32', [[2.0, 1.0]], (1, 2, 1))
    """

    __array_priority__ = 1000  # array * tensor asks the tensor

    # What a layer gave, as it lies inside the network: a gradient for this tensor is one for that (see `as_surface`).
    inside: torch.Tensor | None = None

    @classmethod
    def __torch_function__(
        cls,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        with torch._C.DisableTorchFunctionSubclass():
            result = func(*args, **(kwargs or {}))
        return result if func in _plain else _as_tensors(result)

    # -- what it is --------------------------------------------------------------------------------

    @property
    def shape(self) -> TensorShape:  # type: ignore[override]
        """The sizes, in Keras' order."""
        return TensorShape(self.size())

    @property
    def dtype(self) -> DType:  # type: ignore[override]
        """The type of the values: `x.dtype == "float32"`, `x.dtype.name`."""
        return as_dtype(self.as_subclass(torch.Tensor).dtype)

    def get_shape(self) -> TensorShape:
        """Return `shape`."""
        return self.shape

    def set_shape(self, shape: Sequence[int | None]) -> None:
        """Accept a shape that the tensor has already.

        Raises:
            ShapeError: it has another.
        """
        agree = len(shape) == self.ndim and all(
            a in (None, b) for a, b in zip(shape, self.shape, strict=True)
        )
        if not agree:
            raise ShapeError(f"set_shape: the tensor has shape {self.shape}; received {tuple(shape)}.")

    def numpy(self, *, force: bool = True) -> Any:
        """Return a copy of the values: an array, or a NumPy number where there is one value and no dimension.

        Args:
            force: accepted as torch's word; a tensor with a gradient or on another device is always copied.
        """
        array = self.as_subclass(torch.Tensor).detach().cpu().numpy()
        return array.copy() if array.ndim else array[()]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.numpy(), dtype=dtype)

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else array  # np.sqrt(tensor) is an array

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return func(*_as_arrays(args), **_as_arrays(kwargs))  # np.mean(tensor) as of an array

    def __repr__(self, **keywords: Any) -> str:  # type: ignore[override]
        values = repr(self.numpy()) if self.ndim else self.numpy().item()
        return f"<tf.Tensor: shape={tuple(self.shape)}, dtype={self.dtype.name}, numpy={values}>"

    def __str__(self) -> str:
        return f"tf.Tensor({self.numpy()}, shape={tuple(self.shape)}, dtype={self.dtype.name})"

    def __format__(self, how: str) -> str:
        return format(self.item() if self.ndim == 0 else str(self), how)

    def __float__(self) -> float:
        return float(self.as_subclass(torch.Tensor).detach())  # torch warns of what is followed by autograd

    def __int__(self) -> int:
        return int(self.as_subclass(torch.Tensor).detach())

    def to(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the tensor with another type, or on another device, under any of their names.

        Args:
            arguments, keywords: as of `torch.Tensor.to`; a type may be a `DType`, or its name.
        """
        given: list[Any] = [_torchs(one) for one in arguments]
        named: dict[str, Any] = {key: _torchs(one) for key, one in keywords.items()}
        return super().to(*given, **named)

    # -- what is done with it ----------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        """Return a part; steps may be negative, as TensorFlow's may."""
        parts = index if isinstance(index, tuple) else (index,)
        if not any(isinstance(part, slice) and (part.step or 1) < 0 for part in parts):
            return super().__getitem__(index)
        taken = sum(part is not None and part is not Ellipsis for part in parts)
        forward, axis, flipped = [], 0, self
        for part in parts:
            if part is Ellipsis:
                axis += self.ndim - taken
            elif isinstance(part, slice) and (part.step or 1) < 0:
                flipped, part = _flipped(flipped, axis, part)
            if part is not None and part is not Ellipsis:
                axis += 1
            forward.append(part)
        return super(Tensor, flipped).__getitem__(tuple(forward))

    def __deepcopy__(self, memo: Any) -> Any:
        plain = self.as_subclass(torch.Tensor)
        copied = plain.detach().clone().as_subclass(type(self))
        copied.__dict__.update({name: value for name, value in vars(self).items() if name != "inside"})
        memo[id(self)] = copied.requires_grad_(plain.requires_grad and plain.is_leaf)
        return copied

    def __hash__(self) -> int:
        return id(self)


def draws_graph(value: Any) -> bool:
    """Return whether a value is a symbolic tensor, whose operators draw a graph."""
    return getattr(value, "__array_priority__", 0) > Tensor.__array_priority__


def _torchs(word: Any) -> Any:
    """Return torch's type for the name of one; anything else as it is."""
    kind = getattr(torch, word, None) if isinstance(word, str) else None
    return kind if isinstance(kind, torch.dtype) else word


def _as_tensors(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value if type(value) is Tensor else value.as_subclass(Tensor)
    if isinstance(value, (tuple, list)):
        return type(value)(map(_as_tensors, value))
    return value


def _as_arrays(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, dict):
        return {key: _as_arrays(part) for key, part in value.items()}
    return type(value)(map(_as_arrays, value)) if type(value) in (tuple, list) else value


def _flipped(x: Any, axis: int, part: slice) -> tuple[Any, slice]:
    """Return x turned round along an axis, and the slice with a positive step that takes there what `part` takes in x."""
    start, stop, step = part.indices(x.size(axis))
    last = x.size(axis) - 1
    return x.flip(axis), slice(last - start, last - stop, -step)


def _with_arrays(name: str) -> Callable[[Any, Any], Any]:
    """Return one of torch's operators that takes arrays too, in the tensor's type where that has fractions, as TensorFlow does."""
    torchs = getattr(torch.Tensor, name)

    def apply(self: Tensor, other: Any) -> Any:
        if draws_graph(other):
            return NotImplemented
        if isinstance(other, (np.ndarray, np.generic, list, tuple)):
            plain = self.as_subclass(torch.Tensor)
            dtype = plain.dtype if plain.is_floating_point() else None
            other = torch.as_tensor(np.asarray(other), dtype=dtype, device=plain.device)
        return torchs(self, other)

    apply.__name__ = name
    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    _own = _with_arrays(f"__{_name}__")
    setattr(Tensor, f"__{_name}__", _own)
    setattr(Tensor, f"__i{_name}__", _own)  # x += 1 leaves the old tensor as it was
    setattr(Tensor, f"__r{_name}__", _with_arrays(f"__r{_name}__"))
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "xor"):
    setattr(Tensor, f"__{_name}__", _with_arrays(f"__{_name}__"))
