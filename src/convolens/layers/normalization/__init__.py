"""Layers that centre and scale, and those that weigh channels."""
