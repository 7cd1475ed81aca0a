"""Tensors as users see them in `tf` and `keras.backend` functions: Keras' order outside, torch underneath."""

from convolens.tensor.conversion import as_inside, as_surface, as_tensor
from convolens.tensor.dtype import DType, as_dtype
from convolens.tensor.shape import TensorShape
from convolens.tensor.tensor import Tensor
from convolens.tensor.variable import Variable

__all__ = ["DType", "Tensor", "TensorShape", "Variable", "as_dtype", "as_inside", "as_surface", "as_tensor"]
