"""Where a network sees a class: a heat map as a picture with transparency of its own, to be laid over the photo."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from convolens.analysis.explain.layers import layer_for
from convolens.analysis.explain.overlay import colours_of
from convolens.analysis.explain.pictures import clear_limit
from convolens.analysis.explain.scores import ask
from convolens.arguments import look_up, one_of
from convolens.runs.explanation.methods import METHODS, NEED_LAYER, MethodResult, heat_map
from convolens.runs.folder.calibration_file import told
from convolens.runs.tasks.probabilities import probabilities
from convolens.studio.answers.photo import Photo
from convolens.studio.records.loaded_runs import Loaded

USUAL = "grad-cam"


@dataclass(frozen=True)
class Heat:
    """A heat map of a photo.

    Attributes:
        label: the class whose evidence it shows.
        found: what the method gave, as `convolens explain` draws it.
        picture: PNG in colours with transparency, of the photo's proportions: what the network does not see is clear.
    """

    label: str
    found: MethodResult
    picture: bytes


def heat_of(loaded: Loaded, photo: Photo, label: str | None = None, method: str = USUAL) -> Heat:
    """Return where a run sees a class in a photo, by a method of `convolens explain` and at its layer.

    Args:
        loaded: the run.
        photo: which is read, and written nowhere.
        label: the class; None takes the likeliest.
        method: of `METHODS`.

    Raises:
        UnknownNameError: no such class or method. ArgumentError: the network has no convolution.
        MissingFileError, ImageError: the photo.
    """
    one_of("heat map", "method", method, list(METHODS))
    trained = loaded.trained
    names = trained.class_names
    numbers = {name: number for number, name in enumerate(names)}
    chosen = None if label is None else look_up("heat map", "class", label, numbers)
    pixels = photo.read(trained.preprocessing)
    image = trained.preprocessing(pixels[np.newaxis])[0]
    with loaded.at_work:
        if chosen is None:
            own = probabilities(trained.model, pixels[np.newaxis], trained.preprocessing)
            chosen = int(np.argsort(-told(own, loaded.calibration)[0], kind="stable")[0])
        layer = None
        if method in NEED_LAYER:
            layer = loaded.layers.get(chosen)
            if layer is None:
                with ask("heat map", trained.model, image, chosen) as asked:
                    layer = loaded.layers[chosen] = layer_for(asked)
        found = heat_map(method, trained.model, image, chosen, layer)
    heat = found.picture.heat
    seen = coloured(heat, clear_limit(heat) if found.picture.signed else None)
    file = io.BytesIO()
    laid_over(seen, photo.size(), trained.preprocessing.resize).save(file, "png")
    return Heat(names[chosen], found, file.getvalue())


def coloured(heat: np.ndarray, limit: float | None) -> Image.Image:
    """Return a map as a picture with transparency: clear where it says nothing.

    Args:
        heat: (rows, columns), in [0, 1], or signed.
        limit: of a signed map, the value of the strongest colour; None of others.

    Example:
        >>> coloured(np.array([[0.0, 1.0]]), None).getchannel("A").tobytes()
        b'\\x00\\xd9'
    """
    colours, amount = colours_of(heat, limit)
    rgba = np.concatenate([colours, amount[..., np.newaxis]], axis=2)  # (rows, columns, 4)
    return Image.fromarray(np.rint(255 * rgba).astype(np.uint8))


def laid_over(seen: Image.Image, size: tuple[int, int], resize: str) -> Image.Image:
    """Return what a network saw in the photo's own proportions.

    Args:
        seen: of the network's input size.
        size: (width, height) of the photo.
        resize: of `Preprocessing`: "squash" saw the whole photo, "crop" its middle, "pad" more than it.

    Example:
        >>> laid_over(Image.new("RGBA", (10, 10)), (200, 100), "crop").size
        (20, 10)
        >>> laid_over(Image.new("RGBA", (10, 10)), (200, 100), "pad").size
        (10, 5)
    """
    if resize == "squash":
        return seen
    width, height = size
    fit = max if resize == "crop" else min
    scale = fit(seen.width / width, seen.height / height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = Image.new("RGBA", (wide, high))
    canvas.paste(seen, ((wide - seen.width) // 2, (high - seen.height) // 2))
    return canvas
