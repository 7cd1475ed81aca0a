"""Class folders of real photos that a learnt network can tell apart: pieces of the two that come with scikit-learn."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = ("flower", "temple")  # in the order of class numbers


@cache
def _photos() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_sample_images

    temple, flower = load_sample_images().images  # china.jpg, flower.jpg
    return flower, temple


def piece(name: str, seed: int, side: int = 72) -> Image.Image:
    """Return a square of one of the two photos, at a place that the seed draws."""
    image = _photos()[NAMES.index(name)]
    rng = np.random.default_rng([seed, NAMES.index(name)])
    top, left = (int(rng.integers(0, length - side)) for length in image.shape[:2])
    return Image.fromarray(image[top : top + side, left : left + side])


def learnt_photos(root: Path, flower: int = 8, temple: int = 8, seed: int = 0, side: int = 72) -> Path:
    """Write photos root/CLASS/NNN.png."""
    for name, count in zip(NAMES, (flower, temple), strict=True):
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            piece(name, 1000 * seed + i, side).save(root / name / f"{i:03d}.png")
    return root


def upside_down(root: Path, count: int, seed: int = 0, side: int = 72) -> Path:
    """Write photos of two classes that differ little: the same kind of pieces, one sort of them upside down."""
    for name in ("down", "up"):
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            image = piece("temple", 1000 * seed + 2 * i + (name == "up"), side)
            (image.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if name == "down" else image).save(
                root / name / f"{i:03d}.png"
            )
    return root
