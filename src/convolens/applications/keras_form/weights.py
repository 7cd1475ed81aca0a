"""KerasFiles: Keras' own files of ImageNet weights, found, checked, and loaded where they mean what the network does."""

import os
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from convolens.applications.weights.pretrained import find_weights, weights_folder
from convolens.checkpoints.foreign.keras_archive import is_archive_layout, read_weights
from convolens.checkpoints.foreign.legacy_hdf5 import read_file
from convolens.errors import CheckpointError
from convolens.files.download import RemoteFile, check, download
from convolens.models import Model
from convolens.models.files.file_names import ARCHIVE, TENSORS
from convolens.models.files.layer_names import Meaning, meanings, stem_of
from convolens.models.files.legacy_matching import legacy_plan
from convolens.models.files.weight_files import archive_plan, assign, layers_of, mismatch, names_of, places_of

ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications/"

# Layers of the classifiers, which a file may have where the network ends before them.
CLASSIFIERS = {"fc1", "fc2", "predictions", "conv_preds", "conv_2", "logits"}


@dataclass(frozen=True)
class KerasFiles:
    """Two files of Keras' publishers, as its source names them.

    Attributes:
        folder: the address that they lie below.
        names: of the file with a classifier, and of the one without.
        md5: of both; "" where Keras knows none.
    """

    folder: str
    names: tuple[str, str]
    md5: tuple[str, str] = ("", "")

    @classmethod
    def usual(cls, folder: str, name: str, md5: tuple[str, str] = ("", "")) -> "KerasFiles":
        """Return those that are called as most are.

        Example:
            >>> KerasFiles.usual("vgg16/", "vgg16").names[1]
            'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5'
        """
        stem = f"{name}_weights_tf_dim_ordering_tf_kernels"
        return cls(ADDRESS + folder, (f"{stem}.h5", f"{stem}_notop.h5"), md5)

    def file(self, include_top: bool) -> RemoteFile:
        """Return the file with a classifier, or the one without."""
        place = 0 if include_top else 1
        return RemoteFile(self.folder + self.names[place], "", self.names[place], self.md5[place])


def keras_folder() -> Path:
    """Return where Keras keeps what it downloads (`KERAS_HOME`, else `~/.keras`)."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"


def weights_file(where: str, weights: str | PathLike[str], imagenet: RemoteFile) -> Path:
    """Return the file that `weights=` of a network of Keras' asks for; Keras' own is downloaded where it is not here.

    Args:
        where: names the caller in errors.
        weights: "imagenet", or a file (.h5, .weights.h5, .keras, .safetensors).
        imagenet: what "imagenet" means; looked for in Keras' folder, then in ours.

    Raises:
        MissingFileError: no such file, or the download failed; the message says how to do it by hand.
        DataError: the publisher's file is damaged. Others: those of `find_weights`.
    """
    if weights != "imagenet":
        found = find_weights(where, weights)
        if found is None or found.path is None or found.model is not None:
            raise CheckpointError(
                f"{weights}: a run holds the network that it was trained with, in another form than Keras' {where}; "
                f"make it with convolens.applications.build(..., weights={str(weights)!r})."
            )
        return found.path
    for folder in (keras_folder(), weights_folder()):
        if (folder / imagenet.name).is_file():
            return check(imagenet, folder / imagenet.name)
    return download(imagenet, weights_folder())


def load(model: Model, path: Path, renamed: Callable[[str], str] = str) -> None:
    """Read a file's weights into a network of Keras' form, its layers matched by their names; all or nothing.

    Args:
        model: built.
        path: of Keras' forms, or safetensors that hold our names of tensors.
        renamed: from a layer's name in the file to the name here.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, or of another network, whatever its shapes.
    """
    try:
        if path.suffix.lower() == TENSORS:
            model.load_weights(path)  # tensors have names
            return
        network = layers_of(model)
        if path.suffix.lower() == ARCHIVE or is_archive_layout(path):
            saved = read_weights(path)
            places = {place: str(layer.name) for place, layer in places_of(network).items() if place in saved}
            _compare(
                path,
                {stem_of(name) for name in places.values()},
                {stem_of(saved[place].name) for place in places},
            )
            plan = archive_plan(network, path, saved)
        else:
            file = read_file(path)
            found = dict(zip(meanings(renamed(name) for name, _ in file.layers), file.layers, strict=True))
            wanted = meanings(names_of(network))
            left_out = CLASSIFIERS - set(wanted)
            _compare(path, set(wanted), found.keys() - left_out)
            plan = legacy_plan(network, replace(file, layers=[found[name] for name in wanted]))
        assign(plan, path)
    except CheckpointError as error:
        raise CheckpointError(
            f"{error} The network is Keras' {model.name}; torchvision's, and those of your runs, are made by "
            "convolens.applications.build(name, ..., weights=...). model.load_weights(...) goes by the order of layers."
        ) from error


def _compare(path: Path, wanted: Set[Meaning], given: Set[Meaning]) -> None:
    missing, extra = (sorted(_told(name) for name in names) for names in (wanted - given, given - wanted))
    if missing or extra:
        raise CheckpointError(f"{path}: {mismatch(missing, extra, [])}")


def _told(meaning: Meaning) -> str:
    return meaning if isinstance(meaning, str) else "_".join(str(part) for part in meaning if part != 0)
