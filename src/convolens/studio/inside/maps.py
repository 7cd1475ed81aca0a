"""Maps: what each layer makes of a photo, all layers in one pass through the network; shown as one picture a layer."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from convolens.analysis.explain import FeatureMaps, feature_maps
from convolens.errors import ArgumentError, ShapeError
from convolens.studio.inside.layer_list import Layers, find_layers
from convolens.studio.inside.networks import Network
from convolens.studio.pictures.chosen import Chosen
from convolens.studio.pictures.sprites import sprite
from convolens.studio.shared import Studio

MOST = 64  # channels of a layer, the strongest
TILE, SMALLEST = 96, 48  # pixels of a tile at most; tiny maps are enlarged to so many at least
COLUMNS = 8
KEPT = 2  # photos; all maps of VGG16 are 150 MB


@dataclass(frozen=True)
class Maps:
    """What a network makes of a photo.

    Attributes:
        found: (name, call) of a layer -> its maps.
        milliseconds: that the network took.
    """

    found: dict[tuple[str, int], FeatureMaps]
    milliseconds: float


def find_maps(studio: Studio, network: Network, photo: Chosen) -> Maps:
    """Return the maps of all layers, computed once as long as the photo is looked at.

    Args:
        studio: that keeps them.
        network, photo: of `find_network` and `find_photo`.

    Raises:
        MissingFileError, ImageError: the photo. ArgumentError: the network gives NaN.
    """
    layers = find_layers(studio, network)
    key = (network.key, photo.id, photo.state)
    return studio.kept.of("maps", KEPT).get(key, lambda: _compute(network, layers, photo))


def _compute(network: Network, layers: Layers, photo: Chosen) -> Maps:
    began = time.perf_counter()
    pixels = photo.seen_by(network.preprocessing)
    calls = [call for layer in layers.cost.layers if (call := layers.call_of(layer)) is not None]
    image = network.preprocessing(pixels[np.newaxis])[0]
    with network.lock:
        maps = feature_maps(network.model, image, calls, MOST) if calls else []
    found = {(one.layer.name, one.layer.call): one for one in maps}
    return Maps(found, 1000 * (time.perf_counter() - began))


def layer_maps(studio: Studio, network: Network, photo: Chosen, number: int) -> tuple[FeatureMaps, float]:
    """Return the maps of a layer by its number in the list, and how many milliseconds the network took.

    Raises:
        ArgumentError: no such layer. ShapeError: it gives no map.
    """
    layers = find_layers(studio, network)
    if not 0 <= number < len(layers.cost.layers):
        raise ArgumentError(
            f"inside: {network.name} has layers 0 to {len(layers.cost.layers) - 1}; received layer {number}."
        )
    layer = layers.cost.layers[number]
    call = layers.call_of(layer)
    if call is None:
        raise ShapeError(f"inside: layer {layer.title!r} gives no map of its own; open another one.")
    maps = find_maps(studio, network, photo)
    return maps.found[call.name, call.call], maps.milliseconds


def picture_of(found: FeatureMaps, milliseconds: float) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the maps of a layer as one picture, each from black (its lowest) to white (its highest), and what is to be said of them.

    Args:
        found: of a layer.
        milliseconds: that the network took.
    """
    rows, columns, channels = found.maps.shape
    low, high = found.maps.min((0, 1)), found.maps.max((0, 1))
    span = np.where(high > low, high - low, 1)
    grey = ((found.maps - low) * (255 / span)).astype(np.uint8)  # (rows, columns, channels)
    height, width = _tile(rows, columns)
    tiles = [_resized(grey[..., place], height, width) for place in range(channels)]
    return sprite(tiles, COLUMNS), {
        "name": found.layer.name,
        "channels": list(found.channels),
        "of": found.layer.map_shape[2] if found.layer.map_shape else channels,
        "rows": rows,
        "columns": columns,
        "low": [float(value) for value in low],
        "high": [float(value) for value in high],
        "mean": [float(value) for value in found.maps.mean((0, 1))],
        "tile": [height, width],
        "across": min(COLUMNS, channels),
        "milliseconds": round(milliseconds, 1),
    }


def _tile(rows: int, columns: int) -> tuple[int, int]:
    longest = max(rows, columns)
    scale = TILE / longest if longest > TILE else max(1, SMALLEST // longest)
    return max(1, round(rows * scale)), max(1, round(columns * scale))


def _resized(grey: np.ndarray, height: int, width: int) -> np.ndarray:
    if grey.shape == (height, width):
        return grey
    how = Image.Resampling.NEAREST if height > grey.shape[0] else Image.Resampling.BOX
    return np.asarray(Image.fromarray(grey).resize((width, height), how))
