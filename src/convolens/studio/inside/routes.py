"""What the Inside page asks."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Response

from convolens.errors import ArgumentError
from convolens.studio.inside.kernels import layer_kernels
from convolens.studio.inside.layer_list import find_layers
from convolens.studio.inside.maps import layer_maps, picture_of
from convolens.studio.inside.networks import Network, find_network, list_architectures
from convolens.studio.pictures.chosen import find_photo
from convolens.studio.pictures.sprites import as_png, told
from convolens.studio.shared import Studio, studio_of

router = APIRouter(prefix="/api/inside", tags=["inside"])


@dataclass(frozen=True)
class Looked:
    """What is looked into: a studio and one of its networks."""

    studio: Studio
    network: Network


def looked_into(
    studio: Annotated[Studio, Depends(studio_of)], run: str | None = None, model: str | None = None
) -> Looked:
    """Return the network that a request names: `run`, or `model`."""
    return Looked(studio, find_network(studio, run, model))


Asked = Annotated[Looked, Depends(looked_into)]


@router.get("/architectures")
def architectures() -> dict[str, Any]:
    """Return the named architectures."""
    return {"architectures": list_architectures()}


@router.get("/network")
def network(
    studio: Annotated[Studio, Depends(studio_of)], run: str | None = None, model: str | None = None
) -> dict[str, Any]:
    """Return the layers of a network, and what each costs."""
    one = find_network(studio, run, model, shapes_only=True)
    return find_layers(studio, one).as_dict() | {
        "name": one.name,
        "weights": one.weights,
        "classes": list(one.class_names),
        "preprocessing": one.preprocessing.describe(),
    }


@router.get("/photo", response_class=Response)
def photo_as_seen(
    photo: str,
    studio: Annotated[Studio, Depends(studio_of)],
    run: str | None = None,
    model: str | None = None,
) -> Response:
    """Return a photo as the network is shown it, as PNG."""
    network = find_network(studio, run, model, shapes_only=True)
    pixels = find_photo(studio, photo).seen_by(network.preprocessing)
    return Response(as_png(pixels[..., :3] if pixels.shape[2] == 4 else pixels), media_type="image/png")


@router.get("/maps", response_class=Response)
def maps(layer: Annotated[int, Query(ge=0)], photo: str, asked: Asked) -> Response:
    """Return the strongest feature maps of a layer as one PNG, with their channels and ranges in the header `x-told`."""
    return told(*picture_of(*layer_maps(asked.studio, asked.network, find_photo(asked.studio, photo), layer)))


@router.get("/values", response_class=Response)
def values(
    layer: Annotated[int, Query(ge=0)], channel: Annotated[int, Query(ge=0)], photo: str, asked: Asked
) -> Response:
    """Return the numbers of one channel of a layer: float32, row by row, the smaller byte first."""
    found, _ = layer_maps(asked.studio, asked.network, find_photo(asked.studio, photo), layer)
    if channel not in found.channels:
        raise ArgumentError(
            f"inside: channel {channel} of {found.layer.name!r} is not among those that are shown."
        )
    numbers = found.maps[..., found.channels.index(channel)]
    return Response(np.ascontiguousarray(numbers, "<f4").tobytes(), media_type="application/octet-stream")


@router.get("/filters")
def filters_of(
    layer: Annotated[int, Query(ge=0)], asked: Asked, channel: Annotated[int, Query(ge=0)] = 0
) -> dict[str, Any]:
    """Return the filters of a layer, the weights on one channel of its input."""
    return layer_kernels(asked.studio, asked.network, layer, channel)
