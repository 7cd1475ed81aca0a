"""Layers that take one number from each window, or from all of a channel."""
