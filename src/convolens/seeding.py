"""set_random_seed: one seed for every generator that a program may draw from."""

import random

import numpy as np
import torch


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators.

    Args:
        seed: a whole number from 0.

    Example:
        >>> set_random_seed(1)
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
