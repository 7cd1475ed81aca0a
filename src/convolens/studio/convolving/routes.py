"""What the Convolve page asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from convolens.studio.convolving.kernels_of_runs import learnt_kernel, list_convolutions
from convolens.studio.convolving.steps import Asked, presets, steps
from convolens.studio.shared import Studio, studio_of

router = APIRouter(prefix="/api/convolve", tags=["convolve"])


@router.get("/kernels")
def list_kernels() -> dict[str, Any]:
    """Return the kernels that have a name."""
    return {"kernels": presets()}


@router.post("")
def convolve(asked: Asked, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return a convolution of a few pixels of a photo, and its pooling, with every step."""
    return steps(studio, asked)


@router.get("/layers")
def layers(run: str, studio: Annotated[Studio, Depends(studio_of)]) -> dict[str, Any]:
    """Return the convolutions of a run."""
    loaded = studio.run(run)
    return {"layers": list_convolutions(loaded.trained)}


@router.get("/learnt")
def learnt(
    run: str,
    layer: str,
    studio: Annotated[Studio, Depends(studio_of)],
    filter: Annotated[int, Query(ge=0)] = 0,
    channel: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Return the weights of one channel of a filter of a run."""
    loaded = studio.run(run)
    return {"values": learnt_kernel(loaded.trained, layer, filter, channel)}
