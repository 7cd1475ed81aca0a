"""Features: the activations of any layer as rows of numbers, computed once, kept on disk, and read again.

Example:
    >>> import numpy as np, torch
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
    >>> extract(network, np.zeros((3, 2, 2, 3), np.float32), cache=False).values.shape
    (3, 5)
"""

from typing import TYPE_CHECKING, Any

from convolens.features.extraction.choice import choose
from convolens.features.extraction.extract import extract
from convolens.features.extraction.features import Features, read_features
from convolens.features.extraction.pooling import POOLS

if TYPE_CHECKING:
    from convolens.features.extraction.extractor import FeatureExtractor

__all__ = ["POOLS", "FeatureExtractor", "Features", "choose", "extract", "read_features"]


def __getattr__(name: str) -> Any:
    """Return `FeatureExtractor`, for which alone all of scikit-learn is imported: more than a second."""
    if name == "FeatureExtractor":
        from convolens.features.extraction.extractor import FeatureExtractor

        return FeatureExtractor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
