"""features: the activations of a network's layers for a folder of photos, into a file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from convolens.data.decoding.sample_range import measure_samples
from convolens.data.folders.folder import check_folder, files_below, is_image_file
from convolens.features import Features, extract
from convolens.features.extraction.features import check_name, table_of
from convolens.features.extraction.tapped_network import Tapped, TappedNetwork
from convolens.options.features import LayerOptions, NetworkOptions
from convolens.runs.answers.subject import Subject, find_subject, named_architecture
from convolens.runs.output.places import check_place
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


def features(
    options: FeatureOptions,
    screen: Screen | None = None,
    engine: Callable[[TappedNetwork], Tapped] = lambda network: network,
) -> Features:
    """Extract, write the file, say what is in it, and return it.

    Args:
        options: see `FeatureOptions`.
        screen: where lines go; None prints them.
        engine: see `features.extract`.

    Raises:
        ConvolensError: those of `features.extract` and `find_subject`.
    """
    screen = screen or Screen()
    out = check_name(options.out)
    check_place(out, options.subject, options.data)
    subject = subject_of("features", options.subject, options, screen, options.data)
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
            engine=engine,
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


def subject_of(
    where: str,
    subject: str | PathLike[str] | None,
    options: NetworkOptions,
    screen: Screen,
    data: str | PathLike[str],
) -> Subject:
    """Return the network that is asked for, see `find_subject`; one that is no run's reads photos by the rule that fits `data`."""
    found = find_subject(
        where, subject, screen, options.select, options.weights, options.size, options.device
    )
    if subject is not None and named_architecture(fspath(subject)) is None:
        return found  # has a rule of its own
    samples = measure_samples([path for path in files_below(check_folder(data)) if is_image_file(path)])
    return replace(found, preprocessing=replace(found.preprocessing, samples=samples))


def layer_of(options: LayerOptions) -> Any:
    """Return the one layer that is asked for as `extract` takes it."""
    return layer_argument((options.layer,) if options.layer else ())


def features_at(options: LayerOptions, subject: Subject, data: Any, screen: Screen) -> Features:
    """Return the features of photos at the one layer that is asked for, from the cache where they are.

    Args:
        options: which layer, how it is pooled, and how many photos at once.
        subject: the network.
        data: a folder, see `features.extract`.
        screen: where the bar goes.

    Raises:
        ConvolensError: those of `features.extract`.
    """
    with screen.progress("extracting features") as advance:
        return extract(
            subject.model, data, layer_of(options), pool=options.pool, preprocessing=subject.preprocessing,
            batch_size=options.batch_size, advance=advance,
        )  # fmt: skip


def tell_skipped(found: Features, screen: Screen) -> None:
    """Name the photos that could not be read."""
    for path, reason in found.skipped:
        screen.warn(f"skipped {path}: {reason}")
