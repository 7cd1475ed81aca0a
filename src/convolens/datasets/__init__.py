"""Data sets that load by name: a local copy first, else a download that is checked before it is used."""

from convolens.datasets import cifar10, cifar100, digits, fashion_mnist, mnist

__all__ = ["cifar10", "cifar100", "digits", "fashion_mnist", "mnist"]
