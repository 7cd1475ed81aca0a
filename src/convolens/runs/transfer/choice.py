"""Which network `train DATA` takes where none is named: a look at the photos decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from convolens.applications import canonical_name
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.pretrained import find_weights
from convolens.data.decoding.decode import image_size
from convolens.data.folders.folder import check_folder, files_below, is_image_file, list_images
from convolens.data.folders.layout import find_layout
from convolens.errors import ArgumentError, ConvolensError
from convolens.options.training import TrainOptions
from convolens.options.transfer import FEATURE_SIZE, LEARNT, TRAINING_SIZE, Transfer

FRESH = "shallow-vgg"
# Below, photos hold too little for a network that was learnt from 224 pixels: CIFAR-10 has 32, digits 8 (docs/few-photos.md).
SMALLEST_SIDE = 64
LOOKED_AT = 200  # photos whose headers are read
RECIPE = "transfer"
AVERAGED = 0.9  # momentum of the weights' average: over ten steps, few of some three hundred


@dataclass(frozen=True)
class Chosen:
    """A network, and why.

    Attributes:
        options: with model, weights and `transfer`.
        lines: for the preflight.
        warnings: what was wanted and could not be had.
    """

    options: TrainOptions
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def median_side(paths: Sequence[Path]) -> float:
    """Return the median of photos' shorter sides in pixels, of at most some 200 of them; 0 where none can be read."""
    sides = [
        min(found)
        for path in paths[:: max(1, len(paths) // LOOKED_AT)]
        if (found := image_size(path)) is not None
    ]
    return float(np.median(sides)) if sides else 0.0


def is_ready(name: str | None) -> bool:
    """Return whether a package carries the ImageNet weights of a named architecture, installed or not.

    Example:
        >>> is_ready("EfficientNetLite0"), is_ready("vgg16"), is_ready(None)
        (True, False, False)
    """
    if name is None:
        return False
    known = IMAGENET.get(canonical_name(name) or name)
    return known is not None and known.installed is not None


def choose_model(options: TrainOptions) -> Chosen:
    """Return the options with the network to train, chosen by the photos where nobody named one.

    Photos whose median shorter side has 64 pixels or more get the learnt network, whether in colour or grey; smaller ones
    begin from scratch, and so does everything where the options ask for it.

    Raises:
        ArgumentError: options that contradict each other. ConvolensError: the folder, see `find_layout`; the weights of a
            network that was asked for by name.
    """
    _check(options)
    if options.transfer is not None or options.branch_from is not None or options.finetuning is not None:
        return Chosen(options)
    if options.model is None and options.weights == "imagenet":
        options = replace(options, model=LEARNT)  # the one that comes with such weights
    named = is_ready(options.model) and options.weights in (None, "imagenet")
    if options.from_scratch or options.recipe not in ("fast", RECIPE) or not (named or options.model is None):
        return _fresh(options)
    if options.weights is not None and not named:
        return _fresh(options)
    if options.color_mode not in (None, "rgb"):
        if named:
            raise ArgumentError(
                f"train: {options.model} was learnt from photos in colour; leave --color-mode out, or give --from-scratch."
            )
        return _fresh(options, f"--color-mode {options.color_mode}: the learnt network takes colours")
    if named:
        find_weights("train", "imagenet", options.model)  # raises where it cannot be had
        return Chosen(
            _learnt(options, str(options.model)),
            (f"network: {options.model}, as asked, with learnt weights",),
        )
    if options.size is not None and options.size < SMALLEST_SIDE:
        return _fresh(
            options, f"--size {options.size}: the learnt network is for {SMALLEST_SIDE} pixels or more"
        )
    side = median_side(_photos(options))
    if side < SMALLEST_SIDE:
        return _fresh(
            options,
            f"the photos' median shorter side is {side:.0f} pixels, below {SMALLEST_SIDE}",
            f"the other way: --model {LEARNT}",
        )
    try:
        find_weights("train", "imagenet", LEARNT)
    except ConvolensError as error:
        if options.head_only or options.minutes is not None:  # they ask for what needs these weights
            raise
        return replace(
            _fresh(options), warnings=(f"{error} Now training from scratch, which needs many more photos.",)
        )
    return Chosen(
        _learnt(options, LEARNT),
        (
            f"network: {LEARNT} with learnt weights, for the photos' median shorter side is {side:.0f} pixels "
            f"({SMALLEST_SIDE} or more); the other way: --from-scratch, or --model {FRESH}",
        ),
    )


def _check(options: TrainOptions) -> None:
    if options.transfer is None:
        _check_length(options)
    if not options.from_scratch:
        return
    for word, given in (
        ("--head-only", options.head_only), ("--minutes", options.minutes is not None),
        ("--weights", options.weights is not None), ("--branch-from", options.branch_from is not None),
    ):  # fmt: skip
        if given:
            raise ArgumentError(f"train: --from-scratch begins with nothing learnt; leave it or {word} out.")


def _check_length(options: TrainOptions) -> None:
    for word, given in (("--head-only", options.head_only), ("--minutes", options.minutes is not None)):
        if not given:
            continue
        if options.branch_from is not None:
            raise ArgumentError(
                f"train: {word} is for learnt networks of a package, and this run begins with {options.branch_from}; leave it or "
                "--branch-from out."
            )
        if options.epochs is not None:
            raise ArgumentError(
                f"train: {word} and --epochs both say how long to train on; leave one of them out."
            )


def _photos(options: TrainOptions) -> list[Path]:
    if options.labels is not None:
        return [path for path in files_below(check_folder(options.data)) if is_image_file(path)]
    layout = find_layout(options.data, validation_given=options.validation is not None)
    return list_images(layout.train).paths


def _fresh(options: TrainOptions, why: str | None = None, otherwise: str | None = None) -> Chosen:
    for word, given in (("--head-only", options.head_only), ("--minutes", options.minutes is not None)):
        if given:
            reason = why or "this run begins from scratch"
            raise ArgumentError(
                f"train: {word} is for learnt networks, and {reason}; leave it out, or give --model {LEARNT}."
            )
    if why is None or options.model is not None:
        return Chosen(options)
    line = f"network: {FRESH} from scratch, for {why}" + (f"; {otherwise}" if otherwise else "")
    return Chosen(replace(options, model=FRESH), (line,))


def _learnt(options: TrainOptions, name: str) -> TrainOptions:
    """Return the options of a run that begins with a learnt network's features."""
    size = options.size or FEATURE_SIZE
    return replace(
        options,
        model=name,
        weights="imagenet",
        recipe=RECIPE,
        size=size,
        ema=AVERAGED if options.ema is None else options.ema,
        transfer=Transfer(options.head_only, options.minutes, size if options.size else TRAINING_SIZE),
    )
