"""augment: variations of one photo as files, and one sheet that shows them all with what was drawn for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.analysis import contact_sheet
from convolens.arguments import integer, refuse_unknown
from convolens.augmentation import Augmentation, augment_batch, caption, mix_images
from convolens.data.decoding.decode import read_pixels
from convolens.data.decoding.sample_range import measure_samples
from convolens.errors import ArgumentError
from convolens.files.atomic import write_error
from convolens.runs.output.places import check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.photos.sweeps import sweep

# What the lecture varies a photo with; taken where nothing is asked for.
LECTURE: dict[str, Any] = {
    "rotation_range": 20.0,
    "width_shift_range": 0.1,
    "shear_range": 0.2,
    "zoom_range": 0.4,
    "horizontal_flip": True,
}
COUNT, A_ROW = 20, 6
CELL = 200  # pixels of a tile, wide enough for its caption
SHEET, SWEEP = "contact_sheet.png", "strength_sweep.png"


@dataclass(frozen=True)
class AugmentOptions:
    """What is asked of `augment`.

    Args:
        image: the photo.
        out: a folder that is made; a name that is taken gets the next free suffix.
        count: how many variations, of each value in a sweep; None is 20, or 6 in a sweep.
        augmentation: fields of `Augmentation`; empty takes the lecture's.
        seed: of the variations.
        save_format: "png" or "jpeg".
        strength_sweep: a name of `SWEEPS`: one row for each value of its, on top of `augmentation`.
        partner: the photo that mixup and cutmix take; it is scaled to the size of the other.
    """

    image: Path
    out: Path
    count: int | None = None
    augmentation: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    save_format: str = "png"
    strength_sweep: str | None = None
    partner: Path | None = None


def augment(options: AugmentOptions, screen: Screen | None = None) -> Path:
    """Write variations of a photo and return the folder.

    Args:
        options: see `AugmentOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError, ImageError: a photo is not there, or is none.
        ArgumentError: ranges that are none; mixing without a partner. WriteError: the folder cannot be written.
    """
    screen = screen or Screen()
    swept = options.strength_sweep is not None
    count = integer(
        "augment", "count", (A_ROW if swept else COUNT) if options.count is None else options.count
    )
    rows = _rows(options)
    pixels = [read_pixels(options.image, samples=measure_samples([options.image]))]
    shape = pixels[0].shape[:2]
    if options.partner is not None:
        samples = measure_samples([options.partner])
        pixels.append(read_pixels(options.partner, size=(shape[0], shape[1]), samples=samples))
    for _, augmentation in rows:
        # What does not fit the photo is said now.
        augmentation.draw(options.seed, 0, [0], (shape[0], shape[1]))
    check_writable(options.out)
    screen.heading(f"{count} variations of {options.image} ({shape[1]} x {shape[0]} pixels)")
    for name, augmentation in rows:
        for line in augmentation.describe() or ["nothing varies: every image will be the same"]:
            screen.line(f"  {name}: {line}" if name else f"  {line}")
    folder = make_new_folder(options.out)
    shown: list[np.ndarray] = []
    captions: list[str] = []
    with screen.progress("writing") as advance:
        for name, augmentation in rows:
            for i in range(count):
                image, words = vary(np.stack(pixels), augmentation, options.seed, i)
                _save(image, folder, options, i, count, name)
                shown.append(image)
                captions.append(f"{name}: {words}" if name and i == 0 else words)
                advance(len(shown), count * len(rows))
    title = f"{options.image.name}: {count} variations" + (" a row" if swept else "")
    name = SWEEP if swept else SHEET
    contact_sheet(shown, captions, folder / name, columns=count if swept else None, title=title, cell=CELL)
    screen.result(f"{len(shown)} images and {name} in {folder}")
    return folder


def vary(photos: np.ndarray, augmentation: Augmentation, seed: int, index: int) -> tuple[np.ndarray, str]:
    """Return one variation of a photo, and what was drawn for it in few words.

    Args:
        photos: uint8 (1, rows, columns, channels), or two of them: the second is the partner for mixing.
        augmentation: the random changes.
        seed: of the changes.
        index: of the variation.

    Returns:
        uint8 (rows, columns, channels), and the caption.

    Example:
        >>> vary(np.zeros((1, 4, 4, 3), np.uint8), Augmentation(), 0, 0)[1]
        'as it is'
    """
    shape = (photos.shape[1], photos.shape[2])
    draws = augmentation.draw(seed, 0, [index], shape)
    varied = augment_batch(photos, np.array([0]), draws, augmentation)
    mixing = None
    if augmentation.mixes:
        mixing = augmentation.draw_mixing(seed, 0, [index], shape, size=1)
        partner = augmentation.draw(seed, 1, [index], shape)  # another epoch's, so not turned the same way
        mix_images(varied, augment_batch(photos, np.array([1]), partner, augmentation), mixing)
    image = np.clip(np.rint(varied[0]), 0, 255).astype(np.uint8)
    return image, caption(draws, 0, shape, mixing)


def _rows(options: AugmentOptions) -> list[tuple[str, Augmentation]]:
    """Return the augmentations that are shown, each with its name in a sweep, "" outside of one."""
    refuse_unknown("augment", options.augmentation, Augmentation.__dataclass_fields__)
    if options.strength_sweep is None:
        rows = [("", Augmentation(**(options.augmentation or LECTURE)))]
    else:
        rows = [
            (name, Augmentation(**{**options.augmentation, **fields}))
            for name, fields in sweep(options.strength_sweep)
        ]
    mixes = any(augmentation.mixes for _, augmentation in rows)
    if mixes and options.partner is None:
        raise ArgumentError(
            "augment: mixup and cutmix mix the photo with another; give one by --partner PHOTO."
        )
    if options.partner is not None and not mixes:
        raise ArgumentError(
            "augment: a partner is for mixup and cutmix, and neither is on; add --mixup 0.2, or leave it away."
        )
    return rows


def _save(
    image: np.ndarray, folder: Path, options: AugmentOptions, number: int, count: int, name: str
) -> None:
    digits = max(2, len(str(count - 1)))
    row = f"_{name.replace(' ', '_')}" if name else ""
    ending = "jpg" if options.save_format == "jpeg" else "png"
    path = folder / f"{options.image.stem[:60]}{row}_{number:0{digits}d}.{ending}"
    try:
        Image.fromarray(image).save(path)
    except OSError as error:
        raise write_error(error, path) from error
