"""Features: the activations of any layer as rows of numbers, computed once, kept on disk, and read again.

Example:
    >>> import numpy as np, torch
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
    >>> extract(network, np.zeros((3, 2, 2, 3), np.float32), cache=False).values.shape
    (3, 5)
"""

from convolens.features.choice import choose
from convolens.features.extract import extract
from convolens.features.extractor import FeatureExtractor
from convolens.features.features import Features, read_features
from convolens.features.pooling import POOLS

__all__ = ["POOLS", "FeatureExtractor", "Features", "choose", "extract", "read_features"]
