"""Layers that see vectors and whole numbers: `Dense` and `Embedding`."""
