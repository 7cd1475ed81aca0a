"""Steps: a convolution of a few pixels, and the pooling after it, every number of it."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from convolens.analysis import arithmetic
from convolens.analysis.arithmetic import sentences
from convolens.arguments import look_up
from convolens.errors import ShapeError
from convolens.studio.convolving.crop import crop
from convolens.studio.convolving.kernels_of_runs import LARGEST
from convolens.studio.pictures.chosen import find_photo
from convolens.studio.shared import Studio

SIDE = 16  # most rows and columns that are shown number by number


class Asked(BaseModel):
    """Which pixels, which kernel, and how it slides.

    `row` and `column` None take the place where most is to be seen; `kernel` is a matrix, or a name of `arithmetic.KERNELS`.
    """

    photo: str
    row: int | None = Field(None, ge=0)
    column: int | None = Field(None, ge=0)
    side: int = Field(10, ge=1, le=SIDE)
    longest: int = Field(64, ge=1, le=1024)
    channel: Literal["grey", "red", "green", "blue"] = "grey"
    kernel: list[list[float]] | str = "sobel-x"
    stride: int = Field(1, ge=1, le=SIDE)
    padding: Literal["valid", "same"] = "valid"
    activation: Literal["linear", "relu"] = "linear"
    pool: Literal["max", "average"] | None = None
    pool_size: int = Field(2, ge=1, le=SIDE)
    pool_stride: int | None = Field(None, ge=1, le=SIDE)


def steps(studio: Studio, asked: Asked) -> dict[str, Any]:
    """Return what `arithmetic.as_dict` says of the pixels that are asked for, and where they lie.

    Args:
        studio: whose photos are open.
        asked: see `Asked`.

    Returns:
        As of `arithmetic.as_dict`, with "crop" (see `Crop.as_dict`), "words" of how the kernel slides, and "shape" of the result.

    Raises:
        ShapeError: a kernel or window larger than the pixels, or no matrix. UnknownNameError: no kernel of that name.
        MissingFileError, ImageError: the photo.
    """
    photo = find_photo(studio, asked.photo)
    place = None if asked.row is None or asked.column is None else (asked.row, asked.column)
    found = crop(studio, photo, asked.side, asked.longest, asked.channel, place)
    kernel = matrix(asked.kernel)
    convolution = arithmetic.convolve(
        found.pixels, kernel, asked.stride, asked.padding, activation=asked.activation
    )
    pooling = None
    if asked.pool is not None:
        pooling = arithmetic.pool(convolution.result, asked.pool, asked.pool_size, asked.pool_stride)
    return arithmetic.as_dict(convolution, pooling) | {
        "crop": found.as_dict(),
        "words": sentences.sliding_text(convolution.sliding),
        "shape": list(convolution.result.shape[:2]),
    }


def matrix(kernel: list[list[float]] | str) -> list[list[float]]:
    """Return a kernel as numbers; a name is one of `KERNELS`, and never one of a file.

    Raises:
        UnknownNameError: no such name; the nearest is offered. ShapeError: more than 7 rows or columns, or none.

    Example:
        >>> matrix("identity")[1]
        [0.0, 1.0, 0.0]
    """
    if isinstance(kernel, str):
        return [list(map(float, row)) for row in look_up("convolve", "kernel", kernel, arithmetic.KERNELS)]
    if not kernel or not kernel[0] or max(len(kernel), *(len(row) for row in kernel)) > LARGEST:
        raise ShapeError(
            f"convolve: a kernel here has 1 to {LARGEST} rows and columns; received {len(kernel)} rows."
        )
    return kernel


def presets() -> list[dict[str, Any]]:
    """Return the kernels that have a name, as numbers."""
    return [{"name": name, "values": matrix(name)} for name in arithmetic.KERNELS]
