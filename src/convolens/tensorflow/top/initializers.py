"""The initializers that `tf` itself has, which are Keras' by other names."""

from convolens.initializers import Constant, Ones, RandomNormal, RandomUniform, Zeros

__all__ = [
    "constant_initializer",
    "ones_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "zeros_initializer",
]

constant_initializer = Constant
ones_initializer, zeros_initializer = Ones, Zeros
random_normal_initializer, random_uniform_initializer = RandomNormal, RandomUniform
