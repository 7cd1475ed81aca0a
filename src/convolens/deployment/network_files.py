"""Network files: the network of a run in a form of Keras or of torch, read again and compared before it is kept."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from convolens.deployment.description import KEY, Description
from convolens.deployment.graph.exporters import quiet
from convolens.deployment.graph.network import answering
from convolens.errors import ExportError
from convolens.models import Model, load_model
from convolens.models.graph.deserialization import deserialize
from convolens.models.graph.serialization import serialize
from convolens.runs.folder.model_file import TrainedModel
from convolens.training.mode import mode

NETWORK_FILES = {
    "pt2": "model.pt2",
    "keras": "model.keras",
    "hdf5": "model.h5",
    "safetensors": "model.safetensors",
}
_OFF, _SOME = 1e-5, 64  # of a network's output; photos that are compared


def write_network(
    path: Path, trained: TrainedModel, description: Description, photos: Sequence[Path]
) -> list[str]:
    """Write a network, read it again, and compare what both say of photos.

    Args:
        path: of a new file, whose ending says the form: one of `NETWORK_FILES`.
        trained: the network.
        description: kept in a .pt2; the others have no place for it.
        photos: to ask on.

    Returns:
        A line for people.

    Raises:
        ExportError: read again it says something else, or torch cannot write it. WriteError: the file cannot be written.
    """
    some = photos[:_SOME]
    floats = trained.preprocessing(np.stack([trained.preprocessing.read(photo) for photo in some]))
    again = _WRITERS[path.suffix](path, trained, description)
    off = float(np.abs(again(floats) - trained.model.predict(floats, verbose=0)).max())
    if not off <= _OFF:
        raise ExportError(f"{path}: read again, it does not answer as the run does (off by {off:.1e}).")
    return [f"read again, its answers for {len(some)} photos are the run's: off by at most {off:.1e}"]


Asked = Callable[[np.ndarray], np.ndarray]


def _predicting(model: Model) -> Asked:
    return lambda floats: np.asarray(model.predict(floats, verbose=0))


def _keras(path: Path, trained: TrainedModel, description: Description) -> Asked:
    trained.model.save(path)
    return _predicting(load_model(path))


def _safetensors(path: Path, trained: TrainedModel, description: Description) -> Asked:
    trained.model.save_weights(path)
    again = Model(deserialize(serialize(trained.model.module)), name=trained.name)
    again.load_weights(path)
    return _predicting(again)


def _pt2(path: Path, trained: TrainedModel, description: Description) -> Asked:
    network = answering(trained.model)
    example = torch.zeros((2, *trained.model.input_shape[1:]))
    try:
        with quiet(), mode(network, training=False), torch.no_grad():
            batch = {"pixels": {0: torch.export.Dim("n")}}
            program = torch.export.export(network, (example,), dynamic_shapes=batch, strict=False)
    except Exception as error:  # torch raises many kinds, of what a forward does
        reason = str(error).strip().splitlines()
        raise ExportError(
            f"export: torch.export cannot follow {trained.name!r}: {reason[0] if reason else type(error).__name__}"
        ) from error
    with quiet():
        packed = io.BytesIO()  # torch's own writing of a file ends the process where the disk is full
        torch.export.save(program, packed, extra_files={f"{KEY}.json": json.dumps(description.as_metadata())})
        path.write_bytes(packed.getbuffer())
        again = torch.export.load(path).module()
    return lambda floats: np.asarray(again(torch.from_numpy(floats))[0].detach().numpy())


_WRITERS = {".keras": _keras, ".h5": _keras, ".safetensors": _safetensors, ".pt2": _pt2}
