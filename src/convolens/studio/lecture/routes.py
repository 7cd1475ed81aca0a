"""What the Lecture page asks, beside what Convolve, Augment and Inside do."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from convolens.studio.lecture.branches import branches
from convolens.studio.lecture.curves import curve_of_digits, curve_of_run
from convolens.studio.lecture.mixed_channels import mixed
from convolens.studio.lecture.sizes import architecture, cost_of, output_size
from convolens.studio.lecture.two_answers import two_answers
from convolens.studio.pictures.chosen import find_photo
from convolens.studio.pictures.sprites import told
from convolens.studio.shared import Studio, studio_of

router = APIRouter(prefix="/api/lecture", tags=["lecture"])
Number = Annotated[int, Query(ge=1, le=4096)]
Units = Annotated[int, Field(ge=1, le=65536)]


@router.get("/size")
def size(
    size: Number, window: Number, stride: Number = 1, padding: Literal["valid", "same"] | int = "valid"
) -> dict[str, Any]:
    """Return how many places a window has along an axis."""
    return output_size(size, window, stride, padding)


@router.get("/cost")
def cost(
    rows: Number,
    channels: Number,
    filters: Number,
    kernel: Number = 3,
    reduce: Annotated[int, Query(ge=0, le=4096)] = 0,
) -> dict[str, Any]:
    """Return what a convolution costs; with `reduce` channels of a 1x1 convolution before it."""
    before = f"conv {reduce} 1x1, " if reduce else ""
    return cost_of(f"{before}conv {filters} {kernel}x{kernel}", (rows, rows, channels))


@router.get("/dense")
def dense(
    rows: Number, channels: Number, units: Annotated[list[Units], Query(max_length=4)]
) -> dict[str, Any]:
    """Return what fully connected layers on a flattened map cost."""
    words = ", ".join(f"dense {one}" for one in units)
    return cost_of(f"flatten, {words}", (rows, rows, channels))


@router.get("/architecture")
def parameters(name: str, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return the parameters of a named architecture, layer by layer."""
    return studio.kept.of("architectures", 8).get(name, lambda: architecture(name))


@router.get("/mixed", response_class=Response)
def mixed_channels(
    photo: str,
    studio: Annotated[Studio, Depends(studio_of)],
    red: float = 0.299,
    green: float = 0.587,
    blue: float = 0.114,
) -> Response:
    """Return the map that a 1x1 convolution makes of a photo as PNG, the sum of one pixel in the header `x-told`."""
    return told(*mixed(find_photo(studio, photo), (red, green, blue)))


@router.get("/branches", response_class=Response)
def branches_of_inception(photo: str, studio: Annotated[Studio, Depends(studio_of)]) -> Response:
    """Return what four branches make of a photo as one PNG, what they are in the header `x-told`."""
    return told(*branches(find_photo(studio, photo)))


@router.get("/answers")
def answers(run: str, photo: str, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return what a run says of a photo with its best weights, and with its last."""
    return two_answers(studio, run, find_photo(studio, photo))


@router.get("/curve")
def curve(run: str, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return the curves of a run, its best epoch and its last."""
    return curve_of_run(studio, run)


@router.post("/curve")
def curve_of_the_demo(studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Train a small network on handwritten digits until it knows them by heart, and return its curves."""
    return curve_of_digits(studio)
