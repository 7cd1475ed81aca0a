"""Tensors as users see them in `tf` and `keras.backend` functions: Keras' order outside, torch underneath."""

from convolens.tensor.conversion import as_inside, as_surface, as_tensor
from convolens.tensor.dtype import DType, as_dtype
from convolens.tensor.shape import TensorShape
from convolens.tensor.tensor import Tensor
from convolens.tensor.variable import Variable
from convolens.tensor.weight import Bias, Weight, parameters_of

__all__ = [
    "Bias",
    "DType",
    "Tensor",
    "TensorShape",
    "Variable",
    "Weight",
    "as_dtype",
    "as_inside",
    "as_surface",
    "as_tensor",
    "parameters_of",
]
