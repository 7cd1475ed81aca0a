"""augment: variations of one photo as files, and one sheet that shows them all."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.analysis import contact_sheet
from convolens.arguments import integer, refuse_unknown
from convolens.augmentation import Augmentation, transform_batch
from convolens.checkpoints.atomic import explain
from convolens.data.decode import read_pixels
from convolens.runs.folder import check_writable, make_new_folder
from convolens.runs.screen import Screen

# What the lecture varies a photo with; taken where nothing is asked for.
LECTURE: dict[str, Any] = {
    "rotation_range": 20.0,
    "width_shift_range": 0.1,
    "shear_range": 0.2,
    "zoom_range": 0.4,
    "horizontal_flip": True,
}


@dataclass(frozen=True)
class AugmentOptions:
    """What is asked of `augment`.

    Args:
        image: the photo.
        out: a folder that is made; a name that is taken gets the next free suffix.
        count: how many variations.
        augmentation: fields of `Augmentation`; empty takes the lecture's.
        seed: of the variations.
        save_format: "png" or "jpeg".
    """

    image: Path
    out: Path
    count: int = 20
    augmentation: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    save_format: str = "png"


def augment(options: AugmentOptions, screen: Screen | None = None) -> Path:
    """Write variations of a photo and return the folder.

    Raises:
        MissingFileError, ImageError: the photo is not there, or is none.
        ArgumentError: ranges that are none. WriteError: the folder cannot be written.
    """
    screen = screen or Screen()
    count = integer("augment", "count", options.count)
    refuse_unknown("augment", options.augmentation, Augmentation.__dataclass_fields__)
    augmentation = Augmentation(**(options.augmentation or LECTURE))
    pixels = read_pixels(options.image)
    check_writable(options.out)
    screen.heading(f"{count} variations of {options.image} ({pixels.shape[1]} x {pixels.shape[0]} pixels)")
    for line in augmentation.describe() or ["nothing varies: every image will be the same"]:
        screen.line(f"  {line}")
    indices = np.arange(count)
    draws = augmentation.draw(options.seed, 0, indices, pixels.shape[:2])
    folder = make_new_folder(options.out)
    digits = max(2, len(str(count - 1)))
    shown: list[np.ndarray] = []
    with screen.progress("writing") as advance:
        for i in indices:
            one = augmentation.draw(options.seed, 0, [int(i)], pixels.shape[:2])
            varied = transform_batch(pixels[np.newaxis], np.array([0]), one, augmentation)[0]
            image = np.clip(np.rint(varied), 0, 255).astype(np.uint8)
            path = (
                folder
                / f"{options.image.stem[:60]}_{i:0{digits}d}.{'jpg' if options.save_format == 'jpeg' else 'png'}"
            )
            try:
                Image.fromarray(image).save(path)
            except OSError as error:
                raise explain(error, path) from error
            shown.append(image)
            advance(int(i) + 1, count)
    captions = [
        f"{float(draws.theta[i]):+.0f} degrees" + (", flipped" if draws.flip_horizontal[i] else "")
        for i in indices
    ]
    contact_sheet(
        shown, captions, folder / "contact_sheet.png", title=f"{options.image.name}: {count} variations"
    )
    screen.result(f"{count} images and contact_sheet.png in {folder}")
    return folder
