"""Layers that slide learnt kernels over an image."""
