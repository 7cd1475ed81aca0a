"""Photographs for tests: pieces of the two that come with scikit-learn, and the copies of them that people make."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageEnhance

_CONTRAST = 25  # standard deviation of brightness: leaves out pieces of sky


def pieces(side: int = 106) -> list[Image.Image]:
    """Return square pieces, side by side, that show something."""
    from sklearn.datasets import load_sample_images

    found = []
    for image in load_sample_images().images:
        for top in range(0, image.shape[0] - side + 1, side):
            for left in range(0, image.shape[1] - side + 1, side):
                piece = Image.fromarray(image[top : top + side, left : left + side])
                if np.asarray(piece.convert("L")).std() > _CONTRAST:
                    found.append(piece)
    return found


def recompressed(image: Image.Image, quality: int = 40) -> Image.Image:
    """Return the image after JPEG."""
    file = io.BytesIO()
    image.save(file, "jpeg", quality=quality)
    return Image.open(file).convert("RGB")


def copies(image: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """Yield how, and a copy: JPEG of quality 40, four fifths of the size, a tenth brighter, all of it, and its mirror image."""
    small = image.resize((round(image.width * 0.8), round(image.height * 0.8)), Image.Resampling.BICUBIC)
    yield "jpeg", recompressed(image)
    yield "small", small
    yield "bright", ImageEnhance.Brightness(image).enhance(1.1)
    yield "all", recompressed(ImageEnhance.Brightness(small).enhance(1.1))
    yield "mirrored", image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
