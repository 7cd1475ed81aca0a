"""Data sets that load by name: a local copy first, else a download that is checked before it is used."""

from convolens.datasets import cifar10, cifar100, digits, fashion_mnist, mnist
from convolens.missing import answer_for

__all__ = ["cifar10", "cifar100", "digits", "fashion_mnist", "mnist"]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
