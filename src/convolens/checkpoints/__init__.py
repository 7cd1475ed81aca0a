"""How state lies on disk: atomic writes, safetensors, Keras' HDF5 and archives."""

from convolens.checkpoints import keras_archive, legacy_hdf5, tensors
from convolens.checkpoints.atomic import atomic_path

__all__ = ["atomic_path", "keras_archive", "legacy_hdf5", "tensors"]
