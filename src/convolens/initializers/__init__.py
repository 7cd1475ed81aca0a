"""Initial values of weights, with Keras' names, defaults and distributions.

Example:
    >>> GlorotUniform(seed=1)((3, 3, 16, 32)).shape
    torch.Size([3, 3, 16, 32])
"""

from convolens.custom_objects import deserializer
from convolens.initializers.constants import Constant, Identity, Ones, Zeros
from convolens.initializers.initializer import Initializer, fans_of
from convolens.initializers.named import INITIALIZERS, get, serialize
from convolens.initializers.own_function import OwnFunction
from convolens.initializers.random import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from convolens.initializers.undrawn import is_undrawn, undrawn
from convolens.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from convolens.missing import answer_for

# Keras has the classes under these names too.
zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_uniform, random_normal, truncated_normal = RandomUniform, RandomNormal, TruncatedNormal
variance_scaling, glorot_uniform, glorot_normal = VarianceScaling, GlorotUniform, GlorotNormal
he_uniform, he_normal, lecun_uniform, lecun_normal = HeUniform, HeNormal, LecunUniform, LecunNormal
zero, one, uniform, normal = Zeros, Ones, RandomUniform, RandomNormal  # Keras 1
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal

deserialize = deserializer(get)

__all__ = [
    "INITIALIZERS",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "OwnFunction",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "fans_of",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "is_undrawn",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "one",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "undrawn",
    "uniform",
    "variance_scaling",
    "zero",
    "zeros",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
