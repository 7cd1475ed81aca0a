"""How state lies on disk: atomic writes, safetensors, Keras' HDF5."""

from convolens.checkpoints import legacy_hdf5, tensors
from convolens.checkpoints.atomic import atomic_path

__all__ = ["atomic_path", "legacy_hdf5", "tensors"]
