"""`tf.errors`: what is raised here where TensorFlow raises these, so that a program catches it.

Example:
    >>> import convolens.tensorflow as tf
    >>> try:
    ...     tf.io.decode_image(b"no picture")
    ... except tf.errors.InvalidArgumentError as error:
    ...     print(error)
    decode_image: 10 bytes that are no picture.
"""

import torch

from convolens.errors import ArgumentError
from convolens.missing import answer_for

__all__ = [
    "AlreadyExistsError",
    "InvalidArgumentError",
    "NotFoundError",
    "OutOfRangeError",
    "PermissionDeniedError",
    "ResourceExhaustedError",
]

InvalidArgumentError = ArgumentError
NotFoundError = FileNotFoundError
AlreadyExistsError = FileExistsError
PermissionDeniedError = PermissionError
OutOfRangeError = StopIteration  # an iterator has come to its end
ResourceExhaustedError = torch.OutOfMemoryError  # of a GPU

__getattr__ = answer_for(__name__)
