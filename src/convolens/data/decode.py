"""The place from which programs have imported `read_pixels` since the first version; it stands in `decoding.decode`."""

from convolens.data.decoding.decode import image_size, read_pixels

__all__ = ["image_size", "read_pixels"]
