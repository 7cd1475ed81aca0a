"""How state lies on disk: atomic writes, safetensors, Keras' HDF5 and archives."""

from convolens.checkpoints import keras_archive, legacy_hdf5, tensors
from convolens.checkpoints.atomic import atomic_path
from convolens.checkpoints.torch_import import import_weights

__all__ = ["atomic_path", "import_weights", "keras_archive", "legacy_hdf5", "tensors"]
