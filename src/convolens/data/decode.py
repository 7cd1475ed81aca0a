"""The place from which programs have imported `read_pixels` since the first version; it stands in `decoding.decode`."""

from convolens.data.decoding.decode import read_pixels

__all__ = ["read_pixels"]
