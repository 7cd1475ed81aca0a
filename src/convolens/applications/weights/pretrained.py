"""Where a network's first weights come from: a file, a run folder, an installed package, or the publisher's file for ImageNet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from convolens.applications.weights.imagenet import IMAGENET, ImagenetWeights, find_imagenet
from convolens.applications.weights.installed_weights import find_installed
from convolens.applications.weights.names import simple
from convolens.applications.weights.normalization import NAME, Normalization
from convolens.arguments import did_you_mean
from convolens.data.caching.place import cache_root
from convolens.errors import ArgumentTypeError, UnknownNameError
from convolens.files.download import check, download
from convolens.models.files.file_names import ARCHIVE, WEIGHTS, check_there, ending
from convolens.models.files.run_weights import find_run_weights


@dataclass(frozen=True)
class Pretrained:
    """First weights that were found.

    Attributes:
        title: says where they are from.
        path: of the file; None leaves the weights fresh.
        normalization: what the network must begin with.
        size: rows and columns of the images that they were learnt from, where that is known.
        model: the architecture, where that is known.
        interpolation: how the images that they were learnt from were resized, where that is known.
        unit_features: whether their last layer reads features of length 1, so that it fits no other network's.
    """

    title: str
    path: Path | None = None
    normalization: Normalization | None = None
    size: int | None = None
    model: str | None = None
    interpolation: str | None = None
    unit_features: bool = False


def weights_folder() -> Path:
    """Return where weights are kept that were downloaded, or made of a package's file.

    Example:
        >>> weights_folder().name
        'weights'
    """
    return cache_root() / "weights"


def find_weights(where: str, weights: Any, name: str | None = None) -> Pretrained | None:
    """Return what `weights=` of an application asks for; a file that is in no package and not here is downloaded.

    Args:
        where: names the caller in errors.
        weights: None; "imagenet"; a file (.safetensors, or one of Keras); a run folder, for its best weights; or what
            this function returned.
        name: of the architecture; None is `where`.

    Raises:
        UnknownNameError: another word, or an architecture without ImageNet weights; the message says which have some.
        MissingFileError: no such file or run, or the download failed; the message says how to do it by hand.
        ArgumentError: a file of another ending; for a pickle, the command that makes safetensors of it.
        DataError: the publisher's file is damaged. CheckpointError: a run is. ExtraMissingError: the package that carries
            the weights is not installed.

    Example:
        >>> find_weights("VGG16", None) is None
        True
    """
    if weights is None or isinstance(weights, Pretrained):
        return weights
    if not isinstance(weights, (str, PathLike)):
        raise ArgumentTypeError(
            f"{where}: weights must be None, 'imagenet', a file or a run folder; received a {type(weights).__name__}."
        )
    if weights == "imagenet":
        entry = find_imagenet(name or where)
        title = f"imagenet ({entry.file})"
        return Pretrained(
            title, imagenet_file(entry), entry.normalization, entry.size, entry.name, entry.interpolation
        )
    path = Path(weights)
    if path.name == "model.json":
        path = path.parent
    if path.is_dir():
        return _of_run(path)
    if not path.suffix and not path.exists():
        raise UnknownNameError(
            f"{where}: weights must be 'imagenet', a file ({', '.join(WEIGHTS)}, {ARCHIVE}) or a run folder; received "
            f"{str(weights)!r}.{did_you_mean(str(weights), ['imagenet'])}"
        )
    ending("load_weights", path, (*WEIGHTS, ARCHIVE))
    check_there(path)
    return Pretrained(str(path), path)


def _of_run(folder: Path) -> Pretrained:
    found = find_run_weights(folder)
    first = next((layer for layer in found.layers if layer.get("name") == NAME), {})
    normalization = Normalization.of_config(first.get("config"))
    title = f"the best of {folder}"
    return Pretrained(
        title,
        found.path,
        normalization,
        model=found.name,
        interpolation=found.preprocessing.interpolation,
        unit_features=reads_unit(found.layers),
    )


def reads_unit(layers: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether layers, as model.json describes them, bring features to length 1.

    Example:
        >>> reads_unit([{"class_name": "Flatten"}, {"class_name": "UnitNormalization"}])
        True
    """
    return any(layer.get("class_name") == "UnitNormalization" for layer in layers)


def usual_interpolation(weights: Any, name: str) -> str | None:
    """Return how photos are resized for first weights where nobody says otherwise; None where that is not known.

    Args:
        weights: as `find_weights` takes them; only what is known of them is read, nothing is downloaded.
        name: of the architecture.

    Raises:
        MissingFileError, CheckpointError: a folder that is no whole run.

    Example:
        >>> usual_interpolation("imagenet", "efficientnet-lite0"), usual_interpolation(None, "vgg16")
        ('bicubic', None)
    """
    if weights == "imagenet":
        return next(
            (item.interpolation for item in IMAGENET.values() if simple(item.name) == simple(name)), None
        )
    if isinstance(weights, (str, PathLike)) and Path(weights).is_dir():
        return find_run_weights(Path(weights)).preprocessing.interpolation
    return None


def imagenet_file(entry: ImagenetWeights) -> Path:
    """Return the file of the installed package, or the publisher's: from our cache or torch's, else downloaded into ours.

    Its digest is checked.

    Raises:
        MissingFileError: the download failed; the message says how to do it by hand. DataError: another digest.
        ExtraMissingError: the package is not installed.
    """
    import torch

    if entry.installed is not None:
        return find_installed(entry.name, entry.installed, weights_folder())
    remote = entry.remote
    for folder in (weights_folder(), Path(torch.hub.get_dir()) / "checkpoints"):
        if (folder / remote.name).is_file():
            return check(remote, folder / remote.name)
    return download(remote, weights_folder())
