"""Layers that prepare images: sizes, parts and scales in every pass, random changes in training only."""
