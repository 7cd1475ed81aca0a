"""Copies: what is shown, as a program and as a command that do the same elsewhere."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convolens.data.decoding.samples import STANDARD
from convolens.options.training import TrainOptions
from convolens.runs.settings.as_command import typed
from convolens.studio.pictures.chosen import Chosen, sample_path

_TOP = """import numpy as np

from convolens.augmentation import {imports}
from convolens.data import read_pixels
{samples}"""


def as_command(photos: Path | None, fields: Mapping[str, Any]) -> str:
    """Return the command that trains with these variations, and no others.

    Args:
        photos: the folder; None for one that is still to be named.
        fields: of `Augmentation`.

    Example:
        >>> as_command(Path("photos"), {"rotation_range": 20, "horizontal_flip": True})
        'convolens train photos --augment none --rotation-range 20 --horizontal-flip'
    """
    options = TrainOptions(photos or Path("PHOTOS"), augment=False, augmentation=dict(fields))
    return shlex.join(["convolens", "train", *typed(options)])


def as_python(
    photo: Chosen, partner: Chosen | None, fields: Mapping[str, Any], seed: int, side: int, count: int
) -> str:
    """Return a program whose `varied` holds the pixels that are shown.

    Args:
        photo: what is varied.
        partner: that is mixed in; None for none.
        fields: of `Augmentation`.
        seed, side, count: of the variations, of their rows and columns, of them.
    """
    mixes = partner is not None
    shown = [photo] if partner is None else [photo, partner]
    imports = "Augmentation, augment_batch" + (", mix_images" if mixes else "")
    arguments = ", ".join(f"{name}={value!r}" for name, value in fields.items())
    deep = any(one.samples != STANDARD for one in shown)
    lines = [
        _TOP.format(imports=imports, samples="from convolens.data.decoding.samples import Samples\n" * deep),
        f"photos = np.stack([{', '.join(_reading(one, side) for one in shown)}])",
        f"augmentation = Augmentation({arguments})",
        f"seed, numbers, shape = {seed}, range({count}), ({side}, {side})",
        "draws = augmentation.draw(seed, 0, numbers, shape)",
        f"varied = augment_batch(photos, np.zeros({count}, int), draws, augmentation)",
    ]
    if mixes:
        lines += [
            "mixing = augmentation.draw_mixing(seed, 0, numbers, shape, size=1)",
            "others = augmentation.draw(seed, 1, numbers, shape)",
            f"mix_images(varied, augment_batch(photos, np.ones({count}, int), others, augmentation), mixing)",
        ]
    lines.append(
        f"varied = np.clip(np.rint(varied), 0, 255).astype(np.uint8)  # ({count}, {side}, {side}, 3)"
    )
    return "\n".join(lines) + "\n"


def _reading(photo: Chosen, side: int) -> str:
    """Return how a photo is read, as the page reads it."""
    how = "" if photo.samples == STANDARD else f", samples={photo.samples!r}"
    return f"read_pixels({_file(photo)}, size=({side}, {side}){how})"


def _file(photo: Chosen) -> str:
    if photo.data is not None:
        return repr("digit.png" if photo.id == "~digit" else "photo.jpg")
    return repr(str(sample_path(photo.id) if photo.id.startswith("~") else photo.path))
