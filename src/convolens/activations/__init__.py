"""Activation functions with Keras' names, of arrays, of `Tensor`s in Keras' order and of symbolic tensors; of plain torch tensors as they lie inside networks.

Example:
    >>> import numpy as np
    >>> relu(np.array([-1.0, 2.0], "float32")).numpy().tolist()
    [0.0, 2.0]
"""

from convolens.activations.functions import (
    celu,
    elu,
    exponential,
    gelu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    squareplus,
    tanh,
    tanh_shrink,
)
from convolens.activations.inside import (
    ACTIVATIONS,
    Activation,
    channel_dimension,
    get,
    linear,
    name_of,
    overwriting,
)
from convolens.custom_objects import deserializer
from convolens.missing import answer_for

swish, hard_swish = silu, hard_silu
serialize, deserialize = name_of, deserializer(get)

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "celu",
    "channel_dimension",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "name_of",
    "overwriting",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
