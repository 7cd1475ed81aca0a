"""What the expressions in `expressions.txt` are about; small, and the same everywhere."""

import numpy as np


def inputs() -> dict[str, np.ndarray]:
    """Return arrays by their names: numbers x, v, s, shares p, whole numbers w, images im, uint8 images u, a kernel k."""
    random = np.random.RandomState(7)
    return {
        "x": random.normal(size=(2, 3, 4)).astype("float32"),
        "v": random.normal(size=4).astype("float32"),
        "s": random.normal(size=(3, 3)).astype("float32"),
        "p": random.uniform(0.1, 0.9, (2, 3)).astype("float32"),
        "w": random.randint(0, 5, (2, 3)).astype("int32"),
        "im": random.uniform(0, 1, (2, 6, 8, 3)).astype("float32"),
        "u": random.randint(0, 256, (2, 6, 8, 3)).astype("uint8"),
        "k": random.normal(size=(3, 3, 3, 4)).astype("float32"),
    }


def some(array: np.ndarray) -> np.ndarray:
    """Return at most sixteen of an array's values, from everywhere in it."""
    flat = array.reshape(-1)
    return flat[np.linspace(0, len(flat) - 1, min(len(flat), 16)).astype(int)] if len(flat) else flat
