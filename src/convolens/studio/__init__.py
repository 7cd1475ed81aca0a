"""The studio: the whole loop, from a folder to a classifier that one trusts, on a page of one's own machine."""

from convolens.studio.server.launch import StudioOptions, serve

__all__ = ["StudioOptions", "serve"]
