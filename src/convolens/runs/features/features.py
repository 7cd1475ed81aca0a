"""features: the activations of a network's layers for a folder of photos, into a file."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from convolens.features import Features, extract
from convolens.features.extraction.features import check_name, table_of
from convolens.options.features import NetworkOptions
from convolens.runs.answers.subject import find_subject
from convolens.runs.output.screen import Screen


@dataclass(frozen=True)
class FeatureOptions(NetworkOptions):
    """What is asked for, beside `NetworkOptions`.

    Attributes:
        subject: a run folder, an architecture or timm:NAME; None for `LEARNT` with its installed weights.
        data: a folder of class folders, or of photos.
        layers: names or places, in order; empty for the last before the classifier.
        out: a .safetensors or .npz file.
        pool: "avg", "max", "flatten" or "none".
    """

    subject: str | PathLike[str] | None
    data: str | PathLike[str]
    out: str | PathLike[str]
    layers: tuple[str, ...] = ()
    pool: str = "avg"


def features(options: FeatureOptions, screen: Screen | None = None) -> Features:
    """Extract, write the file, say what is in it, and return it.

    Args:
        options: see `FeatureOptions`.
        screen: where lines go; None prints them.

    Raises:
        ConvolensError: those of `features.extract` and `find_subject`.
    """
    screen = screen or Screen()
    out = check_name(options.out)
    subject = find_subject(
        "features", options.subject, screen, options.select, options.weights, options.size, options.device
    )
    with screen.progress("extracting features") as advance:
        found = extract(
            subject.model,
            Path(options.data),
            layer_argument(options.layers),
            pool=options.pool,
            preprocessing=subject.preprocessing,
            batch_size=options.batch_size,
            out=out,
            advance=advance,
        )
    tell_skipped(found, screen)
    for layer, values in found.by_layer.items():
        shape = " x ".join(f"{side:,}" for side in values.shape[1:])
        screen.result(f"{layer}: {len(values):,} photos, {shape} numbers each")
    how = "read from" if found.from_cache else "written to"
    screen.result(f"{how.capitalize()} {out}; names and labels in {table_of(out)}")
    return found


def layer_argument(layers: tuple[str, ...]) -> Any:
    """Return the layers as `extract` takes them; whole numbers are places.

    Example:
        >>> layer_argument(()), layer_argument(("conv1", "-1"))
        (None, ['conv1', -1])
    """
    if not layers:
        return None
    return [int(layer) if layer.lstrip("-").isdecimal() else layer for layer in layers]


def tell_skipped(found: Features, screen: Screen) -> None:
    """Name the photos that could not be read."""
    for path, reason in found.skipped:
        screen.warn(f"skipped {path}: {reason}")
