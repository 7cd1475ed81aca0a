"""Layers that make one of several branches."""
