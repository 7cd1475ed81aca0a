"""How state lies on disk: atomic writes, safetensors, Keras' HDF5 and archives."""

from convolens.checkpoints import tensors
from convolens.checkpoints.foreign import keras_archive, legacy_hdf5
from convolens.checkpoints.foreign.torch_import import import_weights
from convolens.files.atomic import atomic_path

__all__ = ["atomic_path", "import_weights", "keras_archive", "legacy_hdf5", "tensors"]
