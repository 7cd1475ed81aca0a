"""Features of photos, kept photo by photo: whatever folder or fold a photo comes in, a network looks at it once."""

import json
import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from convolens.checkpoints import tensors
from convolens.data.caching.place import features_folder, mark_used, prune_cache
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import CheckpointError, MissingFileError, WriteError
from convolens.features.extraction.choice import Tap
from convolens.features.extraction.key import Key
from convolens.features.extraction.tapped_network import TappedNetwork
from convolens.files.atomic import atomic_path
from convolens.pixel_rows import PixelRows

BATCH = 32  # photos at once: their activations stay in the processor's caches better than those of more


def photo_features(
    module: torch.nn.Module,
    tap: Tap,
    pixels: PixelRows,
    contents: Sequence[str],
    preprocessing: Preprocessing,
    root: Path,
    advance: Callable[[int, int], None] = lambda done, total: None,
    pool: str = "none",
) -> np.ndarray:
    """Return what a network makes of photos at a tap, float32 (n, d), and keep it for the next time.

    What lies behind the tap has no part in it: with another head the features are found again.

    Args:
        module: the network, on its device.
        tap: a place whose tensor has, once pooled, a row of numbers for each photo.
        pixels: uint8 (n, rows, columns, channels).
        contents: SHA-256 of each photo's file, in hexadecimal (n,).
        preprocessing: from the file to the network's input.
        root: of the photos, for the list of the cache.
        advance: told how many of how many are done.
        pool: of what has rows and columns, see `pooled`.
    """
    network = TappedNetwork(module, [tap], pool)
    key = Key.of(network.needed, [tap], pool, preprocessing, "photos")
    folder = features_folder() / key.digest[:32]
    known = _read(folder)
    missing = [place for place, content in enumerate(contents) if content not in known]
    first = list({contents[place]: place for place in missing}.values())  # equal files once
    if first:
        rows = _compute(network, tap, pixels, first, preprocessing, len(contents), advance)
        known |= {contents[place]: row for place, row in zip(first, rows, strict=True)}
        _keep(folder, known, tap, root)
    else:
        mark_used(folder)
    advance(len(contents), len(contents))
    return np.stack([known[content] for content in contents])


def fresh_features(
    module: torch.nn.Module, tap: Tap, pixels: PixelRows, preprocessing: Preprocessing, pool: str = "none"
) -> np.ndarray:
    """Return the same of photos of which nothing is kept, nor is to be; arguments as of `photo_features`."""
    network, places = TappedNetwork(module, [tap], pool), list(range(len(pixels)))
    return _compute(network, tap, pixels, places, preprocessing, len(places), lambda done, total: None)


def _compute(
    network: TappedNetwork,
    tap: Tap,
    pixels: PixelRows,
    places: list[int],
    preprocessing: Preprocessing,
    total: int,
    advance: Callable[[int, int], None],
) -> np.ndarray:
    device = next(network.module.parameters()).device
    found = []
    with network.ready():
        for start in range(0, len(places), BATCH):
            chosen = np.array(places[start : start + BATCH])
            # NHWC -> NCHW, channels last
            x = torch.from_numpy(preprocessing(pixels[chosen])).permute(0, 3, 1, 2)
            found.append(network(x.to(device))[tap.name].float().cpu().numpy())
            advance(total - len(places) + start + len(chosen), total)
    return np.concatenate(found)


def _read(folder: Path) -> dict[str, np.ndarray]:
    """Return the kept rows by their photos' contents; none where the file is not there or not whole."""
    try:
        kept = tensors.read(folder / "features.safetensors")
        contents = [bytes(row).hex() for row in kept["contents"].numpy()]
        return dict(zip(contents, kept["values"].numpy(), strict=True))
    except (MissingFileError, CheckpointError, LookupError, ValueError):
        return {}


def _keep(folder: Path, known: dict[str, np.ndarray], tap: Tap, root: Path) -> None:
    index = {"root": os.path.realpath(root), "images": len(known), "layers": [tap.name]}
    contents = np.array([list(bytes.fromhex(content)) for content in known], np.uint8)  # (n, 32)
    kept = {
        "contents": torch.from_numpy(contents),
        "values": torch.from_numpy(np.stack(list(known.values()))),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tensors.write(folder / "features.safetensors", kept)
        with atomic_path(folder / "index.json") as temporary:
            temporary.write_text(json.dumps(index), encoding="utf-8", errors="surrogateescape")
    except (OSError, WriteError) as error:
        warnings.warn(f"The features are not kept: {error}", stacklevel=3)
        return
    prune_cache(keep=folder)
